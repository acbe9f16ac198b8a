"""How much one account may post."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from forum.events import Event, Kind
from forum.lib import clock, quotas
from forum.lib.database import run, table_of
from forum.lib.quotas import Quota
from forum.permissions import Viewer
from forum.theories.models import Post

_posts = table_of(Post)
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_QUOTAS = {
    "thread": (Quota(5, _DAY),),
    "theory": (Quota(10, _HOUR),),
    "reply": (Quota(4, _MINUTE), Quota(60, _HOUR)),
}
# Newcomers ask no questions, see `can_open_thread`.
_NEWCOMERS = {
    "theory": (Quota(3, _DAY),),
    "reply": (Quota(5, 10 * _MINUTE),),
}
_CHANGES, _NEWCOMERS_CHANGES = (Quota(30, _HOUR),), (Quota(10, _HOUR),)


def check(by: Viewer, kind: str) -> None:
    """Refuse one more post of `kind` ("thread", "theory" or "reply") beyond the quota of `by`.

    Admins, and the operator who seeds, have none; moderators are no newcomers. Call it in the act's
    transaction, with the account locked.

    Raises:
        TooMany: the quota is used up.
    """
    if by.is_admin:
        return

    table = _QUOTAS if by.is_member or by.is_moderator else _NEWCOMERS
    limits, now = table[kind], clock.now()
    given: dict[str, Any] = {"by": by.id, "of_kind": kind}
    for number, limit in enumerate(limits):
        given |= {f"most_{number}": limit.most, f"since_{number}": now - limit.window}
    counts = run(_posted(len(limits)), given).one()
    posted = {now - limit.window: count for limit, count in zip(limits, counts, strict=True)}
    quotas.check(limits, posted.__getitem__, now)


def check_changes(by: Viewer) -> None:
    """Refuse one more change of what `by` has written beyond their quota, whether it waits or not;
    the rest as `check`."""
    if by.is_admin:
        return
    quota = _CHANGES if by.is_member or by.is_moderator else _NEWCOMERS_CHANGES

    def changed_since(moment: datetime) -> int:
        changed: int = run(_CHANGED, {"by": by.id, "since": moment}).scalar_one()
        return changed

    quotas.check(quota, changed_since, clock.now())


# A change that waits counts when it is sent, not once more when a moderator approves it.
_CHANGED = select(func.count()).where(
    Event.kind.in_([Kind.POST_REVISED, Kind.REVISION_HELD]),
    Event.at > bindparam("since"),
    Event.by_id == bindparam("by"),
    Event.user_id == bindparam("by"),
)


@cache
def _posted(quotas: int) -> Select[Any]:
    """How many posts one account has made since each of some moments: of its latest alone, as many
    as a quota allows, so that it costs the same however much somebody has written."""
    counts = []
    for number in range(quotas):
        latest = (
            select(_posts.c.created_at)
            .where(_posts.c.author_id == bindparam("by"), _posts.c.type == bindparam("of_kind"))
            .order_by(_posts.c.id.desc())
            .limit(bindparam(f"most_{number}"))
            .subquery()
        )
        since = latest.c.created_at > bindparam(f"since_{number}")
        counts.append(select(func.count()).select_from(latest).where(since).scalar_subquery())
    return select(*counts)
