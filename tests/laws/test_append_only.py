"""Law: what happened stays. The database refuses to change, delete or empty what is append-only."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from forum.events import Event
from forum.lib.database import db, session, unit_of_work
from forum.lib.ddl import APPEND_ONLY
from forum.moderation.models import LogEntry
from forum.votes.models import VoteChange
from forum.votes.operations import cast_vote
from tests.factories import a_case, a_fan, a_moderator, a_theory, decide, film_of, the_rules

pytestmark = pytest.mark.both_databases

COLUMNS = {
    "events": ("at", "by_id", "codes"),
    "vote_changes": ("at", "new_value", "user_id"),
    "moderation_log": ("at", "reasons", "hash"),
}
KEYS = {"events": "id", "vote_changes": "id", "moderation_log": "seq"}


@pytest.fixture(autouse=True)
def a_past(app: Flask) -> None:
    """Something that happened: events, and a vote in the journal."""
    theory = a_theory()
    fan = a_fan(seen=(film_of(theory),))
    with unit_of_work():
        cast_vote(theory.id, 1, by=fan)
    the_rules()
    decide(a_case(theory), "no_action", a_moderator())


def counts() -> dict[str, int]:
    """How many rows each append-only table has."""
    found = {
        table.__tablename__: session().scalars(select(func.count()).select_from(table)).one()
        for table in (Event, VoteChange, LogEntry)
    }
    session().rollback()
    return found


def refuses(statement: str) -> bool:
    """Whether the database refuses `statement`, in a unit of work, for being append-only."""
    try:
        with unit_of_work() as work:
            work.execute(text(statement))
    except DBAPIError as error:
        return "is append-only" in str(error)
    return False


def test_every_append_only_table_is_tried() -> None:
    assert set(APPEND_ONLY) == set(COLUMNS) == set(counts())
    assert all(counts().values())


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_rows_can_be_neither_changed_nor_deleted(table: str) -> None:
    before = counts()
    for column in COLUMNS[table]:
        assert refuses(f"UPDATE {table} SET {column} = {column}")
    assert refuses(f"DELETE FROM {table}")
    key = KEYS[table]
    assert refuses(f"DELETE FROM {table} WHERE {key} = (SELECT MAX({key}) FROM {table})")
    assert counts() == before


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_table_can_not_be_emptied(table: str) -> None:
    if db.engine.dialect.name == "sqlite":
        # SQLite has no TRUNCATE: its name for one is DELETE without a condition. Nor may a row be
        # replaced under its number.
        replacing = {
            "vote_changes": "UPDATE OR REPLACE vote_changes SET new_value = 0",
            "events": "UPDATE OR IGNORE events SET kind = 'nothing'",
            "moderation_log": "UPDATE OR REPLACE moderation_log SET reasons = ''",
        }
        assert refuses(replacing[table])
        assert refuses(f"DELETE FROM {table} WHERE 1 OR {KEYS[table]} = 1")
    else:
        assert refuses(f"TRUNCATE {table}")
        assert refuses(f"TRUNCATE {table} RESTART IDENTITY CASCADE")
        assert refuses("TRUNCATE users, posts CASCADE")


def test_rows_can_be_added() -> None:
    before = counts()["events"]
    with unit_of_work() as work:
        work.add(Event(kind="user.logged_in", at=datetime.now(UTC)))
    assert counts()["events"] == before + 1


def test_without_its_trigger_a_table_is_changed() -> None:
    """The trigger refuses, and nothing else: the tests above would pass for another reason."""
    drop = {
        "sqlite": "DROP TRIGGER vote_changes_no_update",
        "postgresql": "DROP TRIGGER vote_changes_no_change ON vote_changes",
    }[db.engine.dialect.name]
    with unit_of_work() as work:
        work.execute(text(drop))
    assert not refuses("UPDATE vote_changes SET new_value = new_value")
