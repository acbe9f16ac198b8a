"""How much one account may post."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from forum.lib import clock, quotas
from forum.lib.database import session
from forum.lib.quotas import Quota
from forum.permissions import Viewer
from forum.theories.models import Post, Revision

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_QUOTAS = {
    "thread": (Quota(5, _DAY),),
    "theory": (Quota(10, _HOUR),),
    "reply": (Quota(4, _MINUTE), Quota(60, _HOUR)),
    "revision": (Quota(30, _HOUR),),
}
# Newcomers ask no questions, see `can_open_thread`.
_NEWCOMERS = {
    "theory": (Quota(3, _DAY),),
    "reply": (Quota(5, 10 * _MINUTE),),
    "revision": (Quota(10, _HOUR),),
}


def check(by: Viewer, kind: str) -> None:
    """Refuse one more post of `kind` ("thread", "theory" or "reply"), or one more "revision" of
    what they wrote, beyond the quota of `by`.

    Admins, and the operator who seeds, have none; moderators are no newcomers. Call it in the act's
    transaction, with the account locked.

    Raises:
        TooMany: the quota is used up.
    """
    if by.is_admin:
        return

    def count_since(moment: datetime) -> int:
        theirs = select(func.count()).select_from(Post).where(Post.author_id == by.id)
        if kind == "revision":
            wanted = theirs.join(Revision, Revision.post_id == Post.id).where(
                Revision.author_id == by.id, Revision.number > 1, Revision.at > moment
            )
        else:
            wanted = theirs.where(Post.type == kind, Post.created_at > moment)
        return session().scalars(wanted).one()

    table = _QUOTAS if by.is_member or by.is_moderator else _NEWCOMERS
    quotas.check(table[kind], count_since, clock.now())
