"""Law: what pages ask is found by an index: no table that grows is read whole, or sorted."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select

from forum.accounts.models import User
from forum.lib.database import db, session, unit_of_work
from forum.lib.engines import writing_allowed
from forum.moderation.cases import add_note, report
from forum.moderation.models import Case
from forum.theories.models import Post, Revision
from tests.factories import (
    a_case,
    a_fan,
    a_film_moderator,
    a_moderator,
    a_theory,
    a_user,
    a_visitor,
    decide,
    the_rules,
)
from tests.laws.test_statements import Place

Sent = tuple[str, Any]
"""A statement as the driver got it, and its parameters."""

SORTED = {
    "FROM viewings": "a few theories for each film that one fan has opened",
    "JOIN viewings": "the films that one fan has opened",
    "row_number": "a few theories for each question on the page",
    "ORDER BY posts.thread_id, posts.best DESC": "three theories for each question on the page",
    "FROM drafts": "one fan's drafts, of which they keep a hundred",
    "FROM sessions": "one fan's sessions, of which they have twenty",
    "FROM statements": "what the makers of one film said",
    "posts.author_id = ": "what one fan has waiting",
    "FROM found": "the decades that have a listed film",
    "FROM cases": "how many open cases each film has",
    "FROM reports": "the reports of one case",
    "FROM notes": "the notes about one person or case",
    "FROM moderation_log": "whom and what the log names, from an index of each",
    "FOR NO KEY UPDATE": "a post and the two that it stands below",
}
"""What is sorted all the same, by a part of its statement; and what that is, which stays small."""

WHOLE = {
    "FROM rules": "the rules are a handful",
    "FROM found": "the decades that have a listed film",
    "FROM film": "a page of the catalogue begins at its first film",
    "FROM users WHERE users.is_archive": "a page of fans begins at its first",
    "FROM moderation_log": "a page of the log begins at its newest line",
    "FROM cases": "all open cases are counted, in an index that holds no other",
}
"""What begins at an end of an index and goes on until a page is full, or is small."""

CATALOGUE = ("/films", "/search?q=film")
"""Pages of all films, which are sorted for moderators: they find films that aren't listed, too."""

PRETENDED = {
    "FROM statements": "what the makers of one film said",
    "FROM decisions": "what was decided in one case",
    "count(*) AS count_1 FROM votes": "one fan's votes, of which a page says how many",
    "pending_revisions.post_id = posts.id": "the changes that wait for moderators",
}
"""What PostgreSQL reads whole or sorts only because a million rows are pretended; and why there are
few of them."""


@contextmanager
def asked() -> Iterator[list[Sent]]:
    """The statements that the database gets meanwhile, but for what is put in."""
    sent: list[Sent] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            sent.append((" ".join(statement.split()), parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


_CROWDED = """
UPDATE pg_class SET reltuples = 1e6, relpages = GREATEST(1, pg_relation_size(oid) / 8192)
WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace
"""


def plan(statement: str, parameters: Any) -> list[str]:
    """The lines of the plan by which the database answers a statement.

    PostgreSQL reads tables as small as these whole, and rightly: it is asked for its plan as if
    each held a million rows, and as if it could join them by looking up one row after another only.
    """
    with writing_allowed(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_CROWDED)
            for way in ("seqscan", "hashjoin", "mergejoin"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
            explained = f"EXPLAIN (FORMAT JSON) {statement}"
            answer = connection.exec_driver_sql(explained, parameters).scalar_one()
            return list(_lines(answer[0]["Plan"]))
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row[3] for row in rows]


def _lines(node: dict[str, Any]) -> Iterator[str]:
    """What a node of PostgreSQL's plan does, and those below it, in words like SQLite's."""
    kind, name = node["Node Type"], node.get("Relation Name", node.get("Index Name", ""))
    is_whole = kind == "Seq Scan" or ("Index" in kind and "Index Cond" not in node)
    yield f"SCAN {name}" if is_whole else f"{kind} {name}".strip()
    if "Sort Key" in node:
        yield f"USE TEMP B-TREE FOR {', '.join(node['Sort Key'])}"
    for below in node.get("Plans", ()):
        yield from _lines(below)


def breaches(sent: list[Sent]) -> list[str]:
    """Statements that read or sort what grows, with the line of their plan that says so."""
    found = []
    if db.engine.dialect.name == "postgresql":
        with writing_allowed(), db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    for statement, parameters in dict(sent).items():
        for line in plan(statement, parameters):
            is_read = re.search(r"^SCAN (?!CONSTANT|\(|anon)", line)
            is_sorted = "TEMP B-TREE" in line
            allowed = [*(WHOLE if is_read else ()), *(SORTED if is_sorted else ())]
            if db.engine.dialect.name == "postgresql":
                allowed += PRETENDED
            if (is_read or is_sorted) and not any(part in statement for part in allowed):
                found.append(f"{line.strip()}: {statement}")
    return found


def what_moderators_keep(place: Place) -> Case:
    """A case with something of all that a case may have."""
    moderator, fan = a_moderator(seen=(place.film,)), a_fan(seen=(place.film,))
    decide(a_case(a_theory(place.thread, place.by), moderator), "remove", moderator)
    case = a_case(place.theory, moderator)
    with unit_of_work():
        report(place.theory, 2, "rude", by=fan)
        add_note(case, "Seen before.", by=moderator)
    return case


@pytest.mark.both_databases
def test_what_pages_ask_is_found_by_an_index(app: Flask) -> None:
    place = Place(app, 30)
    the_rules()
    case = what_moderators_keep(place)
    admin = a_visitor(app, a_user(role="admin"), seen=(place.film,))
    user = session().get_one(User, a_film_moderator(place.film).id)
    keeper = a_visitor(app, user, seen=(place.film,))
    paths = [*place.pages().values()]
    paths += [f"{place.thread_path}?order={order}" for order in ("hot", "new", "divisive")]
    with asked() as sent:
        for visitor in (place.guest, place.visitor, keeper):
            for path in paths:
                if visitor is keeper and path in CATALOGUE:
                    continue
                visitor.see(path)
                following = re.search(r'href="([^"]*after=[^"]*)"', visitor.see(path))
                if following:
                    visitor.see(following.group(1).replace("&amp;", "&"))
        place.visitor.post(f"/posts/{place.reply.id}/votes", value="1")
        place.visitor.fetch(f"/posts/{place.theory.id}/votes", value="-1")
        place.visitor.post(f"/posts/{place.theory.id}/replies", body="No.", stance="challenges")
        for path in ("queue", "queue?kind=report", f"cases/{case.id}", "log"):
            for moderator in (admin, keeper):
                moderator.see(f"/moderation/{path}")
        admin.see("/inbox")
    assert len({statement for statement, _ in sent}) > 50
    assert breaches(sent) == []


@pytest.mark.postgresql
def test_what_is_planned_once_for_all_values_is_a_look_at_keys(app: Flask) -> None:
    place = Place(app, 30)
    for _ in range(2):
        for path in place.pages().values():
            place.visitor.see(path)
        place.visitor.post(f"/posts/{place.reply.id}/votes", value="1")
        place.visitor.fetch(f"/posts/{place.theory.id}/votes", value="-1")
        place.visitor.post(f"/posts/{place.theory.id}/replies", body="No.", stance="challenges")
    with writing_allowed(), db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql(_CROWDED)
        for way in ("seqscan", "hashjoin", "mergejoin"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        driver: Any = connection.connection.driver_connection
        prepared = driver.execute("SELECT statement FROM pg_prepared_statements").fetchall()
        assert len(prepared) > 15
        for (statement,) in prepared:
            explain = f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {statement}"
            ((answer,),) = driver.execute(explain).fetchall()
            lines = list(_lines(answer[0]["Plan"]))
            is_listed = "FOR NO KEY UPDATE" not in statement and "ORDER BY" in statement
            assert not is_listed or "vote_changes" in statement, statement
            assert not [line for line in lines if line.startswith("SCAN")], statement


@pytest.mark.both_databases
def test_a_page_that_reads_or_sorts_a_table_is_caught(app: Flask) -> None:
    with asked() as sent:
        session().execute(select(func.count()).where(Post.renderer == 0)).all()
        session().execute(select(Post.id).where(Post.film_id == 1).order_by(Post.excerpt)).all()
        session().execute(select(func.count()).select_from(Revision)).all()
    read, ordered, whole = breaches(sent)
    assert "posts.renderer" in read
    assert "FROM revisions" in whole  # in an index, from one end to the other
    assert "ORDER BY posts.excerpt" in ordered
