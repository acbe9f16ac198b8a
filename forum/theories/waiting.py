"""What waits for moderators, as its author sees it: held posts, and changes of posts that stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.films.models import Film
from forum.lib.database import session
from forum.theories.models import HELD, PendingRevision, Post


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for moderators among replies.

    Attributes:
        pending: ids of the viewer's own replies a change of which waits.
        usual: how long it takes of late; None if too few were decided to say.
    """

    pending: frozenset[int] = frozenset()
    usual: timedelta | None = None


NOTHING_WAITS = Waits()


def pending_of(post_id: int) -> PendingRevision | None:
    """The change of a post that waits for a moderator."""
    return session().get(PendingRevision, post_id)


def pending_among(post_ids: Iterable[int]) -> frozenset[int]:
    """Those of some posts a change of which waits for a moderator."""
    wanted = select(PendingRevision.post_id).where(PendingRevision.post_id.in_(list(post_ids)))
    return frozenset(session().scalars(wanted))


def waiting_of(author_id: int) -> list[Any]:
    """(Post, theory above a reply, Film) of what an account has written or changed and a moderator
    has not looked at, the latest first; at most 50."""
    above = aliased(Post)
    held = select(Post.id).where(Post.author_id == author_id, Post.state == HELD)
    changed = (
        select(Post.id)
        .join(PendingRevision, PendingRevision.post_id == Post.id)
        .where(Post.author_id == author_id, Post.state == "published")
    )
    return list(
        session().execute(
            select(Post, above, Film)
            .join(Film, Film.id == Post.film_id)
            .outerjoin(above, above.id == Post.theory_id)
            .where(Post.id.in_(held.union_all(changed)))
            .order_by(Post.id.desc())
            .limit(50)
        )
    )
