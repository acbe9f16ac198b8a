"""What is done with votes: casting, changing and withdrawing them, and seeing figures early."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from forum import counters, events
from forum.events import Kind
from forum.films.models import Film
from forum.lib import clock, quotas
from forum.lib.database import insert_into, session
from forum.lib.quotas import Quota
from forum.permissions import (
    Viewer,
    can_find,
    can_operate,
    can_see_figures,
    can_vote,
    require,
)
from forum.theories.locking import locked
from forum.theories.models import Post, Theory
from forum.votes.models import Peek, Vote, VoteChange
from forum.votes.ranks import ranks_of

_QUOTAS = (Quota(60, timedelta(minutes=1)), Quota(600, timedelta(hours=1)))
_NEWCOMERS = (Quota(60, timedelta(hours=1)),)


class NoSuchVote(ValueError):
    """A value that this post does not take; the message says which it takes."""


def cast_vote(post: Post, value: int, *, by: Viewer) -> Post:
    """Make `value` the vote of `by` on `post`; casting the same again changes nothing.

    Args:
        post: a theory or a reply.
        value: 1 convinced (or: a good point), -1 not convinced (theories only), 0 withdraws.

    Returns:
        The post, locked, with its new figures.

    Raises:
        Refused: `by` may not; see `can_vote`.
        NoSuchVote: `value` is none of these.
        TooMany: their quota is used up.
    """
    post = locked(post, by=by)
    require(can_vote(by, post))
    if value not in ((-1, 0, 1) if isinstance(post, Theory) else (0, 1)):
        raise NoSuchVote(value)
    now = clock.now()
    limits = _QUOTAS if by.is_member or by.is_moderator else _NEWCOMERS
    old, prior, cast_since = _before(post, by, [now - limit.window for limit in limits])
    if old == value:
        return post
    quotas.check(limits, cast_since.__getitem__, now)
    _keep(post, value, by, now)
    session().add(
        VoteChange(user_id=by.id, post_id=post.id, old_value=old, new_value=value, at=now)
    )
    _count(post, old, value, prior)
    return post


def show_figures(post: Post, *, by: Viewer) -> None:
    """Let `by` see the figures of a theory before voting on it; once asked, always shown.

    Raises:
        Refused: `by` may not; see `can_see_figures`.
    """
    post = locked(post, by=by)
    require(can_see_figures(by, post))
    peeked = session().execute(
        insert_into(Peek)
        .values(user_id=by.id, post_id=post.id, at=clock.now())
        .on_conflict_do_nothing()
        .returning(Peek.post_id)
    )
    if peeked.all():
        events.record(Kind.FIGURES_REVEALED, by=by, film_id=post.film_id, post_id=post.id)


def _before(
    post: Post, by: Viewer, moments: list[datetime]
) -> tuple[int, float, dict[datetime, int]]:
    """The vote of `by` on `post`, its film's prior, and how many votes `by` has cast since each of
    `moments`; one statement."""
    vote = select(Vote.value).where(Vote.user_id == by.id, Vote.post_id == post.id)
    cast = [
        select(func.count()).where(VoteChange.user_id == by.id, VoteChange.at > moment)
        for moment in moments
    ]
    row = session().execute(
        select(
            func.coalesce(vote.scalar_subquery(), 0),
            Film.prior,
            *(count.scalar_subquery() for count in cast),
        ).where(Film.id == post.film_id)
    )
    old, prior, *counts = row.one()
    return old, prior, dict(zip(moments, counts, strict=True))


def _keep(post: Post, value: int, by: Viewer, now: datetime) -> None:
    if value == 0:
        session().execute(delete(Vote).where(Vote.user_id == by.id, Vote.post_id == post.id))
        return
    statement = insert_into(Vote).values(
        user_id=by.id, post_id=post.id, value=value, weight=1.0, created_at=now, updated_at=now
    )
    session().execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "post_id"], set_={"value": value, "updated_at": now}
        )
    )


def _count(post: Post, old: int, new: int, prior: float) -> None:
    """Carry a vote's change into the figures of its post, and of thread and film where it shows."""
    ups = (new == 1) - (old == 1)
    downs = (new == -1) - (old == -1)
    votes = ups + downs
    own = Post.id == post.id
    deltas = {"ups": ups, "downs": downs, "ups_weight": ups, "downs_weight": downs}
    changes = {name: getattr(Post, name) + case((own, by), else_=0) for name, by in deltas.items()}
    changes["vote_count"] = Post.vote_count + votes
    shows = isinstance(post, Theory) and not post.blind and votes != 0
    if isinstance(post, Theory):
        ranks = ranks_of(post, post.ups_weight + ups, post.downs_weight + downs, prior)
        changes |= {n: case((own, rank), else_=getattr(Post, n)) for n, rank in ranks.items()}
    # The thread's count of votes changes by as much as the theory's: one statement for both rows.
    rows = session().execute(
        update(Post)
        .where(Post.id.in_((post.id, post.thread_id) if shows else (post.id,)))
        .values(changes)
        .returning(Post.id, *(getattr(Post, name) for name in changes)),
        execution_options={"synchronize_session": False},
    )
    for row in rows.mappings():
        if row["id"] == post.id:
            for name in changes:
                set_committed_value(post, name, row[name])
    if shows:
        counters.apply_delta(Film.id, post.film_id, vote_count=votes)


def begin_blind(theory: Post, blind: bool, *, by: Viewer) -> None:
    """Give a newly published theory its first ranks, and hide its figures if it starts blind.

    Part of publishing, in its transaction: the theory's row is new and nobody else's yet.

    Raises:
        Refused: `by` can't find the theory.
    """
    require(can_find(by, theory))
    prior = session().scalars(select(Film.prior).where(Film.id == theory.film_id)).one()
    theory.blind = blind
    for name, rank in ranks_of(theory, 0.0, 0.0, prior).items():
        setattr(theory, name, rank)


def open_figures(theory: Post, *, by: Viewer) -> None:
    """End a theory's blind time: its figures show, and count in its ranks, its thread and its film.

    Raises:
        Refused: `by` is not the operator (whose worker does this when the time is over).
    """
    require(can_operate(by))
    thread, theory = _thread_and_theory(theory)
    if not theory.blind:
        return
    theory.blind = False
    prior = session().scalars(select(Film.prior).where(Film.id == theory.film_id)).one()
    for name, rank in ranks_of(theory, theory.ups_weight, theory.downs_weight, prior).items():
        setattr(theory, name, rank)
    session().flush()
    if theory.state == "published":
        counters.apply_delta(Post.id, thread.id, vote_count=theory.vote_count)
        counters.apply_delta(Film.id, theory.film_id, vote_count=theory.vote_count)
    events.record(Kind.FIGURES_OPENED, by=by, film_id=theory.film_id, post_id=theory.id)


def _thread_and_theory(theory: Post) -> tuple[Post, Post]:
    """Both rows, locked in order; the worker acts for no account that could be locked."""
    rows = session().scalars(
        select(Post)
        .where(Post.id.in_((theory.id, theory.thread_id)))
        .order_by(Post.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    thread, theory = rows
    return thread, theory
