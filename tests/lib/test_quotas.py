"""Quotas: how much is too much, and what is said then."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.lib import quotas
from forum.lib.quotas import Quota, TooMany, wait

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
QUOTAS = (Quota(3, timedelta(minutes=1)), Quota(5, timedelta(hours=1)))


def check(acts):
    """Check one more act after `acts`, the latest first."""
    filled = [acts[quota.most - 1] if len(acts) >= quota.most else None for quota in QUOTAS]
    quotas.check(QUOTAS, filled, NOW)


def ago(**length):
    return NOW - timedelta(**length)


def test_one_more_act_is_allowed_below_every_quota():
    check([ago(seconds=10), ago(seconds=20), ago(minutes=2)])


def test_acts_outside_of_the_window_do_not_count():
    check([ago(seconds=60)] * 3)
    check([ago(minutes=5)] * 4 + [ago(hours=1)])


def test_one_may_try_again_when_the_oldest_act_leaves_the_window():
    with pytest.raises(TooMany) as caught:
        check([ago(seconds=1), ago(seconds=2), ago(seconds=3), ago(minutes=30)])
    assert caught.value.retry_after == 57
    assert str(caught.value) == "That was a lot at once. Try again in 57 seconds."


def test_a_long_window_refuses_slow_streams_too():
    with pytest.raises(TooMany) as caught:
        check([ago(minutes=n) for n in range(2, 7)])
    assert caught.value.retry_after == 54 * 60


def test_of_two_quotas_that_are_used_up_the_longer_wait_is_said():
    with pytest.raises(TooMany) as caught:
        check([ago(seconds=n) for n in range(1, 6)])
    assert caught.value.retry_after == 3595


def test_no_part_of_a_second_is_left_when_the_wait_is_over():
    with pytest.raises(TooMany) as caught:
        check([ago(seconds=1, milliseconds=900)] * 3)
    assert caught.value.retry_after == 59


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "Try again in 0 seconds."),
        (89, "Try again in 89 seconds."),
        (90, "Try again in 2 minutes."),
        (60 * 89, "Try again in 89 minutes."),
        (60 * 90, "Try again in 2 hours."),
        (86_400, "Try again in 24 hours."),
    ],
)
def test_waits_are_said_in_the_largest_fitting_unit(seconds, said):
    assert wait(seconds) == said


def test_nobody_is_told_to_come_back_in_no_time():
    assert TooMany(-5).retry_after == 1
