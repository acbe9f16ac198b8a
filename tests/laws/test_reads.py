"""Law: a GET never writes. No page does, and the database itself would refuse."""

from contextlib import closing
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError
from time_machine import travel

from forum.accounts.models import User
from forum.events import Event, Kind
from forum.lib import clock
from forum.lib.database import NestedUnitOfWork, db, session, unit_of_work
from forum.lib.engines import sqlite_module
from tests.factories import a_user, days
from tests.routes import pages
from tests.worlds import World

pytestmark = pytest.mark.at_length


def an_event() -> Event:
    return Event(kind=Kind.USER_LOGGED_IN, at=clock.now())


def rows(world: World) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with closing(sqlite_module().connect(world.file)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables}


@pytest.mark.parametrize("role", ["guest", "fan", "author", "moderator"])
def test_no_page_writes(world: World, role: str) -> None:
    visitor = world.visitor(role)
    visitor.get("/")
    before = world.fingerprint()
    asked = set()
    for rule, path in pages(world):
        status = visitor.get(path).status_code
        assert status < 500, f"{path}: {status}"
        assert world.fingerprint() == before, f"GET {path} wrote"
        asked.add(rule.endpoint)
    assert len(asked) >= 30


def test_a_page_that_writes_gets_nothing_written(world: World) -> None:
    def add() -> str:
        session().add(an_event())
        session().flush()
        return "added"

    def add_and_commit() -> str:
        session().add(an_event())
        session().commit()
        return "added"

    def change() -> str:
        session().execute(update(User).values(role="admin"))
        return "changed"

    breaches = (add, add_and_commit, change)
    for breach in breaches:
        world.app.add_url_rule(f"/{breach.__name__}", view_func=breach)
    before = world.fingerprint()
    for breach in breaches:
        answer = world.visitor("fan").get(f"/{breach.__name__}")
        assert answer.status_code >= 500
        assert world.fingerprint() == before


def test_a_page_that_begins_a_unit_of_work_is_caught(world: World) -> None:
    """The check by fingerprint sees what the database can't refuse."""

    def add() -> str:
        with unit_of_work() as work:
            work.add(an_event())
        return "added"

    world.app.add_url_rule("/add", view_func=add)
    before = world.fingerprint()
    assert world.visitor("guest").get("/add").status_code == 200
    assert world.fingerprint() != before


def test_a_session_is_touched_after_ten_minutes_and_nothing_else(world: World) -> None:
    visitor = world.visitor("fan")
    before = rows(world)
    with travel(clock.now() + days(2), tick=False):
        visitor.get("/films")
        touched = rows(world)
        visitor.get("/films")
        assert rows(world) == touched
    changed = [table for table, content in touched.items() if content != before[table]]
    assert changed == ["sessions"]
    pairs = zip(before["sessions"], touched["sessions"], strict=True)
    assert [now[0] for old, now in pairs if old != now] == [world.accounts["fan"].session_id]


def refuses() -> bool:
    """Whether this session's transaction refuses to write, in the database's own words."""
    statements = (
        insert(Event).values(kind="user.logged_in", at=clock.now()),
        update(User).values(role="admin"),
        text("DELETE FROM sessions"),
        text("CREATE TABLE t (id INTEGER)"),
        text("DROP TABLE votes"),
    )
    refused = []
    for statement in statements:
        session().rollback()
        try:
            session().execute(statement)
        except DBAPIError as error:
            said = str(error.orig)
            refused.append("readonly" in said or "read-only" in said)
    session().rollback()
    return refused == [True] * len(statements)


def begin_and_fail() -> None:
    with unit_of_work() as work:
        work.execute(update(User).values(role="admin"))
        raise ZeroDivisionError


def begin_twice() -> None:
    with unit_of_work() as work:
        work.execute(update(User).values(role="admin"))
        with unit_of_work():
            pass


@pytest.mark.both_databases
def test_the_database_refuses_to_write_outside_of_a_unit_of_work(app: Flask) -> None:
    assert refuses()
    user = a_user()  # its unit of work is over
    assert refuses()
    with pytest.raises(ZeroDivisionError):
        begin_and_fail()
    assert refuses()
    session().add(an_event())
    with pytest.raises(DBAPIError, match=r"read-?only"):
        session().flush()
    session().rollback()
    session().refresh(user)
    assert user.role == "fan"


@pytest.mark.both_databases
def test_a_connection_that_wrote_before_refuses_too(app: Flask) -> None:
    """Connections are used again: what was allowed to one unit of work is not to the next read."""
    for number in range(12):
        a_user(f"fan_{number}a")
        db.session.remove()
        assert refuses()


@pytest.mark.both_databases
def test_a_unit_of_work_within_another_is_refused(app: Flask) -> None:
    user = a_user()
    with pytest.raises(NestedUnitOfWork):
        begin_twice()
    assert refuses()
    session().refresh(user)
    assert user.role == "fan"
