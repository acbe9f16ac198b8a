"""How much one account may post."""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from forum.events import Event, Kind
from forum.lib import clock, quotas
from forum.lib.database import run, table_of
from forum.lib.language import gettext as _
from forum.lib.quotas import Quota
from forum.permissions import Viewer, is_newcomer
from forum.theories.models import Post

_posts = table_of(Post)
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

NEWCOMERS_THEORIES = _("A newcomer posts three theories a day.")

_QUOTAS = {
    "thread": (Quota(5, _DAY, _("Five questions a day are the most.")),),
    "theory": (Quota(10, _HOUR),),
    "reply": (Quota(4, _MINUTE), Quota(60, _HOUR)),
}
# Newcomers ask no questions, see `can_open_thread`.
_NEWCOMERS = {
    "theory": (Quota(3, _DAY, NEWCOMERS_THEORIES),),
    "reply": (Quota(5, 10 * _MINUTE),),
}
_CHANGES, _NEWCOMERS_CHANGES = (Quota(30, _HOUR),), (Quota(10, _HOUR),)


def check(by: Viewer, kind: str, film_id: int) -> None:
    """Refuse one more post of `kind` ("thread", "theory" or "reply") about a film beyond the quota
    of `by`.

    Admins, and the operator who seeds, have none; the film's moderators are no newcomers. Call it
    in the act's transaction, with the account locked.

    Raises:
        TooMany: the quota is used up.
    """
    if by.is_admin:
        return
    table = _NEWCOMERS if is_newcomer(by, film_id) else _QUOTAS
    _check(_posted(len(table[kind])), table[kind], {"by": by.id, "of_kind": kind})


def check_changes(by: Viewer, film_id: int) -> None:
    """Refuse one more change of what `by` has written about a film beyond their quota, whether it
    waits or not; the rest as `check`."""
    if by.is_admin:
        return
    limits = _NEWCOMERS_CHANGES if is_newcomer(by, film_id) else _CHANGES
    _check(_CHANGED, limits, {"by": by.id})


def _check(filled: Select[Any], limits: tuple[Quota, ...], whose: dict[str, Any]) -> None:
    now = clock.now()
    (found,) = run(filled, whose | quotas.bounds(limits, now))
    quotas.check(limits, found, now)


@cache
def _posted(count: int) -> Select[Any]:
    """What fills an account's quotas on posts: found in the order in which they were made, so that
    it costs the same however much somebody has written."""
    posted = (
        select(_posts.c.created_at)
        .where(_posts.c.author_id == bindparam("by"), _posts.c.type == bindparam("of_kind"))
        .order_by(_posts.c.id.desc())
    )
    return select(*quotas.fills(count, lambda _since: posted))


# A change that waits counts when it is sent, not once more when a moderator approves it.
def _changes_since(moment: Any) -> Select[Any]:
    return (
        select(Event.at)
        .where(
            Event.kind.in_([Kind.POST_REVISED, Kind.REVISION_HELD]),
            Event.at > moment,
            Event.by_id == bindparam("by"),
            Event.user_id == bindparam("by"),
        )
        .order_by(Event.at.desc())
    )


_CHANGED = select(*quotas.fills(1, _changes_since))
