"""The table of the twenty ideas that a poster can be drawn from."""

from forum.films.posters.planes import (
    beam,
    blinds,
    crossing,
    curtain,
    door,
    film_strip,
    frames,
    hills,
    steps,
    waves,
)
from forum.films.posters.rounds import (
    cut,
    eclipse,
    horizon,
    iris,
    keyhole,
    one_of_many,
    pendulum,
    reel,
    ripples,
    spiral,
)
from forum.films.posters.shapes import Idea

IDEAS: tuple[Idea, ...] = (
    iris,
    beam,
    door,
    eclipse,
    blinds,
    steps,
    ripples,
    horizon,
    cut,
    frames,
    curtain,
    reel,
    waves,
    crossing,
    one_of_many,
    keyhole,
    spiral,
    pendulum,
    film_strip,
    hills,
)
"""In the order of the design: the hash picks by place, so none may move."""

TITLE_BELOW = frozenset({IDEAS.index(curtain), IDEAS.index(pendulum)})
"""Ideas that hang from the canvas's top edge, and so need the title at the bottom."""
