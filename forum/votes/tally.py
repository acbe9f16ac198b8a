"""What the database does for one vote, in statements that are built once.

A vote makes no objects: it reads one row and changes some numbers. On that row stand the columns
that rules and ballots read, so that both take it in place of a post.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from forum import counters
from forum.films.models import Film
from forum.lib.database import run, table_of
from forum.permissions import Viewer
from forum.theories.locking import ROW
from forum.theories.models import Post
from forum.votes.models import Vote, VoteChange
from forum.votes.ranks import ranks_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

_posts, _films = table_of(Post), table_of(Film)
_votes, _changes = table_of(Vote), table_of(VoteChange)
_own = (_votes.c.user_id == bindparam("by"), _votes.c.post_id == bindparam("post"))


def _cast_since(moment: str) -> Any:
    cast = select(func.count()).where(
        _changes.c.user_id == bindparam("by"), _changes.c.at > bindparam(moment)
    )
    return cast.scalar_subquery()


_BEFORE = select(
    func.coalesce(select(_votes.c.value).where(*_own).scalar_subquery(), 0).label("value"),
    _films.c.prior,
    _cast_since("minute_ago").label("in_minute"),
    _cast_since("hour_ago").label("in_hour"),
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
        cast: how many votes the account has cast in the last minute and hour.
    """

    value: int
    prior: float
    cast: dict[timedelta, int]


def before(post: Any, by: Viewer, now: datetime) -> Before:
    """What stands before `by` votes on `post`, which is locked; one statement."""
    ids = {"by": by.id, "post": post.id, "film": post.film_id}
    moments = {"minute_ago": now - MINUTE, "hour_ago": now - HOUR}
    row = run(_BEFORE, ids | moments).one()
    return Before(row.value, row.prior, {MINUTE: row.in_minute, HOUR: row.in_hour})


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
        return run(_COUNT_GOOD_POINT, more).one()
    ranks = ranks_of(post, post.ups_weight + ups, post.downs_weight + downs, prior)
    row = run(_COUNT, more | {f"to_{n}": at for n, at in ranks.items()}).one()
    if votes and not post.blind:
        counters.apply_delta(Post.id, post.thread_id, vote_count=votes)
        counters.apply_delta(Film.id, post.film_id, vote_count=votes)
    return row
