"""Plain text: what may stand in it, how it is folded for comparison, how it becomes an address."""

import re
import unicodedata

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)
# Typeset and typewritten marks are one for whoever searches: Rosemary’s and Rosemary's.
_TYPEWRITTEN = str.maketrans("‘’\u02bc“”–—\u2010\u2011", "'''\"\"----")
_MARKS_RUN = 8
_ARTICLES = ("the ", "a ", "an ")


def forbidden_character(text: str) -> str | None:
    """The first character of `text` that no text here may hold, or None.

    Forbidden are control characters, lone surrogates (no database takes them) and those that turn
    the direction of text (a title could read as another).
    """
    match = _FORBIDDEN.search(text)
    return match.group() if match else None


def has_stacked_marks(text: str) -> bool:
    """Whether more combining marks stand on one letter than any language writes."""
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > _MARKS_RUN:
            return True
    return False


def one_line(text: str) -> str:
    """`text` as a title: composed (NFC), every run of white space one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def folded(text: str) -> str:
    """`text` for search: no case, no accents, compatibility forms made equal."""
    decomposed = unicodedata.normalize("NFKD", text.casefold()).translate(_TYPEWRITTEN)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("\0", "")


def sort_key(title: str) -> str:
    """`title` folded, without a leading English article: "The Thing" stands under T-H-I."""
    key = folded(one_line(title))
    for article in _ARTICLES:
        if key.startswith(article) and len(key) > len(article):
            return key.removeprefix(article)
    return key


def initial(title: str) -> str:
    """The letter under which `title` is listed: "a" to "z", "0" for digits, "#" for others."""
    first = next((c for c in sort_key(title) if c.isalnum()), "#")
    if first.isdigit():
        return "0"
    return first if "a" <= first <= "z" else "#"


def slug(text: str, longest: int = 60) -> str:
    """`text` as part of an address: lower-case ASCII words and hyphens, "" if nothing is left."""
    words = re.findall(r"[a-z0-9]+", folded(text).replace("'", "").replace("’", ""))
    made = ""
    for word in words:
        if len(made) + len(word) + 1 > longest:
            break
        made = f"{made}-{word}" if made else word
    return made or (words[0][:longest] if words else "")


def like_pattern(text: str) -> str:
    r"""`text` for LIKE ... ESCAPE '\\', found anywhere."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
