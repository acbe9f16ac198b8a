"""Reads about notices: always one's own."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.films.models import Film
from forum.lib.database import session
from forum.lib.paging import Keyset, Page
from forum.moderation.models import Decision
from forum.notifications.models import Notice
from forum.theories.models import Post

_LATEST = Keyset((Notice.id, "desc"))


def inbox(user_id: int, cursor: str | None, size: int) -> Page[Any]:
    """An account's notices, the latest first: (Notice, Post or None, theory above a reply, Film,
    Decision, which act that undid, the post's author)."""
    return _LATEST.page_of_rows(_rows(user_id), cursor, size)


def noticed(notice_id: int, user_id: int) -> Any:
    """One of an account's notices, as a row of `inbox`; None if it has no such notice."""
    rows = session().execute(_rows(user_id).where(Notice.id == notice_id))
    return rows.first()


def _rows(user_id: int) -> Any:
    above, undone = aliased(Post), aliased(Decision)
    return (
        select(Notice, Post, above, Film, Decision, undone.act, User)
        .outerjoin(Post, Post.id == Notice.post_id)
        .outerjoin(User, User.id == Post.author_id)
        .outerjoin(above, above.id == Post.theory_id)
        .outerjoin(Film, Film.id == Post.film_id)
        .outerjoin(Decision, Decision.id == Notice.decision_id)
        .outerjoin(undone, undone.id == Decision.reverts_id)
        .where(Notice.user_id == user_id)
    )
