"""Casting, changing and withdrawing votes."""

import pytest

from forum.lib.database import unit_of_work
from forum.votes.operations import cast_vote
from tests.factories import a_fan, a_theory, film_of

pytestmark = pytest.mark.both_databases


def test_a_vote_is_counted_once_however_often_it_is_cast(app):
    theory = a_theory()
    fan = a_fan(seen=(film_of(theory),))
    for _ in range(20):
        with unit_of_work():
            theory = cast_vote(theory, 1, by=fan)
    assert (theory.ups, theory.downs, theory.vote_count) == (1, 0, 1)
