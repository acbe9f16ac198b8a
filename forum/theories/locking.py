"""Rows locked in the one order that everybody keeps: account, thread, theory, reply, then film."""

from typing import Any, TypeVar

from sqlalchemy import select

from forum.accounts.models import User
from forum.accounts.viewers import Fan
from forum.lib import clock
from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.permissions import Refused, Verdict, Viewer
from forum.theories.models import Post

P = TypeVar("P", bound=Post)

_STANDING = (User.role, User.trust_set, User.sanction, User.sanctioned_until)


def locked(post: P, *, by: Viewer) -> P:
    """`post` as it stands now, locked together with its thread, its theory and the acting account.

    One statement. The rows of a join are locked in the order of its FROM, so the account comes
    before all; a thread's id is below those of its posts, so ordering by id locks the thread next.
    Locking the account makes quotas exact and keeps two acts of one person apart.

    Raises:
        Refused: the account was banned, or the like, while the request waited.
    """
    ids = {id for id in (post.thread_id, post.theory_id, post.id) if id is not None}
    rows = session().execute(
        select(Post, *_STANDING)
        .select_from(User)
        .join(Post, Post.id.in_(ids))
        .where(User.id == by.id)
        .order_by(Post.id)
        .with_for_update(key_share=True)  # rows that only point here need not wait
        .execution_options(populate_existing=True)
    )
    _require_the_same(by, rows.all())
    return post


def lock_account(by: Viewer) -> None:
    """Lock the acting account alone, for acts that touch no post yet.

    Raises:
        Refused: see `locked`.
    """
    account = select(*_STANDING).where(User.id == by.id).with_for_update(key_share=True)
    _require_the_same(by, session().execute(account).all())


def _require_the_same(by: Viewer, rows: Any) -> None:
    """Refuse where an account stands otherwise than when its request began: a ban holds for what
    was on its way already."""
    if not rows or not isinstance(by, Fan):
        return
    now = rows[0]
    is_over = now.sanctioned_until is not None and now.sanctioned_until <= clock.now()
    is_sanctioned = now.sanction is not None and not is_over
    if (now.role, now.trust_set) != (by.role, by.trust_set) or (
        is_sanctioned and by.sanction is None
    ):
        reason = _("Your account has changed meanwhile: look at this page again.")
        raise Refused(Verdict(False, reason, "state"))
