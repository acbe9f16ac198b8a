"""Ten of the twenty ideas for posters: those made of discs and rings.

An idea draws in a zone 200 wide and 204 high whose zero is the zone's upper left corner; what it
draws beyond is cut off. Dials p[0], p[1] … run from 0 to 1. Their ranges are those of "Poster" in
look-tokens.md (the design); numbers that the page leaves open were measured in the design's
picture, posters-1280-dark.png.
"""

from math import cos, hypot, pi, radians, sin, sqrt

from forum.films.posters.shapes import (
    CENTRE,
    Dials,
    Palette,
    bar,
    disc,
    line,
    number,
    pick,
    ring,
    shape,
)


def iris(p: Dials, ink: Palette) -> str:
    """A disc with a hole of the ground pressed towards its rim."""
    radius = 70 + 22 * p[0]
    hole = radius * (0.25 + 0.35 * p[1])
    away = 0.92 * (radius - hole)
    x = CENTRE[0] + away * cos(2 * pi * p[2])
    y = CENTRE[1] + away * sin(2 * pi * p[2])
    return disc(*CENTRE, radius, ink.form) + disc(x, y, hole, ink.ground)


def eclipse(p: Dials, ink: Palette) -> str:
    """A disc and a ring as large; where they overlap, the second colour."""
    radius = 52 + 16 * p[0]
    apart = radius * (0.7 + 0.6 * p[1])
    turn = radians(77 * (p[2] - 0.5))
    dx, dy = apart / 2 * cos(turn), apart / 2 * sin(turn)
    x, y = CENTRE
    tip = sqrt(radius**2 - (apart / 2) ** 2)
    ax, ay = x + tip * sin(turn), y - tip * cos(turn)
    bx, by = x - tip * sin(turn), y + tip * cos(turn)
    r = number(radius)
    arc = f"A{r} {r} 0 0 1"
    lens = f"M{number(ax)} {number(ay)}{arc} {number(bx)} {number(by)}{arc} "
    return (
        disc(x - dx, y - dy, radius, ink.form)
        + f'<path d="{lens}{number(ax)} {number(ay)}Z" fill="{ink.second}"/>'
        + ring(x + dx, y + dy, radius, 3, ink.form)
    )


def ripples(p: Dials, ink: Palette) -> str:
    """Rings about a point on the zone's floor."""
    count = 5 + pick(p[1], 4)
    x, y = 20 + 80 * p[0], 200.0
    pitch = 190 / count
    # Rings are strokes and not stacked discs: stacked edges show seams.
    rings = [
        ring(x, y, 190 - pitch * (place + 0.5), pitch, ink.form) for place in range(0, count - 1, 2)
    ]
    centre = [disc(x, y, pitch, ink.form)] if count % 2 else []
    return "".join([*rings, *centre, disc(x, y, pitch / 2, ink.second)])


def horizon(p: Dials, ink: Palette) -> str:
    """Half a disc on a line, and its broken reflection below."""
    radius = 52 + 20 * p[0]
    count = 3 + pick(p[2], 4)
    r = number(radius)
    parts = [f'<path d="M{number(100 - radius)} 124a{r} {r} 0 0 1 {number(2 * radius)} 0Z"']
    parts.append(f' fill="{ink.form}"/>')
    for row in range(count):
        width = 2 * radius * (1 - 0.13 * row)
        shift = 4 + 9 * p[5] if row % 2 else -4 - 9 * p[4]
        parts.append(
            bar(100 + shift - width / 2, 132 + 11 * row, width, 5.5 - 0.4 * row, ink.second)
        )
    return "".join(parts)


def cut(p: Dials, ink: Palette) -> str:
    """A disc halved and turned, its halves slid apart, the lower one in the second colour."""
    radius = 62 + 20 * p[0]
    turn = radians(35 * (2 * p[1] - 1))
    slide, gap = 14 + 20 * p[2], 14 + 20 * p[3]
    along, across = (cos(turn), sin(turn)), (sin(turn), -cos(turn))
    halves = []
    for side, away, colour in ((-1, gap - 6, ink.form), (1, -6.0, ink.second)):
        x = CENTRE[0] + side * slide / 2 * along[0] + away * across[0]
        y = CENTRE[1] + side * slide / 2 * along[1] + away * across[1]
        ax, ay = x - radius * along[0], y - radius * along[1]
        bx, by = x + radius * along[0], y + radius * along[1]
        r, sweep = number(radius), "1" if side < 0 else "0"
        arc = f"A{r} {r} 0 0 {sweep} {number(bx)} {number(by)}"
        halves.append(f'<path d="M{number(ax)} {number(ay)}{arc}Z" fill="{colour}"/>')
    return "".join(halves)


def reel(p: Dials, ink: Palette) -> str:
    """A film reel: a disc with holes about its hub, one of them in the second colour."""
    count = 3 + pick(p[0], 4)
    radius = 80 + 8 * p[1]
    orbit = 0.57 * radius
    # As large as the holes can be with a spoke between them and a rim about them.
    hole = min(0.33 * radius, orbit * sin(pi / count) - 5)
    chosen = pick(p[2], count)
    parts = [disc(*CENTRE, radius, ink.form)]
    for place in range(count):
        angle = 2 * pi * (place + p[3]) / count
        x, y = CENTRE[0] + orbit * cos(angle), CENTRE[1] + orbit * sin(angle)
        parts.append(disc(x, y, hole, ink.second if place == chosen else ink.ground))
    return "".join([*parts, disc(*CENTRE, 4.5, ink.ground)])


def one_of_many(p: Dials, ink: Palette) -> str:
    """A field of dots, one of them larger and of another colour."""
    side = 4 + pick(p[0], 3)
    pitch = 176 / side
    chosen = pick(p[1], side * side)
    dots = []
    for place in range(side * side):
        row, column = divmod(place, side)
        is_odd_one = place == chosen
        radius = pitch * (0.425 if is_odd_one else 0.36)
        x, y = 12 + pitch * (column + 0.5), 16 + pitch * (row + 0.5)
        dots.append(disc(x, y, radius, ink.second if is_odd_one else ink.form))
    return "".join(dots)


def keyhole(p: Dials, ink: Palette) -> str:
    """A keyhole, and in it a smaller one or a pupil that looks aside."""
    radius = 34 + 32 * p[0]
    y = 24 + radius
    foot = 52 + 12 * p[2]
    neck = foot - (0.14 + 0.18 * p[1]) * (204 - y)

    def hole(head: float, throat: float, base: float, colour: str) -> str:
        left, right = 100 - throat, 100 + throat
        body = shape([(left, y), (right, y), (100 + base, 204), (100 - base, 204)], colour)
        return body + disc(100, y, head, colour)

    outer = hole(radius, neck, foot, ink.form)
    if p[3] < 0.5:
        return outer + hole(0.42 * radius, 0.5 * neck, 0.62 * foot, ink.second)
    return outer + disc(100 + radius * 0.6 * (p[4] - 0.5), y, radius / 2, ink.second)


def spiral(p: Dials, ink: Palette) -> str:
    """A spiral of even windings about a core."""
    turns = 2.6 + 1.6 * p[0]
    pitch = 87.4 / turns
    x, y = 100.0, 106.0

    def at(turn: float) -> tuple[float, float]:
        radius, angle = 4 + pitch * turn, 2 * pi * (turn + p[1])
        return x + radius * cos(angle), y + radius * sin(angle)

    # Arcs of 1/12 turn, each as round as its end's distance: smooth, and short to write.
    pieces = int(turns * 12) + 1
    path = "M" + " ".join(number(v) for v in at(0))
    for piece in range(1, pieces + 1):
        ex, ey = at(turns * piece / pieces)
        r = number(hypot(ex - x, ey - y) - pitch * turns / pieces / 2)
        path += f"A{r} {r} 0 0 1 {number(ex)} {number(ey)}"
    return line(path, 0.3 * pitch, ink.form) + disc(x, y, 0.4 * pitch, ink.second)


def pendulum(p: Dials, ink: Palette) -> str:
    """A disc on a string, and its mirror image in outline."""
    angle = radians(26 + 6 * p[0])
    length = 110 + 24 * p[1]
    dx, y = length * sin(angle), length * cos(angle)
    # Disc and image must not touch, or the pair reads as an eclipse.
    radius = min(30 + 20 * p[2], dx - 6)
    left, right = number(100 - dx), number(100 + dx)
    return (
        line(f"M100 0L{left} {number(y)}", 3, ink.form)
        + disc(100 - dx, y, radius, ink.form)
        + line(f"M100 0L{right} {number(y)}", 1.5, ink.form)
        + ring(100 + dx, y, radius, 1.5, ink.form)
    )
