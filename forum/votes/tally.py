"""What the database does for one vote, in statements that are built once.

A vote makes no objects: it reads one row and changes some numbers. On that row stand the columns
that rules and ballots read, so that both take it in place of a post.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, case, delete, func, insert, select, update

from forum.films.models import Film
from forum.lib import quotas
from forum.lib.database import run, table_of
from forum.lib.prepared import planned_once
from forum.lib.quotas import Quota
from forum.lib.together import run_together
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
    found = select(
        func.coalesce(select(_votes.c.value).where(*_own).scalar_subquery(), 0).label("value"),
        _films.c.prior,
        *quotas.fills(limits, _cast_since),
    )
    return planned_once(found.where(_films.c.id == bindparam("film")))


_NOTE = insert(_changes).values(
    user_id=bindparam("by"),
    post_id=bindparam("post"),
    old_value=bindparam("old"),
    new_value=bindparam("new"),
    at=bindparam("now"),
)
_CAST = insert(_votes).values(
    user_id=bindparam("by"),
    post_id=bindparam("post"),
    value=bindparam("new"),
    weight=1.0,
    created_at=bindparam("now"),
    updated_at=bindparam("now"),
)
_CHANGE = update(_votes).where(*_own).values(value=bindparam("new"), updated_at=bindparam("now"))
_WITHDRAW = delete(_votes).where(*_own)
_COUNT_IN_FILM = (
    update(_films)
    .where(_films.c.id == bindparam("film"))
    .values(vote_count=_films.c.vote_count + bindparam("more_votes"))
)

_on_post = _posts.c.id == bindparam("post")
_more_on_post = {
    "ups": _posts.c.ups + bindparam("more_ups"),
    "downs": _posts.c.downs + bindparam("more_downs"),
    "ups_weight": _posts.c.ups_weight + bindparam("more_ups"),
    "downs_weight": _posts.c.downs_weight + bindparam("more_downs"),
}
_ranks: dict[str, Any] = {name: bindparam(f"to_{name}") for name in ("best", "hot", "divisive")}
_count = update(_posts).values(vote_count=_posts.c.vote_count + bindparam("more_votes"))
_count = _count.returning(*ROW)
_COUNT_GOOD_POINT = _count.where(_on_post).values(_more_on_post)
_COUNT_ALONE = _COUNT_GOOD_POINT.values(_ranks)
# Theory and question in one: each statement costs PostgreSQL the reading of all CHECKs of posts.
_COUNT = _count.where(_posts.c.id.in_([bindparam("post"), bindparam("thread")])).values(
    {
        name: case((_on_post, value), else_=_posts.c[name])
        for name, value in (_more_on_post | _ranks).items()
    }
)


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


def keep(post: Any, before: Before, new: int, by: Viewer, now: datetime) -> Any:
    """Make `new` the vote of `by` on `post`, write the change into the journal, and carry it into
    the figures of the post, and of thread and film where it shows.

    No upsert: post and account are locked, so that what stood before still holds.

    Returns:
        The post's row with its new figures.
    """
    old = before.value
    ups = (new == 1) - (old == 1)
    downs = (new == -1) - (old == -1)
    given = {"by": by.id, "post": post.id, "old": old, "new": new, "now": now}
    given |= {"more_ups": ups, "more_downs": downs, "more_votes": ups + downs}
    along = (_NOTE, _WITHDRAW if new == 0 else _CAST if old == 0 else _CHANGE)
    if post.type == "reply":
        (row,) = run_together(given, _COUNT_GOOD_POINT, *along)
        return row
    ranks = ranks_of(post, post.ups_weight + ups, post.downs_weight + downs, before.prior)
    given |= {f"to_{name}": at for name, at in ranks.items()}
    if post.blind or not ups + downs:
        (row,) = run_together(given, _COUNT_ALONE, *along)
        return row
    given |= {"thread": post.thread_id, "film": post.film_id}
    rows = run_together(given, _COUNT, *along, _COUNT_IN_FILM)
    return next(row for row in rows if row.id == post.id)
