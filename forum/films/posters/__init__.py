"""Posters: an SVG drawn from a film's title and year, in one series.

The algorithm is "Poster" in look-tokens.md. A hash of title and year picks one of twenty ideas
(`ideas`), one of fourteen palettes, the end at which the title stands and the numbers
that the idea is drawn with. Same film, same poster: on every machine, in every release.
"""

from dataclasses import dataclass
from hashlib import sha256
from html import escape

from forum.films.posters.ideas import IDEAS, TITLE_BELOW
from forum.films.posters.shapes import Palette, number
from forum.films.posters.title import (
    CANVAS_HEIGHT,
    CANVAS_WIDTH,
    MARGIN,
    YEAR_SIZE,
    SetTitle,
    clean_title,
    set_title,
)

SERIF = (
    "'Iowan Old Style','Palatino Nova',Palatino,'Palatino Linotype','Book Antiqua',"
    "P052,'URW Palladio L',Georgia,serif"
)

INKS = {
    "coal": "#16120f",
    "ivory": "#f0e6d2",
    "amber": "#e5a233",
    "oxblood": "#76191f",
    "vermilion": "#d6452a",
    "teal": "#1d6a66",
    "petrol": "#10323c",
    "rose": "#dc9488",
    "moss": "#56632f",
    "sky": "#9fbcc0",
    "blue": "#25367a",
    "stone": "#b9ab94",
}

_PALETTE_NAMES = (
    "oxblood amber ivory ivory",
    "petrol vermilion ivory ivory",
    "ivory vermilion coal coal",
    "amber coal oxblood coal",
    "coal ivory vermilion ivory",
    "teal ivory coal ivory",
    "rose oxblood ivory coal",
    "sky petrol vermilion coal",
    "moss ivory amber ivory",
    "vermilion coal ivory ivory",
    "blue amber rose ivory",
    "ivory blue amber coal",
    "coal amber teal ivory",
    "stone coal oxblood coal",
)
PALETTES = tuple(Palette(*(INKS[name] for name in row.split())) for row in _PALETTE_NAMES)


@dataclass(frozen=True)
class Recipe:
    """What the hash decides about a poster."""

    idea: int
    palette: Palette
    title_at_top: bool
    is_mirrored: bool
    dials: tuple[float, ...]
    """The idea's numbers, each 0 to 1: p0, p1 … of the design."""


def recipe(title: str, year: int) -> Recipe:
    """The decisions for a film: SHA-256 of "title|year" in UTF-8, byte by byte.

    The title is hashed as it is set (see `clean_title`).
    """
    digest = sha256(f"{clean_title(title)}|{year}".encode()).digest()
    idea = digest[0] % len(IDEAS)
    return Recipe(
        idea=idea,
        palette=PALETTES[digest[1] % len(PALETTES)],
        title_at_top=bool(digest[2] & 1) and idea not in TITLE_BELOW,
        is_mirrored=bool(digest[2] & 2),
        dials=tuple(byte / 255 for byte in digest[3:16]),
    )


def draw_poster(title: str, year: int, *, with_year: bool = True) -> str:
    """A complete SVG document, 200 by 300, with presentation attributes only.

    No style, script, identifier or reference is in it, so any number of posters can stand in
    one page under the strictest content policy. `with_year=False` is for posters shown less
    than 100 px wide, where the year could not be read. Never raises on any text.
    """
    plan = recipe(title, year)
    block = set_title(clean_title(title), at_top=plan.title_at_top)
    zone_y, zone_height = block.art_zone()
    art = IDEAS[plan.idea](plan.dials, plan.palette)
    if plan.is_mirrored:
        art = f'<g transform="matrix(-1 0 0 1 {CANVAS_WIDTH} 0)">{art}</g>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {CANVAS_WIDTH} {CANVAS_HEIGHT}">'
        f'<rect width="{CANVAS_WIDTH}" height="{CANVAS_HEIGHT}" fill="{plan.palette.ground}"/>'
        # A nested svg clips its content without an id, which two posters in a page would share.
        f'<svg y="{zone_y}" width="{CANVAS_WIDTH}" height="{zone_height}">{art}</svg>'
        f"{_lettering(block, plan.palette.title, str(year) if with_year else '')}</svg>"
    )


def _lettering(block: SetTitle, ink: str, year: str) -> str:
    """Year and title as text elements; a title in a right-to-left script starts at the right."""
    x, rtl = (MARGIN, "")
    if block.is_rtl:
        x, rtl = (CANVAS_WIDTH - MARGIN, ' direction="rtl"')
    parts = [f'<g font-family="{SERIF}" fill="{ink}"{rtl}>']
    if year:
        y = number(block.year_baseline)
        spaced = f'font-size="{YEAR_SIZE}" letter-spacing=".03em"'
        parts.append(f'<text x="{x}" y="{y}" {spaced}>{year}</text>')
    if block.lines:
        size = number(block.size)
        parts.append(f'<g font-size="{size}" font-weight="700" letter-spacing="-.02em">')
        for line, baseline in zip(block.lines, block.baselines, strict=True):
            parts.append(f'<text x="{x}" y="{number(baseline)}">{escape(line)}</text>')
        parts.append("</g>")
    return "".join(parts) + "</g>"
