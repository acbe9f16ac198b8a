"""What the database does for one vote, in statements that are built once.

A vote makes no objects: it reads one row and changes some numbers. On that row stand the columns
that rules and ballots read, so that both take it in place of a post.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select, update

from forum import counters
from forum.films.models import Film
from forum.lib import quotas
from forum.lib.database import run, table_of
from forum.lib.quotas import Quota
from forum.permissions import Viewer
from forum.theories.locking import ROW
from forum.theories.models import Post
from forum.votes.models import Vote, VoteChange
from forum.votes.ranks import ranks_of

_posts, _films = table_of(Post), table_of(Film)
_votes, _changes = table_of(Vote), table_of(VoteChange)
_own = (_votes.c.user_id == bindparam("by"), _votes.c.post_id == bindparam("post"))


def _cast_since(moment: Any) -> Select[Any]:
    whose = _changes.c.user_id == bindparam("by")
    return select(_changes.c.at).where(whose, _changes.c.at > moment).order_by(_changes.c.at.desc())


@cache
def _before(limits: int) -> Select[Any]:
    return select(
        func.coalesce(select(_votes.c.value).where(*_own).scalar_subquery(), 0).label("value"),
        _films.c.prior,
        *quotas.fills(limits, _cast_since),
    ).where(_films.c.id == bindparam("film"))


_CAST = insert(_votes)
_CHANGE = update(_votes).where(*_own).values(value=bindparam("to"), updated_at=bindparam("now"))
_WITHDRAW = delete(_votes).where(*_own)
_NOTE = insert(_changes)
_COUNT_GOOD_POINT = (
    update(_posts)
    .where(_posts.c.id == bindparam("post"))
    .values(
        ups=_posts.c.ups + bindparam("more_ups"),
        downs=_posts.c.downs + bindparam("more_downs"),
        ups_weight=_posts.c.ups_weight + bindparam("more_ups"),
        downs_weight=_posts.c.downs_weight + bindparam("more_downs"),
        vote_count=_posts.c.vote_count + bindparam("more_votes"),
    )
    .returning(*ROW)
)
_COUNT = _COUNT_GOOD_POINT.values({n: bindparam(f"to_{n}") for n in ("best", "hot", "divisive")})


@dataclass(frozen=True, slots=True)
class Before:
    """What stood before a vote.

    Attributes:
        value: how the account had voted on the post: 1, -1, or 0 for not at all.
        prior: the film's share, on which ranks rest.
        filled: when the vote was cast that uses up each quota of the account; None if none does.
    """

    value: int
    prior: float
    filled: Sequence[datetime | None]


def before(post: Any, by: Viewer, limits: tuple[Quota, ...], now: datetime) -> Before:
    """What stands before `by`, to whom `limits` apply, votes on `post`, which is locked; one
    statement."""
    ids = {"by": by.id, "post": post.id, "film": post.film_id}
    (row,) = run(_before(len(limits)), ids | quotas.bounds(limits, now))
    return Before(row.value, row.prior, row[2:])


def keep(post: Any, old: int, new: int, by: Viewer, now: datetime) -> None:
    """Make `new` the vote of `by` on `post`, and write the change into the journal.

    No upsert: post and account are locked, so what `old` says still holds.
    """
    own = {"by": by.id, "post": post.id}
    if new == 0:
        run(_WITHDRAW, own)
    elif old == 0:
        moments = {"created_at": now, "updated_at": now}
        vote = {"user_id": by.id, "post_id": post.id, "value": new, "weight": 1.0}
        run(_CAST, vote | moments)
    else:
        run(_CHANGE, own | {"to": new, "now": now})
    change = {"user_id": by.id, "post_id": post.id, "old_value": old, "new_value": new, "at": now}
    run(_NOTE, change)


def count(post: Any, old: int, new: int, prior: float) -> Any:
    """Carry a vote's change into the figures of its post, and of thread and film where it shows.

    Returns:
        The post's row with its new figures.
    """
    ups = (new == 1) - (old == 1)
    downs = (new == -1) - (old == -1)
    votes = ups + downs
    more = {"post": post.id, "more_ups": ups, "more_downs": downs, "more_votes": votes}
    if post.type == "reply":
        (row,) = run(_COUNT_GOOD_POINT, more)
        return row
    ranks = ranks_of(post, post.ups_weight + ups, post.downs_weight + downs, prior)
    (row,) = run(_COUNT, more | {f"to_{n}": at for n, at in ranks.items()})
    if votes and not post.blind:
        counters.apply_delta(Post.id, post.thread_id, vote_count=votes)
        counters.apply_delta(Film.id, post.film_id, vote_count=votes)
    return row
