"""Quotas: how much is too much, and what is said then."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.lib.quotas import Quota, TooMany, check, wait

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
QUOTAS = (Quota(3, timedelta(minutes=1)), Quota(5, timedelta(hours=1)))


def count_of(acts):
    return lambda since: sum(1 for act in acts if act > since)


def ago(**length):
    return NOW - timedelta(**length)


def test_one_more_act_is_allowed_below_every_quota():
    check(QUOTAS, count_of([ago(seconds=10), ago(seconds=20), ago(minutes=2)]), NOW)


def test_acts_outside_of_the_window_do_not_count():
    check(QUOTAS, count_of([ago(seconds=60), ago(minutes=5), ago(hours=1)] * 2), NOW)


def test_the_shortest_window_refuses_first():
    with pytest.raises(TooMany) as caught:
        check(QUOTAS, count_of([ago(seconds=n) for n in range(1, 6)]), NOW)
    assert caught.value.retry_after == 21
    assert str(caught.value) == "That was a lot at once. Try again in 21 seconds."


def test_a_long_window_refuses_slow_streams_too():
    with pytest.raises(TooMany) as caught:
        check(QUOTAS, count_of([ago(minutes=n) for n in range(2, 7)]), NOW)
    assert caught.value.retry_after == 721


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
