"""Ten of the twenty ideas for posters: those made of bands, edges and planes.

An idea draws in a zone 200 wide and 204 high whose zero is the zone's upper left corner; what it
draws beyond is cut off. Dials p[0], p[1] … run from 0 to 1. Their ranges are those of "Poster" in
look-tokens.md (the design); numbers that the page leaves open were measured in the design's
picture, posters-1280-dark.png.
"""

from math import sin

from forum.films.posters.shapes import (
    CENTRE,
    WIDTH,
    Dials,
    Palette,
    bar,
    disc,
    line,
    number,
    pick,
    shape,
)


def beam(p: Dials, ink: Palette) -> str:
    """A projector's beam from a point on the left edge, its lamp a disc in the second colour."""
    y = 30 + 120 * p[0]
    half = 60 + 36 * p[1]
    middle = 20 + 70 * p[2]
    lamp = 12 + 10 * p[3]
    cone = shape([(0, y), (WIDTH, middle - half), (WIDTH, middle + half)], ink.form)
    return cone + disc(lamp - 2, y, lamp, ink.second)


def door(p: Dials, ink: Palette) -> str:
    """A doorway of light, and its leaf hung at the left, opening towards us."""
    width = 62 + 22 * p[1]
    left = 40 + 29.5 * p[0]
    leaf = left + width * (0.35 + 0.35 * p[2])
    doorway = bar(left, 22, width, 182, ink.second)
    panel = shape([(left, 22), (leaf, 40), (leaf, 224), (left, 204)], ink.form)
    return doorway + panel + disc(leaf - 8, 128, 3.4, ink.ground)


def blinds(p: Dials, ink: Palette) -> str:
    """Stripes from edge to edge that thicken one way."""
    count = 6 + pick(p[0], 5)
    pitch = 196 / count
    chosen = pick(p[2], count)
    stripes = []
    for row in range(count):
        share = row if p[1] < 0.5 else count - 1 - row
        thick = pitch * (0.16 + 0.7 * share / (count - 1))
        colour = ink.second if row == chosen else ink.form
        stripes.append(bar(0, 6 + pitch * (row + 0.5) - thick / 2, WIDTH, thick, colour))
    return "".join(stripes)


def steps(p: Dials, ink: Palette) -> str:
    """A flight of stairs up to the right, a disc over its foot."""
    count = 4 + pick(p[0], 4)
    run, rise = WIDTH / count, 180 / count
    # One shape, so that no seam shows between the steps.
    outline: list[tuple[float, float]] = [(0, 204)]
    for step in range(count):
        y = 204 - rise * (step + 1)
        outline += [(run * step, y), (run * (step + 1), y)]
    flight = shape([*outline, (WIDTH, 204)], ink.form)
    return flight + disc(32 + 9 * p[2], 44 + 8 * p[3], 18 + 10 * p[1], ink.second)


def frames(p: Dials, ink: Palette) -> str:
    """Rectangles one within the other, drawn towards a point off the centre."""
    count = 4 + pick(p[0], 3)
    x, y = 62 + 76 * p[1], 58 + 88 * p[2]
    parts = []
    for depth in range(count):
        share = 0.9 * depth / count
        left, top = 13 + (x - 13) * share, 10 + (y - 10) * share
        colour = ink.ground if depth % 2 else ink.form
        if depth == count - 1:
            colour = ink.second
        parts.append(bar(left, top, 174 * (1 - share), 184 * (1 - share), colour))
    return "".join(parts)


def curtain(p: Dials, ink: Palette) -> str:
    """Rounded strips that hang to uneven lengths."""
    count = 5 + pick(p[0], 5)
    pitch = WIDTH / count
    width = 0.62 * pitch
    chosen = pick(p[4], count)
    strips = []
    for place in range(count):
        # One slow wave under all strips, so that they hang like cloth and not by chance.
        length = 186 - 80 * abs(sin((0.7 + 0.5 * p[5]) * place + 2 * p[3]))
        colour = ink.second if place == chosen else ink.form
        strips.append(bar(pitch * place, -20, width, length + 20, colour, round_by=width / 2))
    return "".join(strips)


def waves(p: Dials, ink: Palette) -> str:
    """Bands of a sine from edge to edge."""
    count = 4 + pick(p[0], 3)
    pitch = 190 / count
    height = pitch * (0.18 + 0.18 * p[1])
    half = 42 + 30 * p[2]
    chosen = pick(p[3], count)
    bands = []
    for row in range(count):
        start = -2 * half * (1 + ((p[4] + 0.16 * row) % 1))
        path = f"M{number(start)} {number(8 + pitch * (row + 0.5))}"
        for lobe in range(int((WIDTH - start) / half) + 1):
            # A cubic with its handles .3642 in and 4/3 high follows half a sine within 1 %.
            lift = number(4 / 3 * height * (1 if lobe % 2 else -1))
            ends = f"{number(0.3642 * half)} {lift} {number(0.6358 * half)} {lift}"
            path += f"c{ends} {number(half)} 0"
        bands.append(line(path, 0.46 * pitch, ink.second if row == chosen else ink.form))
    return "".join(bands)


def crossing(p: Dials, ink: Palette) -> str:
    """Two bands that cross from edge to edge, the second colour on top."""
    bands = []
    for thick, left, right, colour in (
        (14 + 38 * p[0], 108.2 + 80 * p[1], 8.8 + 66.5 * p[2], ink.form),
        (14 + 38 * p[3], 117 * p[4] - 23, 119 + 30 * p[5], ink.second),
    ):
        half = thick / 2
        # The higher end stays in the zone: a band cut flat beside the title looks torn.
        y1, y2 = max(left, half), max(right, half)
        corners = [(0, y1 - half), (WIDTH, y2 - half), (WIDTH, y2 + half), (0, y1 + half)]
        bands.append(shape(corners, colour))
    return "".join(bands)


def film_strip(p: Dials, ink: Palette) -> str:
    """A strip of film, tilted, one of its frames in the second colour."""
    tilt = 14 * (2 * p[0] - 1)
    pitch = 66 + 12 * p[1]
    start = -pitch * (1 + p[3])
    # Frame 3 may reach below the zone when the strip is pulled down; then frame 2 is the one.
    chosen = 2 + (pick(p[2], 2) if p[3] > 0.5 else 0)
    parts = [f'<g transform="rotate({number(tilt)} {number(CENTRE[0])} {number(CENTRE[1])})">']
    parts.append(bar(32, -60, 136, 330, ink.form))
    for place in range(6):
        y = start + pitch * place
        colour = ink.second if place == chosen else ink.ground
        parts.append(bar(54, y + 4, 92, pitch - 8, colour, round_by=3))
        for hole in range(5):
            hole_y = y + pitch * (hole + 0.5) / 5 - 3
            parts.append(bar(39, hole_y, 8, 6, ink.ground, round_by=1.5))
            parts.append(bar(153, hole_y, 8, 6, ink.ground, round_by=1.5))
    return "".join(parts) + "</g>"


def hills(p: Dials, ink: Palette) -> str:
    """Two hills, and behind them a disc in the title's colour."""
    parts = []
    top = 84 + 50 * p[1]
    for x, y, colour in (
        (30 + 47 * p[0], top, ink.second),
        (114 + 50 * p[2], 113 + 40 * p[3], ink.form),
    ):
        parts.append(shape([(x - 102, 204), (x, y), (x + 102, 204)], colour))
    sun = disc(40 + 50 * p[4], top - 20, 14 + 10 * p[5], ink.title)
    return sun + "".join(parts)
