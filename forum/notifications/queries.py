"""Reads about notices: always one's own."""

from typing import Any

from sqlalchemy import select

from forum.films.models import Film
from forum.lib.database import session
from forum.lib.paging import Keyset, Page
from forum.moderation.models import Decision
from forum.notifications.models import Notice
from forum.theories.models import Post

_LATEST = Keyset((Notice.id, "desc"))


def inbox(user_id: int, cursor: str | None, size: int) -> Page[Any]:
    """An account's notices, the latest first: (Notice, Post or None, Film, Decision)."""
    statement: Any = (
        select(Notice, Post, Film, Decision)
        .outerjoin(Post, Post.id == Notice.post_id)
        .outerjoin(Film, Film.id == Post.film_id)
        .outerjoin(Decision, Decision.id == Notice.decision_id)
        .where(Notice.user_id == user_id)
    )
    return _LATEST.page(
        statement,
        cursor,
        size,
        fetch=lambda limited: session().execute(limited).all(),
        row_of=lambda row: row[0],
    )
