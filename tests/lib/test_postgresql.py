"""What PostgreSQL is sent straight, and what it keeps prepared of it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, create_engine, insert, literal, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from forum.lib import postgresql
from forum.lib.database import db, run, session, table_of, unit_of_work
from forum.lib.prepared import planned_once
from forum.lib.throttle import Throttle

pytestmark = pytest.mark.postgresql

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
throttles = table_of(Throttle)
FOUND = planned_once(select(throttles.c.key).where(throttles.c.count == bindparam("count")))


def kept() -> list[str]:
    return list(session().scalars(text("SELECT statement FROM pg_prepared_statements")))


def test_one_plan_serves_small_numbers_and_large_ones(app):
    for count in (1, 40_000, -3):
        assert run(FOUND, {"count": count}) == []
    with pytest.raises(DBAPIError, match="out of range"):
        run(FOUND, {"count": 2**40})
    assert len(kept()) == 1


def test_an_act_that_is_refused_costs_no_plan(app):
    row = {"key": "a", "window": NOON, "count": 1}
    with unit_of_work():
        run(insert(throttles), row)
    run(FOUND, {"count": 1})
    before = kept()
    with pytest.raises(IntegrityError), unit_of_work():
        run(insert(throttles), row)
    assert kept() == before
    assert run(FOUND, {"count": 1}) == [("a",)]


def test_a_connection_keeps_so_many_plans_and_then_begins_anew(app, monkeypatch):
    monkeypatch.setattr(postgresql, "MOST_KEPT", 3)
    for number in range(1, 8):
        found = planned_once(select(literal(number).label(f"n{number}"), throttles.c.key))
        assert run(found) == []
        assert len(kept()) <= 3
    assert run(FOUND, {"count": 1}) == []


def test_a_percent_sign_is_one_and_a_value_may_stand_twice(app):
    with unit_of_work():
        run(insert(throttles), {"key": "100%", "window": NOON, "count": 2})
    same = select(throttles.c.key).where(
        throttles.c.key.like("100\\%"), throttles.c.count == bindparam("n") % 5
    )
    assert run(same, {"n": 7}) == [("100%",)]
    twice = select(throttles.c.key).where(
        throttles.c.count >= bindparam("n"), throttles.c.count <= bindparam("n")
    )
    assert run(twice, {"n": 2}) == [("100%",)]


def test_a_connection_lost_before_the_commit_loses_the_act_and_no_other(app):
    other = create_engine(db.engine.url)
    with unit_of_work() as work:
        work.add(row := Throttle(key="a", window=NOON, count=1))

    def lose_it() -> None:
        with unit_of_work() as work:
            row.count = 7
            mine = work.scalar(text("SELECT pg_backend_pid()"))
            with other.connect() as connection:
                connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})

    with pytest.raises(DBAPIError) as lost:
        lose_it()
    other.dispose()
    assert lost.value.connection_invalidated
    assert row.count == 1
    with unit_of_work():
        row.count = 2
    assert run(select(throttles.c.key, throttles.c.count)) == [("a", 2)]
