"""How a title is set on a poster: line breaks, size, baselines.

Every number is from "Poster" in look-tokens.md (the design), in units of the poster's canvas,
which is 200 wide and 300 high. Nothing here measures a font: the widths are the page's own
table, so that the server and every browser agree on the breaks.
"""

import unicodedata
from dataclasses import dataclass
from math import ceil, floor, inf

from forum.lib.markup import excerpt

CANVAS_WIDTH = 200
CANVAS_HEIGHT = 300
MARGIN = 13
YEAR_SIZE = 12.5
MAX_LINES = 4
MAX_SET_LENGTH = 90
"""Longer titles are set with an ellipsis: at four lines their letters would be under 5 units."""

_LINE_HEIGHT = 0.96
_MAX_SIZE = 54.0
_MEASURE = 172.0
_BLOCK_HEIGHT = 74.0
_SAFETY = 1.07
_CAP_HEIGHT = 0.78
_DESCENT = 0.3
_CLEARANCE = 8
_YEAR_GAP = 6.0
_YEAR_ASCENT = 11.0
"""Clear height above the year's baseline: with it the art ends where the picture ends it."""

# Em of the glyphs that the design names; a title's quotation marks are its "points".
_WIDTHS = {
    **dict.fromkeys("ijlI.,:;'!’‘“”|", 0.29),
    **dict.fromkeys("frt-\u2010\u2011()[]{}", 0.36),
    **dict.fromkeys("mw", 0.84),
    **dict.fromkeys("MW", 0.98),
    " ": 0.25,
    "…": 0.87,
}
_SMALL_WORDS = frozenset((
    "a", "an", "and", "as", "at", "but", "by", "de", "der", "des", "di", "du", "for", "from", "in",
    "is", "la", "le", "les", "my", "of", "on", "or", "the", "to", "with",
))  # fmt: skip


@dataclass(frozen=True)
class SetTitle:
    """A title broken into lines: size and baselines in canvas units, first line first."""

    lines: tuple[str, ...]
    size: float
    baselines: tuple[float, ...]
    year_baseline: float
    at_top: bool
    is_rtl: bool

    def art_zone(self) -> tuple[int, int]:
        """Top and height of the zone that the art is drawn and clipped in, in whole units.

        The art's zone is 204 high at the end without the title; it keeps 8 clear of the
        letters, and is cut on whole units so that the cut is crisp at the design's size.
        """
        if self.at_top:
            foot = (self.baselines[-1] + _DESCENT * self.size) if self.lines else self.year_baseline
            top = max(96, ceil(foot + _CLEARANCE))
            return top, CANVAS_HEIGHT - top
        return 0, min(204, floor(self.year_baseline - _YEAR_ASCENT - _CLEARANCE))


def clean_title(title: str) -> str:
    """The title as it is set: no character that XML 1.0 forbids or that reorders its neighbours.

    White space becomes single spaces, and a straight apostrophe the curly one, so that
    "L'Eclisse" and "L’Eclisse" are one poster.
    """
    kept = (" " if ch.isspace() else ch for ch in title if ch.isspace() or not _is_forbidden(ch))
    return " ".join("".join(kept).replace("'", "’").split())


def set_title(title: str, *, at_top: bool) -> SetTitle:
    """Break a cleaned title into the lines that can be set largest, and place them."""
    shown = excerpt(title, MAX_SET_LENGTH)
    lines = _best_break(_pieces(shown))
    size = _size([width_em(line) for line in lines]) if lines else 0.0
    step = _LINE_HEIGHT * size
    first = 26 + _CAP_HEIGHT * size if at_top else 287 - step * max(0, len(lines) - 1)
    return SetTitle(
        lines=lines,
        size=size,
        baselines=tuple(first + step * row for row in range(len(lines))),
        year_baseline=first - _CAP_HEIGHT * size - _YEAR_GAP,
        at_top=at_top,
        is_rtl=_starts_rtl(shown),
    )


def width_em(text: str) -> float:
    """Width of a line in em by the design's table, set in the bold serif.

    The table speaks of Latin letters. Beyond it: marks take no room, full-width characters 1,
    emoji 1.3, and other alphabets .1 more than Latin, as their faces are wider.
    """
    return sum(_glyph_em(ch) for ch in text)


def _glyph_em(ch: str) -> float:
    if ch in _WIDTHS:
        return _WIDTHS[ch]
    if ch.isascii():
        return 0.5 if ch.isdigit() else 0.72 if ch.isupper() else 0.54
    return _glyph_em_beyond_ascii(ch)


def _glyph_em_beyond_ascii(ch: str) -> float:
    if unicodedata.category(ch) in ("Mn", "Me", "Cf"):
        return 0.0
    if ord(ch) >= 0x1F000:
        return 1.3
    if _is_wide(ch):
        return 1.0
    latin = ord(ch) < 0x0250 or not ch.isalpha()
    return (0.72 if ch.isupper() else 0.54) + (0.0 if latin else 0.1)


def _pieces(title: str) -> list[tuple[str, str]]:
    """The title cut where a line may end: (text, what joins it to the next piece).

    A line may end at a space, and between two full-width characters, which need none.
    """
    pieces: list[tuple[str, str]] = []
    for word in title.split():
        start = 0
        for at in range(1, len(word)):
            if _is_wide(word[at - 1]) and _may_begin_line(word[at]):
                pieces.append((word[start:at], ""))
                start = at
        pieces.append((word[start:], " "))
    return pieces


def _best_break(pieces: list[tuple[str, str]]) -> tuple[str, ...]:
    """Of every break into 1 to 4 lines, the one with the best size less its penalties.

    Penalties: 1.5 a line, and 2 for each line that ends in a small word.
    """
    if not pieces:
        return ()
    widths = [width_em(text) for text, _ in pieces]
    joins = [width_em(join) for _, join in pieces]
    best: tuple[float, tuple[int, ...]] = (-inf, ())

    def extend(start: int, ends: tuple[int, ...], widest: float, lines: int, small: int) -> None:
        """Try every end for the next line; a branch that cannot win any more is left."""
        nonlocal best
        width = 0.0
        for end in range(start, len(pieces)):
            width += widths[end] + (joins[end - 1] if end > start else 0.0)
            wider = max(widest, width)
            minor = small + (2 if pieces[end][0].casefold() in _SMALL_WORDS else 0)
            score = _size_of(wider, lines) - 1.5 * lines
            if score <= best[0]:
                break
            is_last = len(ends) == lines - 1
            if is_last and end == len(pieces) - 1 and score - minor > best[0]:
                best = (score - minor, (*ends, end))
            elif not is_last and end < len(pieces) - 1:
                extend(end + 1, (*ends, end), wider, lines, minor)

    for lines in range(1, min(MAX_LINES, len(pieces)) + 1):
        extend(0, (), 0.0, lines, 0)
    return _joined(pieces, best[1])


def _joined(pieces: list[tuple[str, str]], ends: tuple[int, ...]) -> tuple[str, ...]:
    lines = []
    start = 0
    for end in ends:
        lines.append("".join(text + join for text, join in pieces[start : end + 1]).rstrip())
        start = end + 1
    return tuple(lines)


def _size(widths: list[float]) -> float:
    return _size_of(max(widths), len(widths))


def _size_of(widest: float, lines: int) -> float:
    """The size at which the widest line fits the measure and all lines fit the block's height."""
    by_width = _MEASURE / (widest * _SAFETY) if widest else inf
    return min(_MAX_SIZE, by_width, _BLOCK_HEIGHT / (0.98 * lines))


def _is_wide(ch: str) -> bool:
    return unicodedata.east_asian_width(ch) in "WF"


def _may_begin_line(ch: str) -> bool:
    """Whether a line may begin with this full-width character: punctuation and modifiers not."""
    return _is_wide(ch) and unicodedata.category(ch) in ("Lo", "So")


def _is_forbidden(ch: str) -> bool:
    """Controls, surrogates and non-characters (XML 1.0, section 2.2), and bidi overrides."""
    point = ord(ch)
    if unicodedata.category(ch) in ("Cc", "Cs"):
        return True
    return 0x202A <= point <= 0x202E or 0x2066 <= point <= 0x2069 or point & 0xFFFE == 0xFFFE


def _starts_rtl(text: str) -> bool:
    """Whether the first letter with a direction of its own runs from right to left."""
    for ch in text:
        direction = unicodedata.bidirectional(ch)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False
