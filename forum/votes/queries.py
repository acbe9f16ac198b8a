"""Reads about votes: always the viewer's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.accounts.viewers import AnyFan
from forum.films.models import Film, Viewing
from forum.films.queries import FILM
from forum.lib.database import run, session
from forum.lib.logic import ANYONE, asked_by
from forum.lib.paging import Keyset, Page
from forum.lib.prepared import planned_once
from forum.lib.tops import top_of_each
from forum.permissions import Viewer, findable_by
from forum.theories.models import THEORY, Draft, Post
from forum.theories.queries import AUTHOR, CARD
from forum.votes.models import Peek, Vote
from forum.votes.ranking import DIVIDES_FROM


@dataclass(frozen=True, slots=True)
class Opinions:
    """What one viewer has done with some posts.

    Attributes:
        votes: post id → 1 or -1.
        peeked: ids of theories whose figures they asked to see.
    """

    votes: dict[int, int] = field(default_factory=dict)
    peeked: frozenset[int] = frozenset()


_LENGTHS = 8

NONE, PEEKED, _MORE = 0, 2, 3
"""What a viewer may think of a post besides 1 and -1: nothing, or nothing but that they looked at
its figures. The last says that they have written more than an opinion."""

FILMS_LOOKED_AT = 50
"""In how many of the films that a fan has opened theories are looked up that wait for their vote:
who has opened thousands needn't wait for all of them."""

# Built once: building statements costs as much as SQLite takes to answer them.
_ids: Any = bindparam("ids", expanding=True)
_user_id: Any = bindparam("user_id")
_opinions = (
    select(Peek.post_id, literal(PEEKED)).where(Peek.user_id == _user_id, Peek.post_id.in_(_ids)),
    select(Vote.post_id, Vote.value).where(Vote.user_id == _user_id, Vote.post_id.in_(_ids)),
)
_OPINIONS = planned_once(union_all(*_opinions))
_has_written = select(Post.id).where(
    Post.author_id == _user_id, Post.film_id == bindparam("film_id")
)
_OPINIONS_OR_MORE = planned_once(
    union_all(
        *_opinions,
        select(Draft.target_id, literal(_MORE)).where(
            Draft.user_id == _user_id, Draft.kind == "reply", Draft.target_id.in_(_ids)
        ),
        select(literal(0), literal(_MORE)).where(_has_written.exists()),
    )
)


@cache
def _waiting(dialect: str) -> Any:
    theory = aliased(Post)
    opened = (
        select(Viewing.film_id)
        .where(Viewing.user_id == ANYONE.id)
        .order_by(Viewing.created_at.desc(), Viewing.film_id)
        .limit(FILMS_LOOKED_AT)
        .subquery()
    )
    voted = select(Vote.post_id).where(Vote.user_id == ANYONE.id, Vote.post_id == theory.id)
    first = (
        select(theory.id)
        .where(
            theory.film_id == opened.c.film_id,
            theory.type == "theory",
            theory.state == "published",
            theory.thread_locked.is_(False),
            theory.author_id != ANYONE.id,
            findable_by(ANYONE, theory),
            ~voted.exists(),
        )
        .order_by(theory.hot.desc(), theory.id)
        .limit(bindparam("size"))
        .correlate(opened)
    )
    return (
        top_of_each(dialect, opened, Post, first, select(*CARD, *AUTHOR, *FILM))
        .join(User, User.id == Post.author_id)
        .join(Film, Film.id == Post.film_id)
        .order_by(Post.hot.desc(), Post.id)
        .limit(bindparam("size"))
    )


_thread, _other = aliased(Post), aliased(Post)
_divides_more = select(_other.id).where(
    _other.thread_id == Post.thread_id,
    _other.type == THEORY,
    _other.state == "published",
    # Implied by the next; said so that an index finds these alone.
    _other.divisive >= Post.divisive,
    (_other.divisive > Post.divisive)
    | ((_other.divisive == Post.divisive) & (_other.id < Post.id)),
)
_DIVIDING = (
    select(*CARD.of(_thread), *FILM, Post.ups, Post.downs, Post.vote_count)
    .select_from(Post)
    .join(_thread, _thread.id == Post.thread_id)
    .join(Film, Film.id == Post.film_id)
    .where(
        Post.divisive >= DIVIDES_FROM,
        Post.state == "published",
        Post.thread_state == "published",
        Post.film_state == "listed",
        ~_divides_more.exists(),
    )
    .order_by(Post.divisive.desc(), Post.id)
    .limit(bindparam("size"))
)


def opinions(viewer: Viewer, posts: Iterable[Post]) -> Opinions:
    """What `viewer` voted on `posts`, and which figures they asked for; one statement."""
    ids = [post.id for post in posts]
    if viewer.is_guest or not ids:
        return Opinions()
    if isinstance(viewer, AnyFan):
        rows: Iterable[Any] = [(id, viewer.opinion) for id in ids if viewer.opinion]
    else:
        rows = run(_OPINIONS, {"user_id": viewer.id, "ids": _padded(ids)})
    votes, peeked = {}, set()
    for post_id, value in rows:
        if value == PEEKED:
            peeked.add(post_id)
        else:
            votes[post_id] = value
    return Opinions(votes, frozenset(peeked))


def only_opinions(viewer: Viewer, post_ids: Sequence[int], film_id: int) -> dict[int, int] | None:
    """What `viewer` thinks of posts that they think anything of: 1, -1 or `PEEKED`; one statement.

    None if they have more of their own where these posts stand: something written about their
    film, or the draft of a reply.
    """
    given = {"user_id": viewer.id, "ids": _padded(post_ids), "film_id": film_id}
    found: dict[int, int] = {}
    for post_id, value in run(_OPINIONS_OR_MORE, given):
        if value == _MORE:
            return None
        if value != PEEKED or post_id not in found:
            found[post_id] = value
    return found


def _padded(ids: Sequence[int]) -> list[int]:
    """`ids`, the last again and again: each length makes a statement of its own, to be prepared."""
    return [*ids, *list(ids[-1:]) * (-len(ids) % _LENGTHS)]


_LATEST = Keyset((Vote.updated_at, "desc"), (Vote.post_id, "desc"))


def my_votes(viewer: Viewer, cursor: str | None, size: int) -> Page[Any]:
    """The viewer's votes on theories that they find, the latest first: (Vote, theory, author,
    film)."""
    statement: Any = (
        select(Vote, Post, User, Film)
        .join(Post, Post.id == Vote.post_id)
        .join(User, User.id == Post.author_id)
        .join(Film, Film.id == Post.film_id)
        .where(Vote.user_id == viewer.id, Post.type == "theory", findable_by(viewer, Post))
    )
    return _LATEST.page_of_rows(statement, cursor, size)


def count_votes(viewer: Viewer) -> int:
    """How many of the viewer's votes on theories `my_votes` lists."""
    return (
        session()
        .scalars(
            select(func.count())
            .select_from(Vote)
            .join(Post, Post.id == Vote.post_id)
            .where(Vote.user_id == viewer.id, Post.type == "theory", findable_by(viewer, Post))
        )
        .one()
    )


def waiting_for_vote(viewer: Viewer, size: int) -> list[Any]:
    """Theories that the viewer hasn't voted on, of the films that they have opened last, the best
    first: (theory, author, film)."""
    if not viewer.seen:
        return []
    statement = _waiting(session().get_bind().dialect.name)
    return run(statement, {"size": size, **asked_by(viewer)}, CARD, AUTHOR, FILM)


def dividing(size: int) -> list[Any]:
    """The questions whose most divisive theory divides most: (thread, film, that theory's convinced
    votes, those not convinced, all its votes)."""
    return run(_DIVIDING, {"size": size}, CARD, FILM)
