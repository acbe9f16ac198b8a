"""What is done with votes: casting, changing and withdrawing them, and seeing figures early."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

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
    is_newcomer,
    require,
)
from forum.theories.locking import locked, locked_row
from forum.theories.models import Post
from forum.votes import tally
from forum.votes.models import Peek
from forum.votes.ranks import ranks_of

_QUOTAS = (Quota(60, timedelta(minutes=1)), Quota(600, timedelta(hours=1)))
_NEWCOMERS = (Quota(60, timedelta(hours=1)),)


class NoSuchVote(ValueError):
    """A value that this post does not take; the message says which it takes."""


def cast_vote(post_id: int, value: int, *, by: Viewer) -> Any:
    """Make `value` the vote of `by` on a post; casting the same again changes nothing.

    Args:
        post_id: a theory or a reply.
        value: 1 convinced (or: a good point), -1 not convinced (theories only), 0 withdraws.

    Returns:
        The post's row, locked, with its new figures; see `forum.theories.locking.ROW`.

    Raises:
        Refused: `by` may not; see `can_vote`.
        NoSuchVote: `value` is none of these.
        TooMany: their quota is used up.
    """
    post = locked_row(post_id, by=by)
    require(can_vote(by, post))
    if value not in ((-1, 0, 1) if post.type == "theory" else (0, 1)):
        raise NoSuchVote(value)
    now = clock.now()
    limits = _NEWCOMERS if is_newcomer(by, post.film_id) else _QUOTAS
    before = tally.before(post, by, limits, now)
    if before.value == value:
        return post
    quotas.check(limits, before.filled, now)
    return tally.keep(post, before, value, by, now)


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
