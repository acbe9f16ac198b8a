"""Where the measured requests go, and who sends them: looked up in a built forum."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, url_for
from sqlalchemy import func, literal, select, text, update

from benchmarks.generator import people, plan
from benchmarks.homes import SEED
from benchmarks.sizes import VOTERS
from benchmarks.traffic import Act
from forum.accounts import preferences
from forum.accounts.models import Session, User
from forum.accounts.sessions import cookie_name
from forum.accounts.tokens import form_token
from forum.accounts.viewers import Guest
from forum.films.models import Film, Viewing
from forum.lib.database import insert_into, session, unit_of_work
from forum.lib.moments import UTCDateTime
from forum.lib.origin import masked
from forum.theories import cards
from forum.theories.models import Post
from forum.theories.queries import ORDERS, REPLIES_A_PAGE, THEORIES_A_PAGE, page_start
from forum.votes.models import Vote

SPREAD = 20
"""On how many films' theories fans vote at once."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The pages and people of one forum.

    Attributes:
        thread, theory, film: pages of the standard film: a question with 25 theories, a theory with
            20 replies, the film itself.
        seen: ids of the films that these pages are about.
        long_thread, long_theory: the last page of the question with the most theories, and of the
            theory with the most replies.
        guest: the cookie of a guest who has seen the films of these pages.
        reader, moderator: session cookies.
        voters: session cookie and form token of each fan who votes.
        ballots: ids of theories that can be voted on, all of one question.
        spread: a theory each of several films, which the voters have opened.
    """

    thread: str
    theory: str
    film: str
    seen: Sequence[int]
    long_thread: str
    long_theory: str
    guest: str
    reader: str
    moderator: str
    voters: Sequence[tuple[str, str]]
    ballots: Sequence[int]
    spread: Sequence[int]


def votes(scene: Scene, ballots: Sequence[int], voters: int = VOTERS) -> list[Act]:
    """The acts by which each of the first `voters` turns their vote on each of some theories.

    Each begins with the vote that they have not cast, so that the first pass changes it too.
    Voters who come one after the other vote on different theories, if there are several.
    """
    cast = session().execute(
        select(Vote.post_id, Vote.user_id).where(
            Vote.post_id.in_(ballots), Vote.user_id.in_(people.KNOWN), Vote.value == 1
        )
    )
    convinced = {tuple(row) for row in cast}
    session().rollback()
    acts = []
    for turn in range(len(ballots)):
        for place, (cookie, token) in enumerate(scene.voters[:voters]):
            post_id = ballots[(place + turn) % len(ballots)]
            value = "%W" if (post_id, people.FIRST_VOTER + place) in convinced else "%V"
            form = f"value={value}&csrf_token={token}"
            acts.append(Act(f"/posts/{post_id}/votes", cookie, form))
    return acts


def replies(scene: Scene) -> list[Act]:
    """A reply of each voter to one theory, with other words in each pass and each run."""
    return [
        Act(
            f"/posts/{scene.ballots[-1]}/replies",
            cookie,
            "body=The+%2Alast%2A+shot+says+otherwise%2C+for+the+%N.+time+since"
            f"+{time.time():.0f}.&stance=challenges&version=1&csrf_token={token}",
        )
        for cookie, token in scene.voters
    ]


def look(app: Flask) -> Scene:
    """The scene of a forum that `benchmarks.generator` built, in whose context this is called."""
    with app.test_request_context():
        first, second, *_ = _standard("thread")
        theories = [post for post in _standard("theory") if post.thread_id == first.id]
        ballots = [post.id for post in _standard("theory") if post.thread_id == second.id]
        film = session().get_one(Film, plan.STANDARD_FILM)
        longest = _most("thread", Post.theory_count)
        busiest = _most("theory", Post.reply_count)
        seen = (film.id, longest.film_id, busiest.film_id)
        made = Scene(
            thread=cards.address(first),
            theory=cards.address(theories[0]),
            film=url_for("films.show", slug=film.slug),
            seen=seen,
            long_thread=_last_page_of_thread(longest),
            long_theory=_last_page_of_theory(busiest),
            guest=_guest_cookie(seen),
            reader=_cookie(people.READER),
            moderator=_cookie(people.MODERATOR),
            voters=[
                (_cookie(id), masked(form_token(app.config["SECRET_KEY"], id, id)))
                for id in range(people.FIRST_VOTER, people.FIRST_OTHER)
            ],
            ballots=ballots,
            spread=_of_films(SPREAD),
        )
        session().rollback()
    return made


def let_in(scene: Scene) -> None:
    """Let every known session have been used just now, so that no page has to note that it is; let
    the reader have seen the films of the scene, as its guest has, and voters what they vote on."""
    now = datetime.now(UTC)
    with unit_of_work():
        session().execute(
            update(Session)
            .where(Session.user_id.in_(people.KNOWN))
            .values(seen_at=now, expires_at=now + people.SESSION_LIFE)
        )
        for film_id in scene.seen:
            session().execute(
                insert_into(Viewing)
                .values(user_id=people.READER, film_id=film_id, created_at=now)
                .on_conflict_do_nothing()
            )
        opened = (
            select(User.id, Post.film_id, literal(now, UTCDateTime()))
            .join(Post, Post.id.in_(scene.spread))
            .where(User.id.in_(people.KNOWN))
        )
        session().execute(
            insert_into(Viewing)
            .from_select(["user_id", "film_id", "created_at"], opened)
            .on_conflict_do_nothing()
        )


def _of_films(count: int) -> list[int]:
    """The first theory each of some films beside the standard one, that can be voted on."""
    first = (
        select(func.min(Post.id))
        .where(
            Post.film_id.between(plan.STANDARD_FILM + 1, plan.STANDARD_FILM + 3 * count),
            *(Post.type == "theory", Post.state == "published", Post.film_state == "listed"),
            *(Post.thread_state == "published", Post.thread_locked.is_(False)),
            Post.author_id.not_in(people.KNOWN),
        )
        .group_by(Post.film_id)
        .limit(count)
    )
    return list(session().scalars(first))


def _standard(kind: str) -> list[Post]:
    """The standard film's posts of a kind, in the order in which they were made."""
    return list(
        session().scalars(
            select(Post)
            .where(Post.film_id == plan.STANDARD_FILM, Post.type == kind)
            .order_by(Post.id)
        )
    )


def _most(kind: str, count: Any) -> Post:
    """The post of a kind with the most of something, beside the standard film, which acts change;
    on a large forum finding it takes a while."""
    found = select(Post).where(Post.type == kind, Post.film_id != plan.STANDARD_FILM)
    with unit_of_work():  # a limit is lifted for a transaction, which reading has none of
        if session().get_bind().dialect.name == "postgresql":
            session().execute(text("SET LOCAL statement_timeout = 0"))
        return session().scalars(found.order_by(count.desc(), Post.id).limit(1)).one()


def _last_page_of_thread(thread: Post) -> str:
    order = ORDERS["best"]
    own = select(Post).where(
        Post.thread_id == thread.id, Post.type == "theory", Post.state == "published"
    )
    count = session().scalars(select(func.count()).select_from(own.subquery())).one()
    before = (count - 1) // THEORIES_A_PAGE * THEORIES_A_PAGE
    if not before:
        return cards.address(thread)
    last = own.order_by(Post.best.desc(), Post.id).offset(before - 1).limit(1)
    return f"{cards.address(thread)}?after={order.cursor(session().scalars(last).one())}"


def _last_page_of_theory(theory: Post) -> str:
    if theory.reply_count <= REPLIES_A_PAGE:
        return cards.address(theory)
    replies = select(Post).where(Post.theory_id == theory.id).order_by(Post.path.desc()).limit(1)
    start = page_start(session().scalars(replies).one(), Guest(seen=frozenset({theory.film_id})))
    return cards.address(theory) + (f"?after={start}" if start else "")


def _cookie(user_id: int) -> str:
    return f"{cookie_name()}={people.token_of(SEED, user_id)}"


def _guest_cookie(seen: Sequence[int]) -> str:
    """The cookie of a guest who has opened the seal of some films."""
    chosen = preferences.Preferences()
    for film_id in seen:
        chosen = chosen.opening(film_id)
    answer = preferences.keep(Response(), chosen)
    return answer.headers["Set-Cookie"].partition(";")[0]
