"""Whether what somebody writes waits for a moderator: pure."""

import re
import unicodedata
from collections import Counter
from itertools import pairwise

FIRST_POSTS = 2
MOST_CHANGE = 0.3

_FAMOUS = (
    "com|net|org|io|to|click|xyz|top|site|online|tv|cc|me|info|ru|live|watch|stream|movie|sx|ag|ps"
)
# A domain as people type it. What ends like "waits.Then" is a full stop without a space behind it,
# unless it is an ending that everybody knows.
_DOMAIN = re.compile(
    r"(?<![\w@.-])(?:(?P<scheme>https?)://|//)?(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+"
    rf"(?:(?i:{_FAMOUS})|[a-z]{{2,24}}|[A-Z]{{2,24}}|xn--[a-z0-9-]{{2,50}})(?![\w-])"
    r"(?::\d{1,5})?(?:[/?#][^\s<>()\[\]\"“”]*)?"
)
# Where a scheme or Markdown says that it is a link, whatever it looks like: "http://1.2.3.4/".
_SCHEME = re.compile(r"https?:/{0,2}[^\s<>()\[\]\"“”]+", re.IGNORECASE)
# A definition's name ends, as for Markdown, where another bracket opens: so each is read once.
_MARKDOWN = re.compile(
    r"\]\(\s*<?([^\s)>/#][^\s)>]*)|^\s{0,3}\[(?:[^\[\]\\]|\\[\s\S])+\]:\s*(\S+)", re.MULTILINE
)
_DISGUISED = re.compile(r"\s?(?:\[\.\]|\(\.\)|\[dot\]|\(dot\)|\{dot\})\s?", re.IGNORECASE)
_DOTS = str.maketrans({0x3002: ".", 0xFF0E: ".", 0xFF61: "."})  # full stops of other scripts
_TRAILING = ".,:;!?'’*_~|"


def addresses_in(text: str) -> frozenset[str]:
    """The addresses that `text` leads to, each in one spelling: written out, as Markdown, or as a
    bare domain."""
    plain = _plain(text)
    found = {match.group(0) for match in _DOMAIN.finditer(plain)}
    found |= {match.group(0) for match in _SCHEME.finditer(plain)}
    found |= {match.group(1) or match.group(2) for match in _MARKDOWN.finditer(plain)}
    return frozenset(filter(None, map(_in_one_spelling, found)))


def reason_to_hold(
    *, is_newcomer: bool, approved: int, text: str, first_posts: int = FIRST_POSTS
) -> str | None:
    """Why a new post is held: "first", "link", or None if it isn't.

    Args:
        is_newcomer: whether the author's trust is the lowest.
        approved: how many of their posts stand published.
        text: everything that they wrote, titles too.
        first_posts: how many posts of a newcomer are held.
    """
    if not is_newcomer:
        return None
    if addresses_in(text):
        return "link"
    return "first" if approved < first_posts else None


def reason_to_hold_change(*, is_newcomer: bool, old: str, new: str) -> str | None:
    """Why a change to a post that stands is held: "link" if a newcomer leads to somewhere else than
    before, "change" if they change more than 30 % of it, else None."""
    if not is_newcomer:
        return None
    if addresses_in(new) - addresses_in(old):
        return "link"
    return "change" if share_changed(old, new) > MOST_CHANGE else None


def share_changed(old: str, new: str) -> float:
    """How much of a text is another one: 0 for the same, 1 for an altogether new one.

    The share of words that only one of them has; or, where the words were only put into another
    order, half the share of neighbours, since each word has two. Takes time in proportion to the
    length, unlike a diff, which for 10,000 equal words takes seconds.
    """
    before, after = old.split(), new.split()
    return max(_unlike(before, after), _unlike(list(pairwise(before)), list(pairwise(after))) / 2)


def _unlike(
    before: list[str] | list[tuple[str, str]], after: list[str] | list[tuple[str, str]]
) -> float:
    if not before and not after:
        return 0.0
    shared = sum((Counter[object](before) & Counter[object](after)).values())
    return 1 - 2 * shared / (len(before) + len(after))


def _plain(text: str) -> str:
    """`text` without what hides an address from a reader like this one, and from no other."""
    visible = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text.translate(_DOTS))
        if unicodedata.category(letter) != "Cf"
    )
    return _DISGUISED.sub(".", visible)


def _in_one_spelling(address: str) -> str:
    bare = re.sub(r"^(?:https?:)?/{0,2}", "", address.strip().casefold())
    return bare.removeprefix("www.").rstrip(_TRAILING).rstrip("/")
