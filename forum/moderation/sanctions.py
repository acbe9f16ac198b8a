"""Suspensions and bans: put in force, taken back, ended."""

from datetime import datetime

from sqlalchemy import delete, func, select

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
    """End what is in force against `author`; gives the decisions that are undone by that. One that
    removed their posts, too, can still be undone by one act."""
    ended = [one for one in _in_force(author) if one.act != "ban_and_remove"]
    author.sanction = author.sanctioned_until = None
    return ended


def take_back(decision: Decision, author: User) -> None:
    """Undo one sanction: what another decision put in force before it is in force again."""
    before = [one for one in _in_force(author) if one.id != decision.id]
    if not before:
        author.sanction = author.sanctioned_until = None
    elif before[0].act == "suspend":
        author.sanction, author.sanctioned_until = "suspended", before[0].until
    else:
        author.sanction, author.sanctioned_until = "banned", None


def is_last(decision: Decision, author: User) -> bool:
    """Whether no later sanction of `author` is in force."""
    return all(one.id <= decision.id for one in _in_force(author))


def _in_force(author: User) -> list[Decision]:
    """The sanctions of `author` that nobody has undone or lifted and that are not over, the latest
    first."""
    now = clock.now()
    lifted = select(func.coalesce(func.max(Decision.id), 0)).where(
        Decision.user_id == author.id,
        Decision.act == "lift",
        Decision.case_id.is_not(None),  # else it undid one sanction, and no other
    )
    decisions = session().scalars(
        select(Decision)
        .where(
            Decision.user_id == author.id,
            Decision.act.in_(SANCTIONS),
            Decision.reverted_by_id.is_(None),
            Decision.id > lifted.scalar_subquery(),
        )
        .order_by(Decision.id.desc())
    )
    return [one for one in decisions if one.act != "suspend" or (one.until and one.until > now)]
