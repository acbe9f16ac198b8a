"""What happened stays as it happened: the database itself refuses to change it."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from forum.events import Event
from forum.lib import ddl
from forum.lib.database import Base, db, session, unit_of_work
from forum.lib.engines import writing_allowed
from tests.factories import a_user

pytestmark = pytest.mark.both_databases

CHANGES = ["UPDATE events SET kind = 'x'", "DELETE FROM events"]


def events() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(Event)) or 0


def refused(statement: str) -> None:
    with pytest.raises(DBAPIError, match="events is append-only"), unit_of_work() as work:
        work.execute(text(statement))


def test_what_happened_cannot_be_changed(app):
    a_user()
    before = events()
    for statement in CHANGES:
        refused(statement)
    if db.engine.dialect.name == "postgresql":
        refused("TRUNCATE events")
    assert events() == before > 0


def test_installing_again_changes_nothing(app):
    a_user()
    with writing_allowed(), db.engine.begin() as connection:
        ddl.install(connection)
    for statement in CHANGES:
        refused(statement)


def test_a_schema_made_from_the_models_has_the_triggers_too(app):
    with writing_allowed(), db.engine.begin() as connection:
        Base.metadata.drop_all(connection)
        Base.metadata.create_all(connection)
    a_user()
    for statement in CHANGES:
        refused(statement)
