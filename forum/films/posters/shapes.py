"""What the posters' ideas are drawn with: a palette, dials, and a few SVG shapes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Dials = Sequence[float]

WIDTH = 200.0
CENTRE = 100.0, 104.0
"""The picture's discs, grids and strips are centred 2 units below the zone's middle."""


@dataclass(frozen=True)
class Palette:
    """Four colours as #rrggbb: the ground, the form, its second colour, the title."""

    ground: str
    form: str
    second: str
    title: str


Idea = Callable[[Dials, Palette], str]


def number(value: float) -> str:
    """A coordinate with at most two decimals, short: 4, 4.5, -.25 is written -0.25."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def disc(x: float, y: float, radius: float, ink: str) -> str:
    """A filled circle."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{ink}"/>'


def ring(x: float, y: float, radius: float, width: float, ink: str) -> str:
    """A circle in outline; the outline's middle stands at `radius`."""
    at = f'cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
    return f'<circle {at} fill="none" stroke="{ink}" stroke-width="{number(width)}"/>'


def bar(x: float, y: float, width: float, height: float, ink: str, *, round_by: float = 0) -> str:
    """A rectangle by its upper left corner, its corners rounded by `round_by`."""
    corner = f' rx="{number(round_by)}"' if round_by else ""
    at = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect {at}{corner} fill="{ink}"/>'


def shape(points: Sequence[tuple[float, float]], ink: str) -> str:
    """A filled polygon."""
    corners = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return f'<polygon points="{corners}" fill="{ink}"/>'


def line(path: str, width: float, ink: str) -> str:
    """An SVG path drawn as a line."""
    return f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="{number(width)}"/>'


def pick(dial: float, count: int) -> int:
    """An index below `count`; the dial's end 1 belongs to the last."""
    return min(count - 1, int(dial * count))
