"""Turns at the database: one thread after the other, and no connection that has died meanwhile."""

import threading
import time
from datetime import UTC, datetime

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
def test_what_is_planned_once_survives_an_error_and_a_lost_connection(app):
    row = {"key": "a", "window": NOON, "count": 0}
    with unit_of_work():
        run(insert(table_of(Throttle)), row)
    for _ in range(3):
        with pytest.raises(DBAPIError, match="unique"), unit_of_work():
            run(insert(table_of(Throttle)), row)
    with unit_of_work():
        run(insert(table_of(Throttle)), row | {"key": "b"})
        mine = session().scalar(text("SELECT pg_backend_pid()"))
    other = create_engine(db.engine.url)
    with other.connect() as connection:
        connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
    other.dispose()
    with pytest.raises(DBAPIError) as lost, unit_of_work():
        run(insert(table_of(Throttle)), row | {"key": "c"})
    assert lost.value.connection_invalidated
    with unit_of_work():
        run(insert(table_of(Throttle)), row | {"key": "c"})
    assert session().scalar(COUNT) == 3


@pytest.mark.postgresql
def test_what_is_planned_once_is_kept_once_however_often_it_is_built(app):
    def found():
        throttles = table_of(Throttle)
        return run(planned_once(select(throttles.c.key).where(throttles.c.key == "a")))

    found()
    kept = session().connection().info
    before = len(kept)
    for _ in range(3):
        assert found() == []
    assert len(kept) == before


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
