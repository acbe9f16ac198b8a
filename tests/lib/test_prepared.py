"""Statements that go straight to the database's driver do what SQLAlchemy would have them do."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, delete, event, func, insert, select, update
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, InvalidRequestError
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.events import Event
from forum.films.models import Film
from forum.lib.columns import Columns
from forum.lib.database import db, run, session, table_of, unit_of_work
from forum.lib.throttle import Throttle
from forum.lib.together import run_together
from forum.theories.models import Post
from forum.theories.queries import POST
from tests.factories import a_film, a_moderator, a_theory, a_user

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


def test_lists_that_expand_may_be_of_any_length(app):
    with unit_of_work():
        for number, key in enumerate("abc"):
            run(KEEP, {"key": key, "window": NOON, "count": number})
    keys, moments = bindparam("keys", expanding=True), bindparam("moments", expanding=True)
    some = select(throttles.c.key).where(throttles.c.key.in_(keys), throttles.c.window.in_(moments))
    found = [
        {row.key for row in run(some, {"keys": wanted, "moments": [NOON]})}
        for wanted in ([], ["b"], ["a", "b"], ["a", "z"], ["b", "a", "c"])
    ]
    assert found == [set(), {"b"}, {"a", "b"}, {"a"}, {"a", "b", "c"}]


def test_a_list_that_is_one_value_stays_one(app):
    films = table_of(Film)
    a_film()
    with unit_of_work():
        run(update(films).values(directors=bindparam("names")), {"names": ["A", "B"]})
    assert run(select(films.c.directors)) == [(["A", "B"],)]


def test_rows_stand_side_by_side_with_what_is_selected_besides(app):
    theory = a_theory()
    card, author = Columns(Post, without=("body",)), Columns(User)
    question = aliased(Post)
    statement = (
        select(*card, *card.of(question), *author, func.length(Post.body))
        .select_from(Post)
        .join(question, question.id == Post.thread_id)
        .join(User, User.id == Post.author_id)
        .where(Post.id == bindparam("id"))
    )
    ((row, above, writer, length),) = run(statement, {"id": theory.id}, card, card, author)
    assert [row.id, above.id, writer.id] == [theory.id, theory.thread_id, theory.author_id]
    assert (row.created_at, row.blind, length) == (
        theory.created_at,
        theory.blind,
        len(theory.body),
    )
    assert not hasattr(row, "body")


def test_a_row_has_the_properties_of_its_model(app):
    users = Columns(User)
    moderator, theory = a_moderator(), a_theory()
    ranks = {row.id: row.rank for (row,) in run(select(*users), {}, users)}
    assert (ranks[moderator.id], ranks[theory.author_id]) == (1, 0)
    ((row,),) = run(select(*POST).where(Post.id == theory.id), {}, POST)
    assert row.placed_at == theory.placed_at == theory.published_at


def test_what_expands_and_is_given_otherwise_is_an_error_and_not_an_empty_list(app):
    some = select(throttles.c.key).where(throttles.c.key.in_(bindparam("keys", expanding=True)))
    for keys in (("a",), {"a"}, None, "a"):
        with pytest.raises(ArgumentError, match="as lists: keys"):
            run(some, {"keys": keys})
