"""What is done to posts that stand: revising, withdrawing, locking, pinning."""

from sqlalchemy import select, update

from forum import counters, events
from forum.events import Kind
from forum.lib import clock
from forum.lib.database import session
from forum.permissions import Viewer, can_edit, can_moderate, can_withdraw, require
from forum.theories.locking import locked
from forum.theories.models import Post
from forum.theories.moving import leave
from forum.theories.writing import Words, keep_revision


class Outdated(Exception):
    """The post was changed in another tab since its form was opened."""


def revise(post: Post, words: Words, version: int, *, by: Viewer) -> None:
    """Give `post` a new text; what it said before is kept as a revision.

    Args:
        version: the version whose text the person edited.

    Raises:
        Refused: `by` may not; see `can_edit`.
        Outdated: somebody (the author, in another tab) changed it since.
    """
    post = locked(post, by=by)
    require(can_edit(by, post))
    if post.version != version:
        raise Outdated
    same = (post.body, post.title, post.safe_title) == (words.body, words.title, words.safe_title)
    if same and (post.kind, post.stance) == (words.kind, words.stance):
        return
    if post.stance != words.stance:
        counters.apply_delta(Post.id, post.theory_id or 0, **_stance_change(post, words))
    for name, value in words.columns().items():
        setattr(post, name, value)
    post.kind, post.stance = words.kind, words.stance
    post.edited_at = clock.now()
    post.votes_before_edit = post.vote_count
    post.version += 1
    keep_revision(post, by)
    events.record(
        Kind.POST_REVISED,
        by=by,
        film_id=post.film_id,
        post_id=post.id,
        codes={"version": post.version},
    )


def withdraw(post: Post, *, by: Viewer) -> None:
    """Take one's own post down; replies and, under a question, theories stay below a tombstone.

    Raises:
        Refused: `by` may not; see `can_withdraw`.
    """
    post = locked(post, by=by)
    require(can_withdraw(by, post))
    leave(post, "withdrawn")
    events.record(Kind.POST_WITHDRAWN, by=by, film_id=post.film_id, post_id=post.id)


def lock(thread: Post, locks: bool, *, by: Viewer) -> None:
    """Close `thread` to new theories, replies, votes and edits, or open it again.

    Raises:
        Refused: `by` may not; see `can_moderate`.
    """
    thread = locked(thread, by=by)
    require(can_moderate(by, thread))
    if thread.thread_locked == locks:
        return
    ids = select(Post.id).where((Post.id == thread.id) | (Post.thread_id == thread.id))
    session().execute(ids.order_by(Post.id).with_for_update())
    session().execute(
        update(Post)
        .where((Post.id == thread.id) | (Post.thread_id == thread.id))
        .values(thread_locked=locks)
    )
    kind = Kind.THREAD_LOCKED if locks else Kind.THREAD_UNLOCKED
    events.record(kind, by=by, film_id=thread.film_id, post_id=thread.id)


def pin(thread: Post, pins: bool, *, by: Viewer) -> None:
    """Keep `thread` above its film's other questions, or let it go.

    Raises:
        Refused: `by` may not; see `can_moderate`.
    """
    thread = locked(thread, by=by)
    require(can_moderate(by, thread))
    if thread.pinned == pins:
        return
    thread.pinned = pins
    kind = Kind.THREAD_PINNED if pins else Kind.THREAD_UNPINNED
    events.record(kind, by=by, film_id=thread.film_id, post_id=thread.id)


def _stance_change(reply: Post, words: Words) -> dict[str, int]:
    counted = ("supports", "challenges")
    deltas = {f"{stance}_count": 0 for stance in counted}
    if reply.stance in counted:
        deltas[f"{reply.stance}_count"] -= 1
    if words.stance in counted:
        deltas[f"{words.stance}_count"] += 1
    return deltas if reply.state == "published" else {}
