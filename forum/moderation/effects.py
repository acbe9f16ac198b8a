"""What a decision does to posts and accounts; `decisions` locks, requires and logs."""

from dataclasses import dataclass, field

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
from forum.theories.moving import FilmCounts
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
        _take_down(post, act, effect)
    elif act == "restore":
        _restore(post, effect)
    elif act == "refuse":
        _refuse_pending(post, effect)
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
        if not sanctions.is_last(decision):
            raise NotPossible(_("A later sanction is in force: undo that one first."))
        sanctions.take_back(decision, author)
    elif decision.act == "lock":
        if last_lock(post) != decision:
            raise NotPossible(_("This question was opened since."))
        moving.set_locked(post, False)
    elif not _is_in_force(decision, post):
        raise NotPossible(_("Something else was decided or changed since: undo that first."))
    films = FilmCounts()
    for before in moved_by(decision):
        moved = session().get_one(Post, before.post_id)
        if decision.act == "retitle":
            _retitle(moved, before.safe_title_before or "", effect, by)
        elif moved.log_seq == decision.log_seq:
            effect.moved.append(_as_it_is(moved))
            _put_back(moved, before, films)
    films.apply()
    return effect


def moved_by(decision: Decision) -> list[DecidedPost]:
    """The posts that `decision` moved, by id."""
    rows = session().scalars(
        select(DecidedPost)
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


def _refuse_pending(post: Post, effect: Effect) -> None:
    """Drop the change that waits; its author gets the text back with the reasons."""
    waiting = session().get(PendingRevision, post.id)
    if waiting is not None:
        values = {name: getattr(waiting, name) for name in _CHANGE}
        effect.refused.append(RefusedRevision(**values))
        drop_pending(post)


def _take_down(post: Post, act: str, effect: Effect, films: FilmCounts | None = None) -> None:
    effect.moved.append(_as_it_is(post))
    moving.leave(post, _TARGETS[act], films)
    if act == "remove":
        _refuse_pending(post, effect)
    elif act == "purge":
        _erase(post)


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
    _put_back(post, before)


def _put_back(post: Post, before: DecidedPost | None, films: FilmCounts | None = None) -> None:
    """Bring a post back to where it was `before`: what nobody had seen goes on waiting."""
    state = "published" if post.published_at is not None else "held"
    moving.leave(post, before.state_before if before is not None else state, films)
    was_hidden = before is not None and post.state == "hidden"
    post.removed_under = before.removed_under_before if before and was_hidden else None
    post.log_seq = before.log_seq_before if before and was_hidden else None
    if before is not None:
        _let_wait_again(post, before.decision_id)


def _let_wait_again(post: Post, decision_id: int) -> None:
    """Let the change that a decision removed with its post wait as it did before."""
    removed = session().get(RefusedRevision, (decision_id, post.id))
    if removed is not None:
        values = {name: getattr(removed, name) for name in _CHANGE}
        values["hold_reason"] = removed.hold_reason or "change"
        session().add(
            PendingRevision(**values, version=post.version, created_at=clock.now()),
        )
        session().delete(removed)
        session().flush()


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
    films = FilmCounts()
    theirs = select(Post).where(Post.author_id == author.id, Post.state.in_(REMOVABLE))
    for post in session().scalars(theirs.order_by(Post.id)).all():
        _take_down(post, "remove", effect, films)
    films.apply()
