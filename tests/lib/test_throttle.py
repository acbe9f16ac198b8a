"""Limits on tries: exact for any number of them at once, and over when their window is."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from forum.lib import throttle
from forum.lib.database import session, unit_of_work
from forum.lib.quotas import TooMany
from forum.lib.throttle import Limit, Throttle
from tests.crowds import at_once

pytestmark = pytest.mark.both_databases

FIVE = Limit("five", 5, timedelta(minutes=5))
TWO = Limit("two", 2, timedelta(hours=1))


def allowed(*tries: tuple[Limit, str]) -> bool:
    try:
        throttle.count_try(*tries)
    except TooMany:
        return False
    return True


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        yield moment


def test_tries_beyond_the_limit_are_refused(app):
    assert [allowed((FIVE, "a")) for _ in range(7)] == [True] * 5 + [False] * 2


def test_each_key_and_each_limit_counts_by_itself(app):
    assert [allowed((TWO, "a")) for _ in range(3)] == [True, True, False]
    assert allowed((TWO, "b"))
    assert allowed((FIVE, "a"))


def test_a_try_may_count_under_several_limits(app):
    assert [allowed((FIVE, "a"), (TWO, "home")) for _ in range(3)] == [True, True, False]
    assert not allowed((TWO, "home"))
    assert [allowed((FIVE, "a")) for _ in range(3)] == [True, True, False]


def test_the_refusal_says_when_the_window_ends(app, at_noon):
    at_noon.shift(timedelta(seconds=100))
    for _ in range(5):
        throttle.count_try((FIVE, "a"))
    with pytest.raises(TooMany) as caught:
        throttle.count_try((FIVE, "a"))
    assert caught.value.retry_after == 200


def test_a_new_window_counts_anew(app, at_noon):
    assert [allowed((FIVE, "a")) for _ in range(6)][-1] is False
    at_noon.shift(timedelta(minutes=5))
    assert allowed((FIVE, "a"))


def test_a_success_is_forgiven_what_came_before(app):
    for _ in range(5):
        throttle.count_try((FIVE, "a"))
    throttle.count_try((FIVE, "b"))
    with unit_of_work():
        throttle.forget(FIVE, "a")
    assert [allowed((FIVE, "a")) for _ in range(6)] == [True] * 5 + [False]
    assert session().scalar(select(Throttle.count).where(Throttle.key == "five:b")) == 1


def test_parallel_tries_are_counted_one_by_one(app):
    def try_once() -> bool:
        with app.app_context():
            return allowed((FIVE, "a"))

    assert sorted(at_once([try_once] * 20)) == [False] * 15 + [True] * 5
    assert session().scalar(select(Throttle.count)) == 20


def test_very_long_keys_are_cut(app):
    assert [allowed((TWO, "k" * 500)) for _ in range(3)] == [True, True, False]


def test_windows_long_over_are_swept(app, at_noon):
    throttle.count_try((FIVE, "old"))
    at_noon.shift(timedelta(days=1, minutes=6))
    throttle.count_try((FIVE, "new"))
    with unit_of_work():
        throttle.sweep()
    assert session().scalar(select(func.count()).select_from(Throttle)) == 1


@pytest.mark.parametrize(
    ("address", "neighbour", "is_one"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8:1::5", "2001:db8:1:0:a:b:c:d", True),
        ("2001:db8:1:1::5", "2001:db8:1:2::5", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("unknown:", "unknown:", True),
    ],
)
def test_addresses_of_one_household_are_counted_as_one(app, address, neighbour, is_one):
    def keys(of: str) -> list[tuple[Limit, str]]:
        with app.test_request_context(environ_base={"REMOTE_ADDR": of}):
            return throttle.by_address(TWO)

    assert (keys(address) == keys(neighbour)) is is_one
