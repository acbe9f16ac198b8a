"""Statements that go straight to the database's driver do what SQLAlchemy would have them do."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, delete, event, func, insert, select, update
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, InvalidRequestError

from forum.accounts.models import User
from forum.events import Event
from forum.lib.database import db, run, session, table_of, unit_of_work
from forum.lib.throttle import Throttle
from forum.lib.together import run_together
from tests.factories import a_user

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
users, events, throttles = table_of(User), table_of(Event), table_of(Throttle)
KEEP = insert(throttles)


def test_rows_have_the_values_that_python_knows_and_the_names_of_their_columns(app):
    with unit_of_work():
        run(KEEP, {"key": "a", "window": NOON, "count": 3})
    columns = (throttles.c.window, throttles.c.count.label("acts"), func.avg(throttles.c.count))
    (row,) = run(select(*columns).group_by(throttles.c.window, throttles.c.count))
    assert (row.window, row.acts, row[2]) == (NOON, 3, 3.0)
    a_user()
    assert [row.is_archive for row in run(select(users.c.is_archive))] == [False]


def test_documents_come_back_as_they_were_given(app):
    with unit_of_work():
        run(insert(events), {"kind": "film.added", "at": NOON, "codes": {"rule": 3}})
    assert [row.codes for row in run(select(events.c.codes))] == [{"rule": 3}]


def test_values_that_stand_in_the_statement_are_sent_with_those_that_are_given(app):
    with unit_of_work():
        for number, key in enumerate("abcd"):
            run(KEEP, {"key": key, "window": NOON, "count": number})
    some = (
        select(throttles.c.key)
        .where(
            throttles.c.key.in_(["a", "b", "c"]),
            throttles.c.window == NOON,
            throttles.c.count >= bindparam("least"),
        )
        .order_by(throttles.c.key)
        .limit(5)
    )
    assert [row.key for row in run(some, {"least": 1})] == ["b", "c"]
    assert [row.key for row in run(some, {"least": 2})] == ["c"]


def test_what_a_change_gives_back_are_rows_and_else_there_are_none(app):
    change = update(throttles).values(count=throttles.c.count + bindparam("more"))
    with unit_of_work():
        assert run(KEEP, {"key": "a", "window": NOON, "count": 1}) == []
        assert run(change, {"more": 2}) == []
        assert run(change.returning(throttles.c.count), {"more": 2}) == [(5,)]


def test_changes_along_are_made_with_the_statement_or_not_at_all(app):
    counted = update(throttles).values(count=throttles.c.count + bindparam("more"))
    added = insert(throttles).values(key=bindparam("to"), window=bindparam("at"), count=1)
    gone = delete(throttles).where(throttles.c.key == bindparam("other"))
    with unit_of_work():
        for key in "ab":
            run(KEEP, {"key": key, "window": NOON, "count": 1})
    first = counted.where(throttles.c.key == bindparam("which")).returning(throttles.c.count)
    given = {"which": "a", "more": 4, "to": "c", "at": NOON, "other": "b"}
    with unit_of_work():
        assert run_together(given, first, added, gone) == [(5,)]
    kept = select(throttles.c.key, throttles.c.count, throttles.c.window).order_by("key")
    assert run(kept) == [("a", 5, NOON), ("c", 1, NOON)]

    def repeat() -> None:
        with unit_of_work():
            run_together(given, first, added, gone)  # whose "c" is there already

    with pytest.raises(IntegrityError):
        repeat()
    assert run(kept) == [("a", 5, NOON), ("c", 1, NOON)]


def test_what_objects_changed_is_written_first(app):
    with unit_of_work():
        session().add(Throttle(key="a", window=NOON, count=7))
        assert run(select(throttles.c.count)) == [(7,)]


def test_a_statement_says_which_values_it_lacks_before_it_is_sent(app):
    with pytest.raises(InvalidRequestError, match="'least'"):
        run(select(throttles.c.key).where(throttles.c.count > bindparam("least")))
    with pytest.raises(ArgumentError, match="defaults"):
        run(insert(users), {"name": "nobody"})


def test_errors_are_those_of_every_other_statement(app):
    def keep_twice() -> None:
        with unit_of_work():
            for _ in range(2):
                run(KEEP, {"key": "a", "window": NOON, "count": 1})

    with pytest.raises(IntegrityError):
        keep_twice()
    assert run(select(throttles.c.key)) == []  # and the transaction was rolled back
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        run(KEEP, {"key": "a", "window": NOON, "count": 1})


def test_whoever_listens_for_statements_hears_of_them(app):
    heard = []

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        if "throttles" in statement:
            heard.append(parameters["key_1"])

    event.listen(db.engine, "before_cursor_execute", note)
    run(select(throttles.c.count).where(throttles.c.key == "a"))
    event.remove(db.engine, "before_cursor_execute", note)
    assert heard == ["a"]
