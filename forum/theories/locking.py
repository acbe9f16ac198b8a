"""Rows locked in the one order that everybody keeps: account, thread, theory, reply, then film."""

from typing import TypeVar

from sqlalchemy import select

from forum.accounts.models import User
from forum.lib.database import session
from forum.permissions import Viewer
from forum.theories.models import Post

P = TypeVar("P", bound=Post)


def locked(post: P, *, by: Viewer) -> P:
    """`post` as it stands now, locked together with its thread, its theory and the acting account.

    One statement. The rows of a join are locked in the order of its FROM, so the account comes
    before all; a thread's id is below those of its posts, so ordering by id locks the thread next.
    Locking the account makes quotas exact and keeps two acts of one person apart.
    """
    ids = {id for id in (post.thread_id, post.theory_id, post.id) if id is not None}
    session().scalars(
        select(Post)
        .select_from(User)
        .join(Post, Post.id.in_(ids))
        .where(User.id == by.id)
        .order_by(Post.id)
        .with_for_update(key_share=True)  # rows that only point here need not wait
        .execution_options(populate_existing=True)
    ).all()
    return post


def lock_account(by: Viewer) -> None:
    """Lock the acting account alone, for acts that touch no post yet."""
    session().execute(select(User.id).where(User.id == by.id).with_for_update(key_share=True))
