"""The formulas of the orders, against the check values of the design's study."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.votes import ranking

VOTES = st.integers(0, 10_000)
PRIORS = st.floats(0.01, 0.99)


@pytest.mark.parametrize(
    ("ups", "downs", "rank"),
    [
        (1000, 100, 0.898),
        (60, 20, 0.690),
        (3, 0, 0.578),
        (500, 450, 0.511),
        (20, 20, 0.445),
        (0, 0, 0.437),
        (2, 2, 0.429),
    ],
)
def test_best_agrees_with_the_study(ups, downs, rank):
    assert ranking.best(ups, downs, 0.6) == pytest.approx(rank, abs=5e-4)


# Between priors that a mixed audience has. Where nearly nobody is convinced, the estimate grows
# surer faster than it falls: one more vote against may then raise it by a ten-thousandth.
@given(VOTES, VOTES, st.floats(0.2, 0.8))
def test_a_vote_moves_best_its_own_way(ups, downs, prior):
    before = ranking.best(ups, downs, prior)
    assert -0.1 < before < 1
    assert ranking.best(ups + 1, downs, prior) > before
    if downs + ups > 30:
        assert ranking.best(ups, downs + 1, prior) < before


def test_the_prior_is_the_share_of_a_films_votes_shrunk_to_one_half():
    assert ranking.prior_share(0, 0) == 0.5
    assert ranking.prior_share(6, 0) == 0.8
    assert ranking.prior_share(600, 400) == pytest.approx(0.6, abs=0.001)


def test_two_weeks_count_as_much_as_twenty_five_points():
    at = ranking.EPOCH + timedelta(days=100)
    later = ranking.hot(0.5, at + timedelta(days=14))
    assert later == pytest.approx(ranking.hot(0.75, at))
    assert ranking.hot(0.5, ranking.EPOCH) == 2.0


def test_wilsons_bound_agrees_with_the_study():
    assert ranking.wilson_lower_bound(0, 0) == 0
    assert ranking.wilson_lower_bound(450, 950) == pytest.approx(0.45, abs=0.005)
    assert ranking.wilson_lower_bound(20, 40) == pytest.approx(0.40, abs=0.005)
    assert ranking.wilson_lower_bound(0, 10) == pytest.approx(0, abs=1e-12)


@given(st.integers(1, 5000), st.integers(0, 5000))
def test_the_bound_is_below_the_share(n, hits):
    hits = min(hits, n)
    assert -1e-12 <= ranking.wilson_lower_bound(hits, n) <= hits / n + 1e-12


def test_what_few_have_voted_on_divides_nobody():
    assert ranking.divisive(5, 4) is None
    assert ranking.divisive(5, 5) is not None


def test_divisive_is_the_smaller_side_allowing_for_chance():
    assert ranking.divisive(500, 450) == pytest.approx(0.453, abs=0.002)
    assert ranking.divisive(20, 20) == pytest.approx(0.40, abs=0.005)
    assert ranking.divisive(30, 2) == ranking.divisive(2, 30)
    assert (ranking.divisive(500, 450) or 0) > (ranking.divisive(20, 20) or 0)
    assert (ranking.divisive(20, 20) or 0) > (ranking.divisive(40, 2) or 0)
