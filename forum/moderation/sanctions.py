"""Suspensions and bans: put in force, taken back, ended."""

from datetime import datetime

from sqlalchemy import delete, select

from forum.accounts.models import Session, User
from forum.lib import clock
from forum.lib.database import session
from forum.moderation.acts import SANCTIONS
from forum.moderation.models import Decision


def impose(act: str, author: User, until: datetime | None) -> None:
    """Suspend `author`, who is locked, until then, or ban them; a ban ends their sessions."""
    if act == "suspend":
        author.sanction, author.sanctioned_until = "suspended", until
        return
    author.sanction, author.sanctioned_until = "banned", None
    session().execute(delete(Session).where(Session.user_id == author.id))


def lift(author: User) -> list[Decision]:
    """End what is in force against `author`; gives the decisions that put it there."""
    author.sanction = author.sanctioned_until = None
    return _unreverted(author)


def take_back(decision: Decision, author: User) -> None:
    """Undo one sanction: what another decision put in force before it is in force again."""
    before = [one for one in _unreverted(author) if one.id != decision.id]
    if not before:
        author.sanction = author.sanctioned_until = None
    elif before[0].act == "suspend":
        author.sanction, author.sanctioned_until = "suspended", before[0].until
    else:
        author.sanction, author.sanctioned_until = "banned", None


def is_last(decision: Decision) -> bool:
    """Whether no later sanction of the same account stands."""
    later = session().scalar(
        select(Decision.id)
        .where(
            Decision.user_id == decision.user_id,
            Decision.id > decision.id,
            Decision.act.in_(SANCTIONS),
            Decision.reverted_by_id.is_(None),
        )
        .limit(1)
    )
    return later is None


def _unreverted(author: User) -> list[Decision]:
    """The sanctions of `author` that nobody has undone and that are not over, the latest first."""
    now = clock.now()
    decisions = session().scalars(
        select(Decision)
        .where(
            Decision.user_id == author.id,
            Decision.act.in_(SANCTIONS),
            Decision.reverted_by_id.is_(None),
        )
        .order_by(Decision.id.desc())
    )
    return [one for one in decisions if one.act != "suspend" or (one.until and one.until > now)]
