"""How much each film gets, and that the same seed gives the same."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.generator import film_row, people, plan
from benchmarks.generator.arguments import Argument
from benchmarks.generator.texts import Texts
from benchmarks.sizes import SIZES, VOTERS, Size
from forum.accounts.names import is_reserved, is_well_formed, skeleton
from forum.films.catalogue import CatalogueFilm
from forum.theories.queries import THEORIES_A_PAGE

SMALL = SIZES["small"]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("size", [SMALL, SIZES["medium"]])
def test_the_films_together_have_what_the_forum_has(size: Size) -> None:
    shares = plan.shares(size, seed=4)
    films = [shares.of(film_id) for film_id in range(1, size.films + 1)]
    assert sum(sum(share.threads) for share in films) == size.theories
    assert sum(sum(share.replies) for share in films) == size.replies
    assert sum(sum(share.votes) + share.good_points for share in films) == size.votes
    lengths = [length for share in films for length in share.threads]
    assert max(lengths) <= size.longest_thread
    assert lengths.count(25) >= 2


@pytest.mark.parametrize("size", SIZES.values())
def test_the_last_page_of_the_longest_question_is_full_in_every_size(size: Size) -> None:
    longest = max(plan.shares(size, seed=4).of(plan.STANDARD_FILM + 1).threads)
    assert longest == size.longest_thread
    assert longest % THEORIES_A_PAGE == 0


def test_the_standard_film_is_the_same_in_every_size() -> None:
    shares = [plan.shares(size, seed=1).of(plan.STANDARD_FILM) for size in SIZES.values()]
    assert shares[0] == shares[1] == shares[2]


def test_a_films_part_does_not_rest_on_what_was_asked_before() -> None:
    shares, again = plan.shares(SMALL, seed=1), plan.shares(SMALL, seed=1)
    shares.of(3)
    assert shares.of(7) == again.of(7)
    assert shares.of(7) != plan.shares(SMALL, seed=2).of(7)


def rows(seed: str) -> list[object]:
    shares = plan.shares(replace(SMALL, fans=VOTERS + 200), seed=1)
    argument = Argument(
        film=film_row(CatalogueFilm("A Film", 1999), 2, NOW.replace(year=2024)),
        share=shares.of(2),
        next_id=1,
        texts=Texts.of(Path("/nowhere")),
        crowd=people.crowd(VOTERS + 200, 1),
        until=NOW,
        rng=random.Random(seed),
    )
    return list(argument.rows())


def test_the_same_seed_gives_the_same_rows() -> None:
    assert rows("one") == rows("one")
    assert rows("one") != rows("two")


def test_names_are_good_and_no_two_look_alike() -> None:
    names = [people.name_of(id) for id in [*range(1, 3_000), *range(99_000, 101_000)]]
    assert all(is_well_formed(name) and not is_reserved(name) for name in names)
    assert len({skeleton(name) for name in names}) == len(names)
