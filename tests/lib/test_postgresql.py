"""What PostgreSQL is sent straight, and what it keeps prepared of it."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, create_engine, insert, literal, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, NotSupportedError, OperationalError

from forum.lib import postgresql
from forum.lib.database import db, look_up, run, session, table_of, unit_of_work
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
    monkeypatch.setattr(postgresql, "MOST_PLANS", 3)
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


def lose_all() -> None:
    """End all connections of this forum, behind its back."""
    other = create_engine(db.engine.url)
    with other.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    other.dispose()


def keep(key: str) -> None:
    run(insert(throttles), {"key": key, "window": NOON, "count": 1})


def test_a_connection_lost_before_the_commit_loses_the_act_and_no_other(app):
    def lose_it() -> None:
        with unit_of_work():
            keep("a")
            lose_all()

    with pytest.raises(OperationalError) as lost:
        lose_it()
    assert lost.value.connection_invalidated
    with unit_of_work():
        keep("b")
    assert run(FOUND, {"count": 1}) == [("b",)]


@pytest.mark.parametrize("read", [run, look_up])
def test_a_connection_lost_before_it_reads_is_the_databases_fault(app, read):
    assert read(FOUND, {"count": 1}) == []
    session().rollback()
    lose_all()
    with pytest.raises(OperationalError) as lost:
        read(FOUND, {"count": 1})
    assert lost.value.connection_invalidated
    session().rollback()
    assert read(FOUND, {"count": 1}) == []


def test_a_table_that_changed_costs_one_answer_and_no_more(app):
    assert run(FOUND, {"count": 1}) == []
    with unit_of_work() as work:
        work.execute(text("ALTER TABLE throttles ALTER COLUMN key TYPE text"))
    with pytest.raises(NotSupportedError, match="cached plan"):
        run(FOUND, {"count": 1})
    assert run(FOUND, {"count": 1}) == []


def test_an_error_that_was_passed_over_does_not_pass_for_success(app):
    def pass_over() -> None:
        with unit_of_work():
            run(insert(throttles), {"key": "a", "window": NOON, "count": 1})
            with suppress(DBAPIError):
                session().execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError, match="nothing was kept"):
        pass_over()
    assert run(FOUND, {"count": 1}) == []


def test_who_was_interrupted_leaves_no_name_taken(app, monkeypatch):
    def interrupt(*_given) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(postgresql, "_checked", interrupt)  # by then PostgreSQL has done it
    with pytest.raises(KeyboardInterrupt):
        run(FOUND, {"count": 1})
    monkeypatch.undo()
    assert run(FOUND, {"count": 1}) == []


def test_integers_of_other_statements_are_as_the_driver_says_them(app):
    assert session().scalar(text("SELECT left('abc', :n)"), {"n": 2}) == "ab"
