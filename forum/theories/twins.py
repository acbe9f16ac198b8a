"""Forms that are sent twice, by a double click or after a lost answer."""

from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select

from forum.lib import clock
from forum.lib.database import session
from forum.theories.models import Post
from forum.theories.writing import Words

P = TypeVar("P", bound=Post)

WITHIN = timedelta(minutes=10)
"""Whoever says the same again later may mean it."""


def sent_already(kind: type[P], words: Words, author_id: int, **place: int | None) -> P | None:
    """The post that the same words of the same account made at the same place a moment ago.

    Exact where the account is locked: the second of two forms sent at once waits for the first.

    Args:
        kind: Thread, Theory or Reply.
        words: what was sent.
        author_id: whose post it would be.
        place: the columns that say what it answers, with their values.
    """
    said = {
        name: getattr(words, name) for name in ("safe_title", "title", "body", "kind", "stance")
    }
    return session().scalar(
        select(kind)
        .filter_by(author_id=author_id, **place, **said)
        .where(kind.state.in_(("published", "held")), kind.created_at > clock.now() - WITHIN)
        .order_by(kind.id)
        .limit(1)
    )
