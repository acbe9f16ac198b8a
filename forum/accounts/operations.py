"""What is done to accounts: signing up, sessions, roles."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from forum import events
from forum.accounts.models import ROLES, TRUST_LEVELS, ResetLink, Session, User
from forum.accounts.names import folded, skeleton
from forum.accounts.queries import is_taken, still_has
from forum.accounts.tokens import digest, new_token
from forum.events import Kind
from forum.lib import clock
from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.permissions import (
    Viewer,
    can_have_account,
    can_log_in,
    can_operate,
    can_sign_up,
    require,
)

IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=90)
MOST_SESSIONS = 20
DEVICE_LENGTH = 80


class NameTaken(ValueError):
    """The name, or one that looks like it, belongs to somebody; the message says so."""


def sign_up(
    name: str,
    email: str,
    password_hash: str,
    *,
    by: Viewer,
    registration_open: bool = True,
    role: str = "fan",
) -> User:
    """Make an account.

    Args:
        name: checked with `name_problem()` before.
        email: a well-formed address; "" for none.
        password_hash: from `hash_password()`, made before the transaction.
        role: "fan" unless the operator makes the account.

    Raises:
        Refused: `by` may not make one.
        NameTaken: somebody has the name, or one that looks like it.
    """
    require(can_operate(by) if by.is_admin else can_sign_up(by, registration_open))
    taken = NameTaken(_("Somebody here is called %(name)s.") % {"name": name})
    if is_taken(name):
        raise taken
    user = User(
        name=name,
        name_key=folded(name),
        skeleton=skeleton(name),
        email=email or None,
        email_key=folded(email) or None,
        password_hash=password_hash,
        role=role,
        created_at=clock.now(),
    )
    session().add(user)
    try:
        session().flush()
    except IntegrityError:  # on PostgreSQL somebody may have signed up since we looked
        raise taken from None
    events.record(Kind.USER_SIGNED_UP, by=by, user_id=user.id)
    return user


def add_archive(name: str, *, by: Viewer) -> User:
    """The marked account that seeded posts belong to; it can't log in. Made once.

    Raises:
        Refused: `by` is not the operator.
    """
    require(can_operate(by))
    user = session().scalar(select(User).where(User.is_archive))
    if user is None:
        user = User(
            name=name,
            name_key=folded(name),
            skeleton=skeleton(name),
            is_archive=True,
            created_at=clock.now(),
        )
        session().add(user)
        session().flush()
        events.record(Kind.USER_SIGNED_UP, by=by, user_id=user.id)
    return user


def log_in(
    user: User, device: str, *, by: Viewer, replaces: int = 0, checked: str | None = None
) -> str:
    """Begin a session for `user`, whose password was just checked.

    Args:
        device: what the browser calls itself, for the list of sessions.
        replaces: id of the session that the browser had; it ends, so that no id outlives a log-in.
        checked: the hash that the password was compared with, before this transaction.

    Returns:
        The token for the cookie; it is kept nowhere else.

    Raises:
        Refused: never, as things stand.
        PasswordChanged: the account has another password by now, so `checked` lets nobody in.
    """
    require(can_log_in(by))
    still_has(user.id, checked)
    now = clock.now()
    if replaces:
        session().execute(delete(Session).where(Session.id == replaces))
    newest = (
        select(Session.id)
        .where(Session.user_id == user.id, Session.expires_at > now)
        .order_by(Session.seen_at.desc(), Session.id.desc())
        .limit(MOST_SESSIONS - 1)
    )
    session().execute(
        delete(Session).where(Session.user_id == user.id, Session.id.not_in(newest)),
        execution_options={"synchronize_session": False},
    )
    token = new_token()
    session().add(
        Session(
            token_hash=digest(token),
            user_id=user.id,
            device=device[:DEVICE_LENGTH],
            created_at=now,
            seen_at=now,
            expires_at=now + IDLE,
        )
    )
    events.record(Kind.USER_LOGGED_IN, by=by, user_id=user.id)
    return token


def touch_session(session_id: int, began: datetime, *, by: Viewer) -> None:
    """Note that a session is in use, which lengthens it up to its absolute end; one statement.

    Args:
        began: when the session did.

    Raises:
        Refused: `by` is no account.
    """
    require(can_have_account(by))
    now = clock.now()
    session().execute(
        update(Session)
        .where(Session.id == session_id)
        .values(seen_at=now, expires_at=min(now + IDLE, began + ABSOLUTE)),
        execution_options={"synchronize_session": False},
    )


def log_out(session_id: int, *, by: Viewer) -> None:
    """End the session that `by` acts in; the cookie is worth nothing afterwards.

    Raises:
        Refused: `by` is no account.
    """
    require(can_have_account(by))
    if _end_session(session_id, by):
        events.record(Kind.USER_LOGGED_OUT, by=by, user_id=by.id)


def end_session(session_id: int, *, by: Viewer) -> None:
    """End one of one's own sessions elsewhere; whoever holds its cookie is out at once.

    Raises:
        Refused: `by` is no account.
    """
    require(can_have_account(by))
    if _end_session(session_id, by):
        events.record(Kind.SESSION_ENDED, by=by, user_id=by.id)


def sweep_sessions(*, by: Viewer) -> None:
    """Delete sessions and reset links that are over.

    Raises:
        Refused: `by` is not the operator.
    """
    require(can_operate(by))
    now = clock.now()
    for over in (Session, ResetLink):
        session().execute(
            delete(over).where(over.expires_at <= now),
            execution_options={"synchronize_session": False},
        )


def set_role(user: User, role: str, *, by: Viewer) -> None:
    """Make `user` a fan, moderator or admin; holds from their next request on.

    Raises:
        Refused: `by` is not the operator.
        ValueError: no such role.
    """
    require(can_operate(by))
    if role not in ROLES:
        raise ValueError(f"no role {role!r}; there are {', '.join(ROLES)}")
    if user.role == role:
        return
    user.role = role
    events.record(Kind.USER_ROLE_CHANGED, by=by, user_id=user.id, codes={"role": role})


def set_trust(user: User, level: str | None, *, by: Viewer) -> None:
    """Set a trust level that holds over the computed one, or None to compute it again.

    Raises:
        Refused: `by` is not the operator.
        ValueError: no such level.
    """
    require(can_operate(by))
    if level is not None and level not in TRUST_LEVELS:
        raise ValueError(f"no trust level {level!r}; there are {', '.join(TRUST_LEVELS)}")
    user.trust_set = level
    events.record(Kind.USER_TRUST_CHANGED, by=by, user_id=user.id, codes={"trust": level})


def _end_session(session_id: int, by: Viewer) -> bool:
    """Delete a session of `by`; whether there was one."""
    ended = session().execute(
        delete(Session)
        .where(Session.id == session_id, Session.user_id == by.id)
        .returning(Session.id)
    )
    return bool(ended.all())
