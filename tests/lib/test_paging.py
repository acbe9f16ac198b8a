"""Paging by key: every row once, in order, whatever the ties; nonsense gives the first page."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forum.films.models import Film
from forum.lib.database import session, unit_of_work
from forum.lib.paging import Keyset

pytestmark = pytest.mark.both_databases

BEGINNING = datetime(2026, 1, 31, 23, 59, 59, 123456, tzinfo=UTC)
MIXED = Keyset(
    (Film.prior, "desc"), (Film.created_at, "asc"), (Film.title_key, "desc"), (Film.id, "asc")
)
BY_YEAR = Keyset((Film.year, "desc"), (Film.id, "desc"))


def add_films(count: int, seed: int = 1) -> None:
    """Films that agree in nearly everything, so that orders meet many ties."""
    chance = random.Random(seed)
    with unit_of_work() as work:
        start = len(work.scalars(select(Film.id)).all())
        for number in range(start, start + count):
            key = chance.choice(["", "é", "a~b", "%7E", "Ω'\"%", "z\u200d"])
            moment = BEGINNING + timedelta(microseconds=chance.randrange(3))
            work.add(
                Film(
                    slug=f"film-{number}",
                    title="A film",
                    title_key=key,
                    search_key="a film",
                    initial="f",
                    year=chance.choice([1999, 2000]),
                    created_at=moment,
                    prior=chance.choice([0.1, 1 / 3, 0.1 + 0.2]),
                )
            )


def pages(order: Keyset, size: int, statement: Any = None) -> list[list[int]]:
    found, cursor = [], None
    while len(found) < 100:
        page = order.page(select(Film) if statement is None else statement, cursor, size)
        found.append([film.id for film in page.items])
        cursor = page.next
        if cursor is None:
            return found
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("order", [MIXED, BY_YEAR], ids=["mixed", "by year"])
def test_pages_together_are_the_whole_order(app, order):
    add_films(40)
    whole = list(session().scalars(select(Film.id).order_by(*order.order())))
    for size in (1, 3, 7, 20, 39, 40, 41):
        found = pages(order, size)
        assert [id for page in found for id in page] == whole
        assert all(len(page) == size for page in found[:-1])


def test_a_last_page_that_is_full_has_no_next(app):
    add_films(6)
    assert [len(page) for page in pages(BY_YEAR, 3)] == [3, 3]


def test_an_empty_list_is_one_empty_page(app):
    assert pages(BY_YEAR, 3) == [[]]


def test_what_is_added_before_a_page_repeats_nothing(app):
    add_films(10)
    first = BY_YEAR.page(select(Film), None, 5)
    add_films(10, seed=2)
    second = BY_YEAR.page(select(Film), first.next, 50)
    assert not {film.id for film in first.items} & {film.id for film in second.items}


def test_conditions_hold_on_every_page(app):
    add_films(30)
    found = pages(MIXED, 4, select(Film).where(Film.year == 1999))
    years = session().scalars(select(Film.id).where(Film.year == 1999)).all()
    assert sorted(id for page in found for id in page) == sorted(years)


def test_items_may_be_more_than_rows(app):
    add_films(5)
    page = BY_YEAR.page_of_rows(select(Film, Film.slug), None, 2)
    assert [slug for _, slug in page.items] == [film.slug for film, _ in page.items]
    assert page.next == BY_YEAR.cursor(page.items[-1][0])


NONSENSE = [
    *("", "~", "x", "1", "2000", "2000~", "~5", "2000~x", "2000~5~6", "NaN~5", "1e400~1"),
    *("99999999999999999999~1", "2000~99999999999999999999", "2000~2147483648", "\0~\0"),
    *("\U0001d7d0\U0001d7ce\U0001d7ce\U0001d7ce~ⅷ", "2000~5' OR 1=1 --", "%~%", "-~-", "2000.5~1"),
]
IMPOSSIBLE = [
    "nan~2026-01-31T23:59:59+00:00~a~1",
    "0.5~2026-01-31T23:59:59~a~1",
    "0.5~yesterday~a~1",
    "0.5~2026-01-31T23:59:59+00:00~a\0b~1",
    "0.5~0001-01-01T00:00:00+14:00~a~1",
    "0.5~9999-12-31T23:59:59-14:00~a~1",
]


@pytest.mark.parametrize(
    ("order", "cursors"), [(BY_YEAR, NONSENSE), (MIXED, IMPOSSIBLE)], ids=["nonsense", "impossible"]
)
def test_a_cursor_that_is_none_of_ours_gives_the_first_page(app, order, cursors):
    add_films(3)
    for cursor in cursors:
        assert len(order.page(select(Film), cursor, 50).items) == 3, cursor


@pytest.mark.parametrize(("bound", "left"), [("inf", 3), ("-inf", 0)])
def test_a_cursor_beyond_every_row_is_no_error(app, bound, left):
    add_films(3)
    cursor = f"{bound}~2026-01-31T23:59:59+00:00~a~1"
    assert len(MIXED.page(select(Film), cursor, 50).items) == left
