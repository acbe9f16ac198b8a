"""Forms that are sent twice, by a double click or after a lost answer."""

from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, select

from forum.lib import clock
from forum.lib.database import run, session, table_of
from forum.theories.models import Post
from forum.theories.writing import Words

P = TypeVar("P", bound=Post)

WITHIN = timedelta(minutes=10)
"""Whoever says the same again later may mean it."""

_LATEST = 50
"""Of so many posts of one account one can be the twin: more are not made in that time."""

_SAID = ("safe_title", "title", "body", "kind", "stance")
_posts = table_of(Post)


def sent_already(kind: type[P], words: Words, author_id: int, **place: int | None) -> P | None:
    """The post that the same words of the same account made at the same place a moment ago.

    Exact where the account is locked: the second of two forms sent at once waits for the first.

    Args:
        kind: Thread, Theory or Reply.
        words: what was sent.
        author_id: whose post it would be.
        place: the columns that say what it answers, with their values.
    """
    said = {name: getattr(words, name) for name in _SAID}
    given = {"author": author_id, "of_kind": kind.__mapper__.polymorphic_identity}
    moment = {"since": clock.now() - WITHIN}
    twins = run(_twin(tuple(place)), said | place | given | moment)
    return session().get_one(kind, twins[0].id) if twins else None


@cache
def _twin(place: tuple[str, ...]) -> Select[Any]:
    """The statement that looks for a twin at a place that these columns say."""
    latest = (
        select(_posts.c.id)
        .where(_posts.c.author_id == bindparam("author"), _posts.c.type == bindparam("of_kind"))
        .order_by(_posts.c.id.desc())
        .limit(_LATEST)
    )
    same = [_posts.c[name].is_not_distinct_from(bindparam(name)) for name in (*place, *_SAID)]
    return (
        select(_posts.c.id)
        .where(
            _posts.c.id.in_(latest),
            _posts.c.created_at > bindparam("since"),
            _posts.c.state.in_(("published", "held")),
            *same,
        )
        .order_by(_posts.c.id)
        .limit(1)
    )
