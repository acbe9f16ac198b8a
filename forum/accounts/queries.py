"""Reads about accounts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, String, bindparam, cast, column, func, select, table

from forum.accounts.models import ResetLink, Session, User
from forum.accounts.names import folded, is_reserved, is_well_formed, skeleton
from forum.accounts.tokens import digest
from forum.lib.database import look_up, run, session, table_of
from forum.lib.paging import Keyset, Page
from forum.lib.prepared import planned_once

_users, _sessions = table_of(User), table_of(Session)

# Named, not imported: these tables belong to rooms on the right. Asked for here, since each page of
# the signed-in needs them, and a statement more costs more than these index look-ups.
_notices = table("notices", column("user_id"), column("read_at"))
_unread = (
    select(func.count())
    .select_from(_notices)
    .where(_notices.c.user_id == _users.c.id, _notices.c.read_at.is_(None))
    .correlate(_users)
    .scalar_subquery()
)


def _films_in(name: str) -> ScalarSelect[Any]:
    """The ids of an account's films in the table called `name`, as one text: "3,17"."""
    rows = table(name, column("user_id"), column("film_id"))
    return (
        select(func.aggregate_strings(cast(rows.c.film_id, String), ","))
        .where(rows.c.user_id == _users.c.id)
        .correlate(_users)
        .scalar_subquery()
    )


_session_with_user = planned_once(
    select(
        _sessions.c.id,
        _sessions.c.seen_at,
        _sessions.c.created_at.label("began"),
        _users.c.id.label("user_id"),
        _users.c.name,
        _users.c.role,
        _users.c.trust_set,
        _users.c.created_at,
        _users.c.sanction,
        _users.c.sanctioned_until,
        _users.c.upheld_at,
        _unread.label("unread"),
        _films_in("viewings").label("seen"),
        _films_in("film_moderators").label("moderates"),
        (_users.c.thread_count + _users.c.theory_count + _users.c.reply_count).label("posts"),
    )
    .select_from(_sessions)
    .join(_users, _users.c.id == _sessions.c.user_id)
    .where(
        _sessions.c.token_hash == bindparam("token_hash"), _sessions.c.expires_at > bindparam("now")
    )
)


class PasswordChanged(Exception):
    """The password was changed while the one before was being checked."""


def live_session(token: str, now: datetime, *, alone: bool = False) -> Any:
    """The session behind a cookie's `token` with its user's columns, in one statement, or None.

    Args:
        alone: whether it is read in no transaction, since an act will begin one anew.
    """
    read = look_up if alone else run
    found = read(_session_with_user, {"token_hash": digest(token), "now": now})
    return found[0] if found else None


def user_named(name: str) -> User | None:
    """The account called `name`, letter case aside."""
    return session().scalar(select(User).where(User.name_key == folded(name)))


def is_taken(name: str) -> bool:
    """Whether an account has `name`, or one that looks like it."""
    return session().scalar(select(User.id).where(User.skeleton == skeleton(name))) is not None


def free_names(name: str) -> list[str]:
    """Up to two names like `name` that nobody has."""
    tries = (f"the_{name}", f"{name}_too", f"{name}_2", f"not_{name}")
    fit = [t for t in tries if is_well_formed(t) and not is_reserved(t)]
    return [t for t in fit if not is_taken(t)][:2]


def sessions_of(user_id: int, now: datetime) -> list[Session]:
    """The live sessions of an account, the latest used first (at most 20 exist)."""
    return list(
        session().scalars(
            select(Session)
            .where(Session.user_id == user_id, Session.expires_at > now)
            .order_by(Session.seen_at.desc(), Session.id.desc())
        )
    )


def live_reset_link(token: str, now: datetime) -> ResetLink | None:
    """The reset link behind `token`, if it is still good."""
    return session().scalar(
        select(ResetLink).where(ResetLink.token_hash == digest(token), ResetLink.expires_at > now)
    )


FANS_ORDER = Keyset((User.theory_count, "desc"), (User.id, "asc"))


def fans(cursor: str | None, size: int) -> Page[User]:
    """Accounts by how many theories they have published; the archive is no fan."""
    return FANS_ORDER.page(select(User).where(User.is_archive.is_(False)), cursor, size)


def still_has(user_id: int, checked: str | None) -> None:
    """Lock an account, whose password was compared with the hash `checked` before; None if not.

    Raises:
        PasswordChanged: it has another password by now, so what was compared means nothing.
    """
    kept = select(User.password_hash).where(User.id == user_id).with_for_update()
    if session().scalars(kept).one() != checked and checked is not None:
        raise PasswordChanged
