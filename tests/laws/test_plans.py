"""Law: what pages ask is found by an index: no table that grows is read whole, or sorted."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select

from forum.lib.database import db, session
from forum.theories.models import Post
from tests.factories import a_case, a_user, a_visitor, the_rules
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
    "films.year / ": "the decades of listed films, from an index of their years",
    "FROM cases": "how many open cases each film has",
    "FROM reports": "the reports of one case",
    "FROM notes": "the notes about one person or case",
    "FROM moderation_log": "whom and what the log names, from an index of each",
}
"""What is sorted all the same, by a part of its statement; and what that is, which stays small."""

WHOLE = {
    "FROM rules": "the rules are a handful",
    "FROM film": "a page of the catalogue begins at its first film",
    "FROM users WHERE users.is_archive": "a page of fans begins at its first",
    "FROM moderation_log": "a page of the log begins at its newest line",
    "FROM cases": "all open cases are counted, in an index that holds no other",
}
"""What begins at an end of an index and goes on until a page is full, or is small."""


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


def plan(statement: str, parameters: Any) -> list[str]:
    """The lines of the plan by which the database answers a statement."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # Tables as small as these are read and sorted fastest; where they grow they are not.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")
            return [
                row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            ]
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row[3] for row in rows]


def breaches(sent: list[Sent]) -> list[str]:
    """Statements that read or sort what grows, with the line of their plan that says so."""
    found = []
    for statement, parameters in dict(sent).items():
        for line in plan(statement, parameters):
            is_read = re.search(r"Seq Scan on|^SCAN (?!CONSTANT|\(|anon)", line)
            is_sorted = re.search(r"Sort Key|TEMP B-TREE", line)
            allowed = [*(WHOLE if is_read else ()), *(SORTED if is_sorted else ())]
            if (is_read or is_sorted) and not any(part in statement for part in allowed):
                found.append(f"{line.strip()}: {statement}")
    return found


@pytest.mark.both_databases
def test_what_pages_ask_is_found_by_an_index(app: Flask) -> None:
    place = Place(app, 30)
    the_rules()
    case = a_case(place.theory)
    admin = a_visitor(app, a_user(role="admin"), seen=(place.film,))
    paths = [*place.pages().values()]
    paths += [f"{place.thread_path}?order={order}" for order in ("hot", "new", "divisive")]
    with asked() as sent:
        for visitor in (place.guest, place.visitor):
            for path in paths:
                visitor.see(path)
                following = re.search(r'href="([^"]*after=[^"]*)"', visitor.see(path))
                if following:
                    visitor.see(following.group(1).replace("&amp;", "&"))
        place.visitor.post(f"/posts/{place.reply.id}/votes", value="1")
        place.visitor.post(f"/posts/{place.theory.id}/replies", body="No.", stance="challenges")
        for path in ("queue", f"cases/{case.id}", "log"):
            admin.see(f"/moderation/{path}")
        admin.see("/inbox")
    assert len({statement for statement, _ in sent}) > 50
    assert breaches(sent) == []


@pytest.mark.both_databases
def test_a_page_that_reads_or_sorts_a_table_is_caught(app: Flask) -> None:
    with asked() as sent:
        session().execute(select(func.count()).where(Post.renderer == 0)).all()
        session().execute(select(Post.id).where(Post.film_id == 1).order_by(Post.excerpt)).all()
    read, ordered = breaches(sent)
    assert "posts.renderer" in read
    assert "ORDER BY posts.excerpt" in ordered
