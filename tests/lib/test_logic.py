"""Conditions that mean the same for a row in memory and for a column of a table."""

from itertools import product
from types import SimpleNamespace

import pytest
from sqlalchemy import literal, select

from forum.films.models import Film
from forum.lib.database import session
from forum.lib.logic import among, either, negate
from tests.factories import a_film

TRUTH = list(product([True, False], repeat=3))


@pytest.mark.parametrize("values", TRUTH)
def test_either_is_true_where_one_is(values):
    assert either(*values) is any(values)


def test_negate_is_the_opposite_and_never_minus_two():
    assert negate(True) is False
    assert negate(False) is True


def test_among_is_membership():
    assert among("a", {"a", "b"}) is True
    assert among("c", {"a", "b"}) is False
    assert among("c", ()) is False


def rule(film, flag):
    old = film.year < 2000
    return either(among(film.state, {"listed", "hidden"}) & negate(old), flag, film.id == -1)


@pytest.mark.parametrize("flag", [True, False])
def test_one_rule_answers_alike_of_an_object_and_of_a_table(app, flag):
    films = [a_film("Old", 1990), a_film("New", 2020)]
    condition = rule(Film, flag)
    chosen = set(session().scalars(select(Film.id).where(condition)))
    for film in films:
        row = SimpleNamespace(year=film.year, state=film.state, id=film.id)
        assert (film.id in chosen) is bool(rule(row, flag))


def test_a_condition_that_holds_anyway_asks_the_database_nothing():
    assert either(True, literal(1) == 2) is True
    assert either() is False
    assert either(False, False) is False


def test_no_member_selects_nothing(app):
    a_film()
    assert session().scalars(select(Film.id).where(among(Film.id, frozenset()))).all() == []
