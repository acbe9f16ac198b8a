"""Turns at the database: one thread after the other, and no connection that has died meanwhile."""

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import create_engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from forum.lib import turns
from forum.lib.database import db, run, session, table_of, unit_of_work
from forum.lib.prepared import planned_once
from forum.lib.throttle import Throttle
from tests.crowds import at_once

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
COUNT = text("SELECT count(*) FROM throttles")
KEEP = text("INSERT INTO throttles VALUES (:key, '2026-01-01', 0)")


def test_whose_turn_does_not_come_is_told_so():
    lock = threading.Lock()
    with turns.turn(lock, 1.0):
        assert lock.locked()
        with pytest.raises(OperationalError, match="locked"), turns.turn(lock, 0.01):
            pass
    assert not lock.locked()


def test_a_turn_that_fails_is_over():
    lock = threading.Lock()
    with pytest.raises(ValueError, match="no"), turns.turn(lock, 1.0):
        raise ValueError("no")
    assert not lock.locked()


def test_patience_with_another_process_ends():
    token = turns.patience_now.set(0.01)
    try:
        assert [turns.nap(tries) for tries in (0, 99, 100)] == [True, True, False]
    finally:
        turns.patience_now.reset(token)


def test_whoever_has_the_lock_for_long_is_asked_less_often():
    begun = time.monotonic()
    turns.nap(1_000)
    assert time.monotonic() - begun >= 0.002


class Visits:
    """Requests that are answered when they are let go, and how many were begun at once."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.let_go = threading.Semaphore(0)
        self._answer = turns.one_act_at_a_time(self._inner)

    def _inner(self, environ: dict[str, str], _start_response: None) -> list[bytes]:
        self.begun.release()
        self.let_go.acquire()
        if environ["PATH_INFO"] == "/fails":
            raise ValueError("it fails")
        return []

    def make(self, method: str, path: str = "/") -> threading.Thread:
        asked = {"REQUEST_METHOD": method, "PATH_INFO": path}

        def visit() -> None:
            with suppress(ValueError):
                self._answer(asked, None)

        thread = threading.Thread(target=visit)
        thread.start()
        return thread


def end(visits: Visits, *threads: threading.Thread) -> None:
    for _ in threads:
        visits.let_go.release()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("first", ["/", "/fails"])
def test_an_act_begins_when_the_one_before_has_ended(monkeypatch, first):
    monkeypatch.setattr(turns, "_COURTESY", 60.0)
    visits = Visits()
    acts = [visits.make("POST", first)]
    assert visits.begun.acquire(timeout=5)
    acts.append(visits.make("POST"))
    assert not visits.begun.acquire(timeout=0.05)
    visits.let_go.release()
    assert visits.begun.acquire(timeout=5)
    end(visits, *acts)


def test_who_only_reads_waits_for_no_act(monkeypatch):
    monkeypatch.setattr(turns, "_COURTESY", 60.0)
    visits = Visits()
    made = [visits.make(method) for method in ("POST", "GET", "HEAD")]
    assert all(visits.begun.acquire(timeout=5) for _ in made)
    end(visits, *made)


def test_an_act_that_takes_long_holds_up_no_other_for_long():
    visits = Visits()
    slow = [visits.make("POST"), visits.make("POST")]
    assert all(visits.begun.acquire(timeout=5) for _ in slow)
    end(visits, *slow)
    # Whoever went on without a turn of their own has taken nobody else's.
    again = visits.make("POST")
    assert visits.begun.acquire(timeout=5)
    end(visits, again)


@pytest.mark.both_databases
def test_a_forum_does_one_act_at_a_time_on_sqlite_alone(app, monkeypatch):
    monkeypatch.setattr(turns, "_COURTESY", 60.0)
    every = threading.Barrier(3)
    alone = []

    def dispatch() -> str:
        try:
            every.wait(timeout=1.0)
        except threading.BrokenBarrierError:
            alone.append(True)
        return ""

    monkeypatch.setattr(app, "dispatch_request", dispatch)
    post = partial(app.test_client().post, "/log-in", headers={"Sec-Fetch-Site": "same-origin"})
    at_once([post] * 3)
    assert bool(alone) is (db.engine.dialect.name == "sqlite")


@pytest.mark.both_databases
def test_many_threads_write_one_after_the_other(app):
    with unit_of_work() as work:
        work.execute(text("INSERT INTO throttles VALUES ('a', '2026-01-01', 0)"))

    def add_one() -> None:
        with app.app_context(), unit_of_work() as work:
            work.execute(text("UPDATE throttles SET count = count + 1"))

    at_once([add_one] * 24)
    session().rollback()
    assert session().scalar(text("SELECT count FROM throttles")) == 24


@pytest.mark.postgresql
def test_a_connection_that_died_while_it_lay_idle_is_replaced(app, monkeypatch):
    monkeypatch.setattr(turns, "_IDLE", 0.0)
    session().rollback()
    with db.engine.connect() as connection:
        lay_idle = connection.scalar(text("SELECT pg_backend_pid()"))
    other = create_engine(db.engine.url)
    with other.connect() as connection:
        ended = text("SELECT pg_terminate_backend(:pid, 5000)")
        assert connection.scalar(ended, {"pid": lay_idle}) is True
    other.dispose()
    assert session().scalar(text("SELECT pg_backend_pid()")) != lay_idle


def test_sqlite_prepares_nothing_anew_between_reading_and_writing(app):
    lines: list[str] = []
    reader = session().connection().connection.driver_connection
    reader.set_trace_callback(lines.append)
    for number in range(3):
        with unit_of_work() as work:
            assert work.connection().connection.driver_connection is not reader
            work.execute(text(f"INSERT INTO throttles VALUES ('{number}', '2026-01-01', 0)"))
        assert session().scalar(text("SELECT count(*) FROM throttles")) == number + 1
    assert lines.count("SELECT count(*) FROM throttles") == 3
    assert not [line for line in lines if "query_only" in line]


@pytest.mark.postgresql
def test_postgresql_keeps_what_is_planned_once_between_reading_and_writing(app):
    throttles = table_of(Throttle)
    count = planned_once(select(func.count()).select_from(throttles))
    for number in range(8):
        assert run(count) == [(number,)]
        assert session().scalar(COUNT) == number  # which is planned anew each time
        with unit_of_work():
            run(insert(throttles), {"key": str(number), "window": NOON, "count": 0})
    prepared = session().scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert sorted(statement[:6] for statement in prepared) == ["INSERT", "SELECT"]


@pytest.mark.postgresql
def test_what_is_read_as_of_one_moment_cannot_write_either(app):
    session().rollback()
    session().connection(execution_options={"isolation_level": "REPEATABLE READ"})
    assert session().scalar(COUNT) == 0

    def keep(key: str) -> None:
        with app.app_context(), unit_of_work() as work:
            work.execute(KEEP, {"key": key})

    at_once([lambda: keep("a")])
    assert session().scalar(COUNT) == 0
    with pytest.raises(DBAPIError, match="read-only"):
        session().execute(text("DELETE FROM throttles"))
    session().rollback()
    assert session().scalar(COUNT) == 1
    keep("b")
    assert session().scalar(COUNT) == 2
