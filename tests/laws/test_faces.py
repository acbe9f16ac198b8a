"""Law: the two faces of a permission agree, for every viewer and every state of a row."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import aliased

from forum.accounts.viewers import Fan, Guest, Operator
from forum.films.models import STATES as FILM_STATES
from forum.films.models import Film
from forum.lib import clock
from forum.lib.database import session
from forum.lib.engines import writing_allowed
from forum.permissions import (
    Viewer,
    can_find,
    can_find_film,
    can_read,
    films_findable_by,
    findable_by,
    readable_by,
)
from forum.theories.models import STATES, Post
from tests.factories import a_film, a_theory, a_thread, a_user

pytestmark = [pytest.mark.both_databases, pytest.mark.at_length]

Faces = tuple[Callable[[Viewer, Any], Any], Callable[[Viewer, Any], Any]]
"""A permission asked of a row, and the same asked of a table."""


def disagreements(model: Any, faces: Faces, viewers: dict[str, Viewer]) -> dict[str, int]:
    """How many rows of `model` the two faces answer differently about, by viewer."""
    of_row, of_table = faces
    rows = session().scalars(select(model)).all()
    assert len(rows) >= 4
    found = {}
    for name, viewer in viewers.items():
        by_row = {row.id for row in rows if of_row(viewer, row)}
        by_table = set(session().scalars(select(model.id).where(of_table(viewer, model))))
        found[name] = len(by_row ^ by_table)
    return {name: count for name, count in found.items() if count}


def the_viewers(authors: list[int], films: list[int]) -> dict[str, Viewer]:
    """Guests, fans, authors, moderators, admins, each having seen none, one or both films."""
    nobody = max(authors) + 1
    found: dict[str, Viewer] = {"operator": Operator(), "archive": Operator(id=authors[0])}
    for count in range(len(films) + 1):
        seen = frozenset(films[:count])
        found[f"guest, {count} seen"] = Guest(seen=seen)
        for role, id in itertools.product(("fan", "moderator", "admin"), (nobody, *authors)):
            found[f"{role} {id}, {count} seen"] = Fan(
                id=id,
                name="somebody",
                role=role,
                trust_set=None,
                created_at=clock.now(),
                now=clock.now(),
                load_seen=lambda _id, seen=seen: seen,
            )
        for moderated in films:
            found[f"moderator of {moderated}, {count} seen"] = Fan(
                id=nobody,
                name="somebody",
                role="fan",
                trust_set=None,
                created_at=clock.now(),
                now=clock.now(),
                appointed=frozenset({moderated}),
                load_seen=lambda _id, seen=seen: seen,
            )
    return found


def every_post(authors: list[int], films: list[int], thread: int, theory: int) -> Iterator[dict]:
    """A row for every combination of states that a permission may read; some were never out."""
    numbers = itertools.count(1000)
    for kind, state, above, theory_state, film_state, film, author, at in itertools.product(
        *(("thread", "theory", "reply"), STATES, STATES, STATES, FILM_STATES, films, authors),
        (None, clock.now()),
    ):
        number = next(numbers)
        # A question stands for itself, a theory below a question only.
        thread_state = state if kind == "thread" else above
        is_repeated = (kind == "thread" and above != STATES[0]) or (
            kind != "reply" and theory_state != STATES[0]
        )
        if is_repeated:
            continue
        yield {
            "id": number,
            "type": kind,
            "film_id": film,
            "thread_id": None if kind == "thread" else thread,
            "theory_id": theory if kind == "reply" else None,
            "author_id": author,
            "state": state,
            "film_state": film_state,
            "thread_state": thread_state,
            "theory_state": theory_state if kind == "reply" else "published",
            "safe_title": None if kind == "reply" else "Safe",
            "title": None if kind == "reply" else "Sealed",
            "body": "",
            "html": "",
            "excerpt": "",
            "renderer": 1,
            "kind": "plot" if kind == "theory" else None,
            "stance": "neutral" if kind == "reply" else None,
            "path": str(number) if kind == "reply" else None,
            "created_at": clock.now(),
            "published_at": at,
        }


@pytest.fixture
def viewers(app: Flask) -> Iterator[dict[str, Viewer]]:
    """Who may look, with every possible row in the database until the test is over."""
    films = [a_film().id, a_film().id]
    authors = [a_user().id, a_user().id]
    thread = a_thread()
    theory = a_theory(thread)
    with writing_allowed():
        session().rollback()
        rows = list(every_post(authors, films, thread.id, theory.id))
        session().execute(insert(Post.__table__), rows)
        films_in_states = [
            {"slug": state, "title": state, "title_key": state, "search_key": state}
            | {"initial": "a", "year": 2001, "state": state, "directors": [], "notes": []}
            | {"created_at": clock.now()}
            for state in FILM_STATES
        ]
        session().execute(insert(Film.__table__), films_in_states)
        yield the_viewers(authors, films)
        session().rollback()


def test_a_row_and_a_table_answer_alike(viewers: dict[str, Viewer]) -> None:
    assert len(viewers) == 2 + 3 + 27 + 6
    assert len(session().scalars(select(Post.id)).all()) > 4000
    assert disagreements(Post, (can_find, findable_by), viewers) == {}
    assert disagreements(Post, (can_read, readable_by), viewers) == {}
    assert disagreements(Film, (can_find_film, films_findable_by), viewers) == {}


def test_answers_differ_between_viewers(viewers: dict[str, Viewer]) -> None:
    """Faces that said the same to everybody, or nothing, would agree too."""
    other = aliased(Post)  # as queries with two posts in them ask

    def found(name: str) -> set[int]:
        return set(session().scalars(select(other.id).where(findable_by(viewers[name], other))))

    def read(name: str) -> set[int]:
        return set(session().scalars(select(other.id).where(readable_by(viewers[name], other))))

    assert read("guest, 0 seen") == set()
    assert read("guest, 0 seen") < read("guest, 1 seen") < read("guest, 2 seen")
    assert read("guest, 2 seen") < found("guest, 2 seen") == found("guest, 0 seen")
    assert found("guest, 0 seen") < found("operator")
    one, another = (name for name in viewers if name.endswith(", 0 seen") and " of " in name)
    assert found("guest, 0 seen") < found(one) < found("operator")
    assert found(one) & found(another) == found("guest, 0 seen")
    assert found(one) | found(another) == found("operator")


def test_a_planted_difference_is_caught(viewers: dict[str, Viewer]) -> None:
    def forgets_the_film(viewer: Viewer, post: Any) -> Any:
        return can_find(viewer, post) or post.film_state == "hidden"

    def ands_wrongly(viewer: Viewer, posts: Any) -> Any:
        return (viewer.is_moderator or True) and findable_by(viewer, posts) & (posts.depth == 1)

    one = {"guest, 1 seen": viewers["guest, 1 seen"]}
    assert disagreements(Post, (forgets_the_film, findable_by), one) != {}
    assert disagreements(Post, (can_find, ands_wrongly), one) != {}
    assert disagreements(Post, (can_read, findable_by), one) != {}
