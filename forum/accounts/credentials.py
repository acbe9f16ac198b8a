"""What is done to passwords: changing one, and the one-time links that replace one."""

from datetime import timedelta

from sqlalchemy import delete

from forum import events
from forum.accounts.models import ResetLink, Session, User
from forum.accounts.queries import still_has
from forum.accounts.tokens import digest, new_token
from forum.events import Kind
from forum.lib import clock
from forum.lib.database import session
from forum.permissions import Viewer, can_have_account, can_log_in, can_operate, require

RESET_LIFE = timedelta(minutes=30)


def change_password(
    password_hash: str, keep_session: int, *, by: Viewer, checked: str | None = None
) -> None:
    """Set one's own password; every other session ends, and so do reset links.

    Args:
        password_hash: from `hash_password()`.
        keep_session: id of the session that stays.
        checked: the hash that the current password was compared with, before this transaction.

    Raises:
        Refused: `by` is no account.
        PasswordChanged: the account has another password by now, so `checked` changes nothing.
    """
    require(can_have_account(by))
    still_has(by.id, checked)
    user = session().get_one(User, by.id)
    _set_password(user, password_hash, keep_session)
    events.record(Kind.PASSWORD_CHANGED, by=by, user_id=user.id)


def rehash_password(user: User, password_hash: str, *, by: Viewer) -> None:
    """Keep the same password under today's costs, at log-in.

    Raises:
        Refused: never, as things stand.
    """
    require(can_log_in(by))
    user.password_hash = password_hash


def make_reset_link(user: User, *, by: Viewer) -> str:
    """A one-time link's token with which its holder sets a new password; earlier ones end.

    Raises:
        Refused: `by` is not the operator.
    """
    require(can_operate(by))
    session().execute(delete(ResetLink).where(ResetLink.user_id == user.id))
    token, now = new_token(), clock.now()
    session().add(
        ResetLink(
            token_hash=digest(token), user_id=user.id, created_at=now, expires_at=now + RESET_LIFE
        )
    )
    events.record(Kind.RESET_LINK_MADE, by=by, user_id=user.id)
    return token


def reset_password(token: str, password_hash: str, *, by: Viewer) -> bool:
    """Use a reset link: once. All sessions end; nobody is logged in by it.

    Returns:
        Whether the link was still good.

    Raises:
        Refused: never, as things stand.
    """
    require(can_log_in(by))
    used = session().execute(
        delete(ResetLink)
        .where(ResetLink.token_hash == digest(token), ResetLink.expires_at > clock.now())
        .returning(ResetLink.user_id)
    )
    user_id = used.scalar()
    if user_id is None:
        return False
    user = session().get_one(User, user_id, with_for_update=True)
    _set_password(user, password_hash, keep_session=0)
    events.record(Kind.PASSWORD_CHANGED, by=by, user_id=user.id)
    return True


def _set_password(user: User, password_hash: str, keep_session: int) -> None:
    user.password_hash = password_hash
    ended = delete(Session).where(Session.user_id == user.id, Session.id != keep_session)
    session().execute(ended)
    session().execute(delete(ResetLink).where(ResetLink.user_id == user.id))
