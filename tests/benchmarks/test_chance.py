"""Heavy tails in whole numbers."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.generator import chance


@given(
    st.integers(0, 500),
    st.lists(st.floats(0.01, 1_000), min_size=1, max_size=40),
    st.integers(1, 60),
)
def test_everything_is_shared_out_as_long_as_somebody_can_take_it(
    total: int, weights: list[float], most: int
) -> None:
    given_out = chance.shared_out(total, weights, most)
    assert sum(given_out) == min(total, most * len(weights))
    assert all(0 <= share <= most for share in given_out)


def test_shares_follow_the_weights() -> None:
    assert chance.shared_out(100, [6.0, 3.0, 1.0], most=100) == [60, 30, 10]


def test_zipf_weights_fall_with_the_rank() -> None:
    weights = chance.zipf(100, flat=2.0)
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > 10 * weights[-1]


@pytest.mark.parametrize("size", [0, 1, 7, 9])
def test_several_fans_are_different_ones_and_none_of_those_left_out(size: int) -> None:
    crowd = chance.Crowd(range(10), chance.zipf(10, flat=0.5, exponent=2.0))
    fans = crowd.several(size, random.Random(3), but=(0,))
    assert len(set(fans)) == len(fans) == size
    assert 0 not in fans


def test_a_crowd_gives_no_more_fans_than_it_has() -> None:
    crowd = chance.Crowd([5, 6], [1.0, 1.0])
    assert sorted(crowd.several(10, random.Random(1))) == [5, 6]


def test_the_active_turn_up_most() -> None:
    rng = random.Random(1)
    crowd = chance.Crowd(range(50), chance.zipf(50, flat=1.0))
    seen = [crowd.one(rng) for _ in range(2_000)]
    assert seen.count(0) > 5 * seen.count(40)
