"""One row of a film list: checked, and turned into what the catalogue keeps of a film."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from forum.lib.text import forbidden_character, has_stacked_marks, one_line

MAX_TITLE = 200
MAX_SUMMARY = 600
MAX_NAME = 100
MAX_DIRECTORS = 50
MAX_SOURCE = 200
MAX_LICENCE = 40
MAX_PAGE = 180
"""Wikipedia allows 255 bytes; with its label a page must fit a summary's source."""

YEARS = range(1870, 2101)
RUNTIMES = range(1, 6001)
"""Minutes, as the database checks them."""

WIKIPEDIA_LICENCE = "CC BY-SA 4.0"

_SCHEMES = {
    "imdb": (re.compile(r"tt\d{7,9}", re.ASCII), "tt0111161"),
    "wikidata": (re.compile(r"Q[1-9]\d{0,11}", re.ASCII), "Q172241"),
    "tmdb": (re.compile(r"[1-9]\d{0,11}", re.ASCII), "278"),
}
# A footnote mark, as [1] or [note 2]; [REC] is a film.
_FOOTNOTE = re.compile(r"\[(?:\d{1,3}|[a-z]|(?:note|nb|fn) ?\d+)\]", re.ASCII)
_CSS = re.compile(r"\.mw-parser-output|\{[^{}:]*:[^{}]*\}")
_ARTICLE_ADDRESS = re.compile(r"https?://([a-z-]{2,12})\.(?:m\.)?wikipedia\.org/wiki/(.+)")
_ARTICLE_LANGUAGE = re.compile(r"([a-z]{2,3}(?:-[a-z]+)?):(.+)")
_SENTENCE_END = re.compile(r"(\S*?)[.!?…][\"'”’)\]]*(?=\s|$)")
# Words whose full stop does not end a sentence; a single letter is an initial.
_ABBREVIATED = frozenset(("Dr", "Jr", "Mr", "Mrs", "Ms", "No", "Sr", "St", "Vol", "vs"))


@dataclass(frozen=True)
class CatalogueFilm:
    """A film as a list gives it. What the list leaves out is None or empty.

    Runtime in minutes; identifiers as (scheme, value), a Wikipedia page as "en:Page_name".
    """

    title: str
    year: int
    original_title: str | None = None
    directors: tuple[str, ...] = ()
    runtime: int | None = None
    summary: str | None = None
    summary_source: str | None = None
    summary_licence: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()


class RowRefused(Exception):
    """The row is no film that can be kept; the message is a sentence that says what to do."""


def film_of(fields: Mapping[str, object]) -> CatalogueFilm:
    """The film of one row.

    A row with "href", "cast" or "genres" is one of the Wikipedia film list, which must name its
    article; its "extract" is the summary.

    Raises:
        RowRefused: something in the row is missing, of the wrong kind or out of bounds.
    """
    title = _title(fields.get("title"))
    original = _line(fields, "original_title", MAX_TITLE)
    identifiers = _identifiers(fields)
    summary, source, licence = _summary(fields, dict(identifiers).get("wikipedia"))
    return CatalogueFilm(
        title=title,
        year=_year(fields.get("year")),
        original_title=original if original != title else None,
        directors=_directors(fields.get("directors")),
        runtime=_runtime(fields.get("runtime")),
        summary=summary,
        summary_source=source,
        summary_licence=licence,
        identifiers=identifiers,
    )


def shortened(text: str, longest: int = MAX_SUMMARY) -> str:
    """`text`, or as many of its first sentences as fit; if none fits, its first words and "…"."""
    if len(text) <= longest:
        return text
    ends = [
        match.end()
        for match in _SENTENCE_END.finditer(text, 0, longest + 1)
        if match.end() <= longest and not _is_abbreviation(match[1])
    ]
    if ends:
        return text[: ends[-1]]
    words = text[:longest].rsplit(maxsplit=1)[0]
    return words[: longest - 1] + "…"


def _title(given: object) -> str:
    if not isinstance(given, str):
        raise RowRefused('There is no title: give it as text under "title".')
    if _CSS.search(given):
        raise RowRefused("There is CSS in the title: keep only the title's own words.")
    _refuse_forbidden(given, "title")
    title = one_line(given)
    if not title:
        raise RowRefused("The title is empty: give the film's title.")
    if len(title) > MAX_TITLE:
        raise RowRefused(f"The title is longer than {MAX_TITLE} characters: shorten it.")
    if mark := _FOOTNOTE.search(title):
        raise RowRefused(f"There is a footnote mark in the title, {mark.group()}: take it out.")
    return title


def _year(given: object) -> int:
    if given is None:
        raise RowRefused('There is no year: give it as a number under "year".')
    # bool is an int to Python, and True would be the year 1.
    if type(given) is not int or given not in YEARS:
        raise RowRefused(
            f"The year must be a whole number from {YEARS[0]} to {YEARS[-1]}: correct it."
        )
    return given


def _runtime(given: object) -> int | None:
    if given is None:
        return None
    if type(given) is not int or given not in RUNTIMES:
        raise RowRefused(
            f"The runtime must be whole minutes from 1 to {RUNTIMES[-1]}: "
            "correct it or leave it out."
        )
    return given


def _directors(given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MAX_DIRECTORS:
        raise RowRefused(f"The directors must be a list of at most {MAX_DIRECTORS} names.")
    names: dict[str, None] = {}
    for name in given:
        if not isinstance(name, str):
            raise RowRefused("A director is not text: give each as a name.")
        _refuse_forbidden(name, "name of a director")
        if len(name) > MAX_NAME:
            raise RowRefused(f"A director's name is longer than {MAX_NAME} characters.")
        names[one_line(name)] = None
    names.pop("", None)
    return tuple(names)


def _line(fields: Mapping[str, object], name: str, longest: int) -> str | None:
    """An optional line of text."""
    given = fields.get(name)
    if given is None:
        return None
    label = name.replace("_", " ")
    if not isinstance(given, str):
        raise RowRefused(f"The {label} is not text: give it as text or leave it out.")
    _refuse_forbidden(given, label)
    text = one_line(given)
    if len(text) > longest:
        raise RowRefused(f"The {label} is longer than {longest} characters: shorten it.")
    return text or None


def _summary(
    fields: Mapping[str, object], article: str | None
) -> tuple[str | None, str | None, str | None]:
    """Summary, source and licence. Nobody's text is kept without the two."""
    if summary := _line(fields, "summary", 100_000):
        source = _line(fields, "summary_source", MAX_SOURCE)
        licence = _line(fields, "summary_licence", MAX_LICENCE)
        if not (source and licence):
            raise RowRefused(
                "The summary doesn't say whose it is: give summary_source and summary_licence."
            )
        return shortened(summary), source, licence
    extract = _line(fields, "extract", 100_000)
    if not extract or not article:
        return None, None, None
    page = article.partition(":")[2].replace("_", " ")
    return shortened(extract), f"Wikipedia: {page}", WIKIPEDIA_LICENCE


def _identifiers(fields: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    found = []
    for scheme, (pattern, example) in _SCHEMES.items():
        given = fields.get(scheme)
        if given is None:
            continue
        value = str(given) if type(given) is int else given
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise RowRefused(f"The {scheme} identifier must look like {example}: correct it.")
        found.append((scheme, value))
    article = _article(fields)
    return (*found, ("wikipedia", article)) if article else tuple(found)


def _article(fields: Mapping[str, object]) -> str | None:
    """The Wikipedia article as "language:Page_name", from "wikipedia" or from "href"."""
    given = fields.get("wikipedia", fields.get("href"))
    if given is None:
        if fields.keys() & {"href", "cast", "genres"}:
            raise RowRefused(
                "The row names no article, by which the film could be known again: "
                'give its Wikipedia page under "wikipedia".'
            )
        return None
    if not isinstance(given, str):
        raise RowRefused("The Wikipedia page is not text: give the page's name.")
    language, page = "en", unquote(given.strip())
    if address := _ARTICLE_ADDRESS.fullmatch(page):
        language, page = address.groups()
    elif prefixed := _ARTICLE_LANGUAGE.fullmatch(page):
        language, page = prefixed.groups()
    if "#" in page:
        raise RowRefused(
            "The address leads to a part of an article (#): an article of its own is needed."
        )
    page = "_".join(page.replace("_", " ").split())
    # Printable, as the name is repeated in messages; U+FFFD stands where it was not UTF-8.
    is_name = page and page.isprintable() and not re.search(r"[<>\[\]|{}\ufffd]", page)
    if not is_name or len(page) > MAX_PAGE:
        raise RowRefused(
            f"This can't be the name of a Wikipedia page (1 to {MAX_PAGE} characters)."
        )
    return f"{language}:{page}"


def _refuse_forbidden(text: str, label: str) -> None:
    if found := forbidden_character(text) or _second_control(text):
        raise RowRefused(
            f"There is a control character (U+{ord(found):04X}) in the {label}: take it out."
        )
    if has_stacked_marks(text):
        raise RowRefused(f"There are too many marks on one letter in the {label}: take them out.")


def _second_control(text: str) -> str | None:
    """The first of the second set of control characters, which terminals obey too."""
    return next((ch for ch in text if "\x80" <= ch <= "\x9f"), None)


def _is_abbreviation(word: str) -> bool:
    bare = word.strip("\"'“‘([")
    return (len(bare) == 1 and bare.isalpha()) or "." in bare or bare in _ABBREVIATED
