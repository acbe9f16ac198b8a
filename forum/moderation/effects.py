"""What a decision does to posts and accounts; `decisions` locks, requires and logs."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select, update

from forum.accounts.models import User
from forum.lib import clock
from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.moderation import labels, sanctions
from forum.moderation.acts import SANCTIONS, Grounds
from forum.moderation.models import Case, DecidedPost, Decision, RefusedRevision, Report
from forum.permissions import Viewer
from forum.theories import moving
from forum.theories.models import IllegalMove, PendingRevision, Post, Revision
from forum.theories.moving import Moves
from forum.theories.revising import drop_pending, put_safe_title, put_text
from forum.theories.writing import Words

_TARGETS = {"remove": "removed", "hide": "hidden", "purge": "purged"}
_CHANGE = ("post_id", "hold_reason", "safe_title", "title", "body", "kind", "stance")
REMOVABLE = ("held", "published", "hidden", "withdrawn")
"""States of posts that go when everything of an account is removed."""


class NotPossible(IllegalMove):
    """As things stand the act makes no sense; the message says what does, for people."""


@dataclass(slots=True)
class Effect:
    """What was done.

    Attributes:
        moved: the posts that were moved, with what they were before.
        refused: changes that waited, and now never will be.
        reverts: the decisions that this undoes.
    """

    moved: list[DecidedPost] = field(default_factory=list)
    refused: list[RefusedRevision] = field(default_factory=list)
    reverts: list[Decision] = field(default_factory=list)


def perform(
    act: str, post: Post, author: User, grounds: Grounds, *, by: Viewer, pending: Words | None
) -> Effect:
    """Do `act` to `post` or its `author`, both locked.

    Raises:
        IllegalMove: the post is in a state from which the act leads nowhere.
    """
    effect = Effect()
    if act == "approve":
        _approve(post, effect, by, pending)
    elif act in _TARGETS:
        _take_down([post], act, effect)
    elif act == "restore":
        _restore(post, effect)
    elif act == "refuse":
        _refuse_pending([post], effect)
    elif act in ("lock", "unlock"):
        _lock(post, act == "lock", effect)
    elif act == "retitle":
        _retitle(post, grounds.safe_title, effect, by)
    elif act == "lift":
        effect.reverts = sanctions.lift(author)
    elif act in SANCTIONS:
        sanctions.impose(act, author, grounds.until)
        if act == "ban_and_remove":
            _remove_everything(author, effect)
    return effect


def undo(decision: Decision, post: Post, author: User, *, by: Viewer) -> Effect:
    """Put back what `decision` did: every post that it moved, the safe title, the account.

    Raises:
        NotPossible: another decision, or the author, has changed it since.
    """
    effect = Effect(reverts=[decision])
    if decision.act in SANCTIONS:
        if not sanctions.is_last(decision, author):
            raise NotPossible(_("A later sanction is in force: undo that one first."))
        sanctions.take_back(decision, author)
    elif decision.act == "lock":
        if last_lock(post) != decision:
            raise NotPossible(_("This question was opened since."))
        moving.set_locked(post, False)
    elif not _is_in_force(decision, post):
        raise NotPossible(_("Something else was decided or changed since: undo that first."))
    moves = Moves()
    for before, moved in moved_by(decision):
        if decision.act == "retitle":
            _retitle(moved, before.safe_title_before or "", effect, by)
        elif moved.log_seq == decision.log_seq:
            effect.moved.append(_as_it_is(moved))
            _put_back(moved, before, moves)
    moves.apply()
    _let_wait_again(decision, effect)
    return effect


def moved_by(decision: Decision) -> list[Any]:
    """(DecidedPost, Post) of what `decision` moved, by id."""
    rows = session().execute(
        select(DecidedPost, Post)
        .join(Post, Post.id == DecidedPost.post_id)
        .where(DecidedPost.decision_id == decision.id)
        .order_by(DecidedPost.post_id)
    )
    return list(rows)


def last_lock(thread: Post) -> Decision | None:
    """The decision by which a question is locked; None if it isn't, or wasn't by a decision."""
    if not thread.thread_locked:
        return None
    return session().scalar(
        select(Decision)
        .where(
            Decision.post_id == thread.id,
            Decision.act == "lock",
            Decision.reverted_by_id.is_(None),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )


def _is_in_force(decision: Decision, post: Post) -> bool:
    """Whether `post` is as a decision that hid, removed or retitled it has left it."""
    if decision.act != "retitle":
        return post.log_seq == decision.log_seq
    changed = session().get(DecidedPost, (decision.id, post.id))
    given = session().scalar(
        select(Revision.safe_title).where(
            Revision.post_id == post.id,
            Revision.number == (changed.version_after if changed else 0),
        )
    )
    return post.state in ("published", "hidden") and given == post.safe_title


def _as_it_is(post: Post) -> DecidedPost:
    """What `post` is before it is moved, so that it can be put back."""
    return DecidedPost(
        post_id=post.id,
        state_before=post.state,
        removed_under_before=post.removed_under,
        log_seq_before=post.log_seq,
    )


def _approve(post: Post, effect: Effect, by: Viewer, pending: Words | None) -> None:
    if post.state == "held":
        effect.moved.append(_as_it_is(post))
        moving.publish(post, by=by)
        post.hold_reason = None
    elif pending is not None and session().get(PendingRevision, post.id) is not None:
        drop_pending(post)
        put_text(post, pending, by=by)
    else:
        raise IllegalMove("nothing of this post waits for approval")


def _refuse_pending(posts: list[Post], effect: Effect) -> None:
    """Drop the changes that wait; their author gets the texts back with the reasons."""
    theirs = PendingRevision.post_id.in_([post.id for post in posts])
    for waiting in session().scalars(select(PendingRevision).where(theirs)).all():
        values = {name: getattr(waiting, name) for name in _CHANGE}
        effect.refused.append(RefusedRevision(**values))
        session().delete(waiting)


def _take_down(posts: list[Post], act: str, effect: Effect) -> None:
    moves = Moves()
    for post in posts:
        effect.moved.append(_as_it_is(post))
        moving.leave(post, _TARGETS[act], moves)
        if act == "purge":
            _erase(post)
    moves.apply()
    if act == "remove":
        _refuse_pending(posts, effect)


def _erase(post: Post) -> None:
    """Forget what a purged post has said or was to say, wherever else it is kept or quoted."""
    drop_pending(post)
    labels.erase(post)
    session().execute(delete(RefusedRevision).where(RefusedRevision.post_id == post.id))
    session().execute(
        update(DecidedPost).where(DecidedPost.post_id == post.id).values(safe_title_before=None)
    )
    theirs = select(Case.id).where(Case.post_id == post.id)
    session().execute(update(Report).where(Report.case_id.in_(theirs)).values(words=""))


def _restore(post: Post, effect: Effect) -> None:
    """Undo the decision by which `post` is down, as far as this post goes."""
    if post.state not in ("removed", "hidden"):
        raise IllegalMove(f"a {post.state} post can't be restored")
    decision = session().scalar(select(Decision).where(Decision.log_seq == (post.log_seq or 0)))
    before = None
    if decision is not None:
        before = session().get(DecidedPost, (decision.id, post.id))
        if decision.act != "ban_and_remove":  # of which the rest, and the ban, stay in force
            effect.reverts.append(decision)
    effect.moved.append(_as_it_is(post))
    moves = Moves()
    _put_back(post, before, moves)
    moves.apply()
    if decision is not None:
        _let_wait_again(decision, effect)


def _put_back(post: Post, before: DecidedPost | None, moves: Moves) -> None:
    """Bring a post back to where it was `before`: what nobody had seen goes on waiting."""
    state = "published" if post.published_at is not None else "held"
    moving.leave(post, before.state_before if before is not None else state, moves)
    was_hidden = before is not None and post.state == "hidden"
    post.removed_under = before.removed_under_before if before and was_hidden else None
    post.log_seq = before.log_seq_before if before and was_hidden else None


def _let_wait_again(decision: Decision, effect: Effect) -> None:
    """Let the changes that `decision` removed with posts wait as before, where those are back."""
    back = [moved.post_id for moved in effect.moved]
    rows = session().execute(
        select(RefusedRevision, Post.version)
        .join(Post, Post.id == RefusedRevision.post_id)
        .where(RefusedRevision.decision_id == decision.id, RefusedRevision.post_id.in_(back))
    )
    for removed, version in rows.all():
        values = {name: getattr(removed, name) for name in _CHANGE}
        values["hold_reason"] = removed.hold_reason or "change"
        session().add(PendingRevision(**values, version=version, created_at=clock.now()))
        session().delete(removed)


def _lock(post: Post, locks: bool, effect: Effect) -> None:
    if post.type != "thread" or post.thread_locked == locks:
        raise IllegalMove("only an open question is locked, and only a locked one unlocked")
    if not locks and (decision := last_lock(post)) is not None:
        effect.reverts.append(decision)
    moving.set_locked(post, locks)


def _retitle(post: Post, safe_title: str, effect: Effect, by: Viewer) -> None:
    """Give `post` another safe title, which its author's open form does not undo; what earlier
    lines of the log called it may have been what was wrong."""
    if post.type == "reply":
        raise IllegalMove("a reply has no safe title")
    changed = _as_it_is(post)
    changed.safe_title_before = post.safe_title
    put_safe_title(post, safe_title, by=by)
    changed.version_after = post.version
    effect.moved.append(changed)
    labels.erase(post)


def _remove_everything(author: User, effect: Effect) -> None:
    """Remove whatever `author` has posted; all of it is locked, with what stands above it."""
    theirs = select(Post).where(Post.author_id == author.id, Post.state.in_(REMOVABLE))
    _take_down(list(session().scalars(theirs.order_by(Post.id))), "remove", effect)
