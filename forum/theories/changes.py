"""What is done to posts that stand: revising, withdrawing, pinning."""

from forum import events
from forum.events import Kind
from forum.lib import clock
from forum.lib.database import session
from forum.permissions import Viewer, can_edit, can_moderate, can_withdraw, is_newcomer, require
from forum.theories import quotas, screening
from forum.theories.locking import locked
from forum.theories.models import PendingRevision, Post
from forum.theories.moving import leave
from forum.theories.revising import drop_pending, put_text
from forum.theories.writing import Words


class Outdated(Exception):
    """The post was changed in another tab since its form was opened."""


def revise(post: Post, words: Words, version: int, *, by: Viewer, change: str = "") -> bool:
    """Give `post` a new text; what it said before is kept as a revision.

    A newcomer's change that adds a link, or is large, waits for a moderator instead.

    Args:
        version: the version whose text the person edited.
        change: the stamp of the change that waited then and that they edited; "" for none.

    Returns:
        Whether the new text stands; False if it waits.

    Raises:
        Refused: `by` may not; see `can_edit`.
        Outdated: somebody (the author, in another tab) changed it since.
        TooMany: their quota is used up.
    """
    post = locked(post, by=by)
    require(can_edit(by, post))
    waiting = session().get(PendingRevision, post.id, populate_existing=True)
    if waiting is not None and _says(waiting, words):
        return False
    if (post.version, waiting.stamp if waiting is not None else "") != (version, change):
        raise Outdated
    if _says(post, words):  # where a change waited, its author goes back on it
        _take_back(post, by)
        return True
    quotas.check_changes(by, post.film_id)
    hold_reason = _reason_to_hold(post, words, by)
    if hold_reason is not None:
        _hold(post, words, hold_reason, by)
        return False
    drop_pending(post)
    if post.state == "held":  # it waits on, for what it has become
        post.hold_reason = "link" if screening.addresses_in(_all_text(words)) else "first"
    put_text(post, words, by=by)
    return True


def withdraw(post: Post, *, by: Viewer) -> None:
    """Take one's own post down; replies and, under a question, theories stay below a tombstone.

    Raises:
        Refused: `by` may not; see `can_withdraw`.
    """
    post = locked(post, by=by)
    require(can_withdraw(by, post))
    leave(post, "withdrawn")
    drop_pending(post)
    events.record(Kind.POST_WITHDRAWN, by=by, film_id=post.film_id, post_id=post.id)


def withdraw_change(post: Post, *, by: Viewer) -> None:
    """Take back a change of one's own post that waits; the version that stands goes on standing.

    Raises:
        Refused: `by` may not; see `can_withdraw`.
    """
    post = locked(post, by=by)
    require(can_withdraw(by, post))
    _take_back(post, by)


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


def _reason_to_hold(post: Post, words: Words, by: Viewer) -> str | None:
    """Why a change waits. The safe title is looked at by itself as well: it is what everybody
    reads, and a small part of a long post."""
    of_newcomer = post.state == "published" and is_newcomer(by, post.film_id)
    texts = ((_all_text(post), _all_text(words)), (post.safe_title or "", words.safe_title or ""))
    reasons = (
        screening.reason_to_hold_change(is_newcomer=of_newcomer, old=old, new=new)
        for old, new in texts
    )
    return next(filter(None, reasons), None)


def _hold(post: Post, words: Words, reason: str, by: Viewer) -> None:
    """Keep a change until a moderator has looked at it; a later one takes its place."""
    drop_pending(post)
    session().add(
        PendingRevision(
            post_id=post.id,
            version=post.version,
            hold_reason=reason,
            safe_title=words.safe_title,
            title=words.title,
            body=words.body,
            kind=words.kind,
            stance=words.stance,
            created_at=clock.now(),
        )
    )
    events.record(
        Kind.REVISION_HELD,
        by=by,
        user_id=by.id,
        film_id=post.film_id,
        post_id=post.id,
        codes={"reason": reason},
    )


def _take_back(post: Post, by: Viewer) -> None:
    """Forget the change that waits, if there is one; its case follows."""
    if session().get(PendingRevision, post.id) is None:
        return
    drop_pending(post)
    events.record(
        Kind.REVISION_WITHDRAWN,
        by=by,
        user_id=post.author_id,
        film_id=post.film_id,
        post_id=post.id,
    )


def _says(written: Post | PendingRevision, words: Words) -> bool:
    """Whether `written` is the same as `words`."""
    names = ("body", "title", "safe_title", "kind", "stance")
    return all(getattr(written, name) == getattr(words, name) for name in names)


def _all_text(written: Post | Words) -> str:
    return "\n".join(filter(None, (written.safe_title, written.title, written.body)))
