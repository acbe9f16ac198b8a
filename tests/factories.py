"""Things to test with: each made by the same operations that the site uses."""

import itertools
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

from flask import Flask

from forum.accounts import operations as accounts
from forum.accounts.models import User
from forum.accounts.passwords import hash_password
from forum.accounts.sessions import cookie_name
from forum.accounts.viewers import Fan, Operator
from forum.films import operations as films
from forum.films.catalogue import CatalogueFilm
from forum.films.models import Film
from forum.films.queries import seen_by
from forum.lib import clock
from forum.lib.database import Base, session, unit_of_work
from forum.moderation import cases, decisions
from forum.moderation.decisions import Grounds
from forum.moderation.models import Case, Decision
from forum.moderation.rules import seed_rules
from forum.moderation.views import pending_words
from forum.theories import operations as theories
from forum.theories.models import Post, Reply, Theory, Thread
from forum.theories.moving import leave, set_locked
from forum.theories.writing import words
from tests.visitors import Visitor

M = TypeVar("M", bound=Base)

PASSWORD = "four unrelated words here"
_numbers = itertools.count(1)


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


def a_user(name: str = "", *, role: str = "fan", trust: str | None = "trusted") -> User:
    """An account; trusted unless a test is about trust."""
    name = name or f"fan_{next(_numbers)}"
    with unit_of_work():
        user = accounts.sign_up(name, "", _password_hash(), by=Operator(), role=role)
        user.trust_set = trust
    return user


def a_fan(user: User | None = None, *, seen: tuple[Film, ...] = (), **kwargs: Any) -> Fan:
    """A viewer: `user`, or a new one, who has opened `seen`."""
    user = user or a_user(**kwargs)
    fan = viewer_of(user)
    with unit_of_work():
        for film in seen:
            films.open_seal(film, by=fan)
    return viewer_of(user)


def viewer_of(user: User) -> Fan:
    """How a request of `user` would see them, as of now."""
    return Fan(
        id=user.id,
        name=user.name,
        role=user.role,
        trust_set=user.trust_set,
        created_at=user.created_at,
        now=clock.now(),
        posts=user.thread_count + user.theory_count + user.reply_count,
        upheld_at=user.upheld_at,
        load_seen=seen_by,
    )


def a_visitor(app: Flask, user: User | None = None, *, seen: tuple[Film, ...] = ()) -> Visitor:
    """A visitor who is logged in as `user`, or as a new one, and has opened `seen`."""
    user = user or a_user()
    fan = a_fan(user, seen=seen)
    with unit_of_work():
        token = accounts.log_in(user, "a test", by=fan)
    visitor = Visitor(app)
    visitor.take_up(cookie_name(), token)
    return visitor


def a_film(title: str = "", year: int = 2001, **fields: Any) -> Film:
    """A listed film."""
    title = title or f"Film number {next(_numbers)}"
    with unit_of_work():
        film, _ = films.add_film(CatalogueFilm(title, year, **fields), by=Operator())
    return film


def a_thread(film: Film | None = None, by: Fan | None = None, **text: Any) -> Thread:
    """A question about `film`, by a fan who has opened it."""
    film = film or a_film()
    by = by or a_fan(seen=(film,))
    number = next(_numbers)
    written = words(
        text.pop("body", f"Why **question** {number}?"),
        safe_title=text.pop("safe_title", f"A safe question {number}"),
        title=text.pop("title", f"Sealed question {number}"),
    )
    with unit_of_work():
        return theories.post_thread(film, written, by=by)


def a_theory(thread: Post | None = None, by: Fan | None = None, **text: Any) -> Theory:
    """A theory that answers `thread`, by a fan who has opened its film."""
    thread = thread or a_thread()
    by = by or a_fan(seen=(film_of(thread),))
    number = next(_numbers)
    written = words(
        text.pop("body", f"Because of *reason* {number}."),
        safe_title=text.pop("safe_title", f"A safe theory {number}"),
        title=text.pop("title", f"Sealed theory {number}"),
        kind=text.pop("kind", "reading"),
    )
    with unit_of_work():
        return theories.post_theory(thread, written, by=by)


def a_reply(post: Post | None = None, by: Fan | None = None, **text: Any) -> Reply:
    """A reply to `post`, by a fan who has opened its film."""
    post = post or a_theory()
    by = by or a_fan(seen=(film_of(post),))
    written = words(
        text.pop("body", f"I answer {next(_numbers)}."), stance=text.pop("stance", "neutral")
    )
    with unit_of_work():
        return theories.post_reply(post, written, by=by)


def a_moderator(name: str = "", *, seen: tuple[Film, ...] = (), role: str = "moderator") -> Fan:
    """A viewer who works the queue."""
    return a_fan(a_user(name, role=role), seen=seen)


def a_film_moderator(*of: Film, name: str = "") -> Fan:
    """A viewer who works the queue of chosen films alone."""
    user = a_user(name)
    with unit_of_work():
        films.appoint(user.id, of, by=Operator())
    return replace(viewer_of(user), appointed=frozenset(film.id for film in of))


def the_rules() -> None:
    """The starting rules, which reports and decisions cite."""
    with unit_of_work():
        seed_rules(by=Operator())


def a_case(post: Post | None = None, by: Fan | None = None) -> Case:
    """A case about `post` that a moderator opened on their own initiative."""
    post, by = post or a_theory(), by or a_moderator()
    with unit_of_work():
        return cases.open_case(post, by=by)


def decide(case: Case, act: str, by: Fan, **grounds: Any) -> Decision | None:
    """Decide `case` as it stands now, with grounds that fit unless a test gives others."""
    given = {"rule_number": 2, "reasons": "It argues with the person.", **grounds}
    if act == "suspend":
        given.setdefault("until", clock.now() + timedelta(days=3))
    if act == "retitle":
        given.setdefault("safe_title", "Another safe title")
    version = again(case).version
    pending = pending_words(case.post_id) if act == "approve" else None
    with unit_of_work():
        return decisions.decide(case, act, Grounds(**given), version, by=by, pending=pending)


def film_of(post: Post) -> Film:
    """The film that `post` is about."""
    return session().get_one(Film, post.film_id)


def thread_of(post: Post) -> Post:
    """The question that `post` belongs to."""
    return session().get_one(Post, post.thread_id)


def author_of(post: Post) -> User:
    """Who wrote `post`."""
    return session().get_one(User, post.author_id)


def found(statement: Any) -> list[Any]:
    """What `statement` selects as things stand now."""
    session().rollback()
    return list(session().scalars(statement))


def again(row: M) -> M:
    """`row` as it stands now: what visitors do, they do behind the test's back."""
    session().rollback()
    session().refresh(row)
    return row


def in_state(post: Post, state: str) -> Post:
    """`post`, put into `state` as the moderation layer will: row, copies below it, counts."""
    with unit_of_work() as work:
        work.refresh(post)
        leave(post, state)
    return post


def lock_question(thread: Post) -> Post:
    """`thread`, locked as a moderator's decision does it."""
    with unit_of_work():
        set_locked(thread, True)
    return thread


def days(n: float) -> timedelta:
    """`n` days."""
    return timedelta(days=n)
