"""Reads about what posts have said: each viewer finds the versions that were there to be read."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer

from forum.accounts.models import User
from forum.lib.database import session
from forum.lib.paging import Keyset, Page
from forum.permissions import Viewer, can_read_drafted
from forum.theories.models import Post, Revision

REVISIONS_A_PAGE = 100

_NEWEST = Keyset(
    (Revision.number, "desc"),
)


def revisions_of(post: Post, viewer: Viewer, cursor: str | None) -> Page[tuple[Revision, User]]:
    """One page of what a post has said and `viewer` may read, each with who made it say so, the
    latest first, without the texts.

    Args:
        cursor: see `Keyset.page`.
    """
    lines = (
        _revisions(post, viewer)
        .add_columns(User)
        .join(User, User.id == Revision.author_id)
        .options(defer(Revision.body, raiseload=True))
    )
    return _NEWEST.page_of_rows(lines, cursor, REVISIONS_A_PAGE)


def revision_and_before(
    post: Post, viewer: Viewer, number: int
) -> tuple[Revision | None, Revision | None]:
    """One version of a post and the one before it, as far as `viewer` may read them."""
    both = _revisions(post, viewer).where(Revision.number.in_((number, number - 1)))
    found = {revision.number: revision for revision in session().scalars(both)}
    return found.get(number), found.get(number - 1)


def revisions_numbered(post_id: int, numbers: Iterable[int]) -> list[Revision]:
    """Some versions of what a post has said, the latest first; at most 10."""
    return list(
        session().scalars(
            select(Revision)
            .where(Revision.post_id == post_id, Revision.number.in_(list(numbers)))
            .order_by(Revision.number.desc())
            .limit(10)
        )
    )


def _revisions(post: Post, viewer: Viewer) -> Select[Any]:
    statement = select(Revision).where(Revision.post_id == post.id)
    if can_read_drafted(viewer, post):
        return statement
    # What others may read begins with the version that stood when it was published.
    drafted = select(func.max(Revision.number)).where(
        Revision.post_id == post.id, Revision.at < post.published_at
    )
    return statement.where(Revision.number >= func.coalesce(drafted.scalar_subquery(), 1))
