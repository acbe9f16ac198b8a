"""What a decision does to posts and accounts; `decisions` locks, requires and logs."""

from dataclasses import dataclass, field

from sqlalchemy import delete, select, update

from forum.accounts.models import Session, User
from forum.lib import clock
from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.moderation.models import Case, DecidedPost, Decision, Report
from forum.permissions import Viewer
from forum.theories import moving
from forum.theories.models import IllegalMove, PendingRevision, Post
from forum.theories.revising import drop_pending, put_text
from forum.theories.writing import Words

_TARGETS = {"remove": "removed", "hide": "hidden", "purge": "purged"}
_REMOVABLE = ("held", "published", "hidden", "withdrawn")


@dataclass(slots=True)
class Effect:
    """What was done.

    Attributes:
        label: what it was done to, so that it gives nothing away.
        moved: the posts that were moved, with the states that they had.
    """

    label: str
    moved: list[DecidedPost] = field(default_factory=list)


def perform(
    act: str, post: Post, author: User, grounds: "object", *, by: Viewer, pending: Words | None
) -> Effect:
    """Do `act` to `post` or its `author`, both locked.

    Raises:
        IllegalMove: the post is in a state from which the act leads nowhere.
    """
    effect = Effect(label_of(post))
    if act == "approve":
        _approve(post, effect, by, pending)
    elif act in _TARGETS:
        _take_down(post, act, effect, by)
    elif act == "restore":
        _restore(post, effect, by)
    elif act == "refuse":
        drop_pending(post)
    elif act in ("lock", "unlock"):
        _lock(post, act == "lock", by)
    elif act == "retitle":
        _retitle(post, getattr(grounds, "safe_title", ""), effect, by)
    elif act in ("suspend", "ban", "ban_and_remove"):
        _sanction(act, author, getattr(grounds, "until", None), by)
        if act == "ban_and_remove":
            _remove_everything(author, effect, by)
    return effect


def undo(decision: Decision, post: Post, author: User, *, by: Viewer) -> Effect:
    """Put back what `decision` did: every post that it moved, the safe title, the account."""
    effect = Effect(label_of(post))
    if decision.act in ("suspend", "ban", "ban_and_remove"):
        author.sanction = author.sanctioned_until = None
    if decision.act == "lock":
        _lock(post, False, by)
    moved = session().scalars(
        select(DecidedPost)
        .where(DecidedPost.decision_id == decision.id)
        .order_by(DecidedPost.post_id)
    )
    for before in moved.all():
        gone = session().get_one(Post, before.post_id)
        if decision.act == "retitle":
            _retitle(gone, before.safe_title_before or "", effect, by)
        elif gone.state in ("removed", "hidden"):
            _restore(gone, effect, by)
    return effect


def label_of(post: Post) -> str:
    """What a post is called where everybody reads it: a safe title, never more."""
    if post.type == "reply":
        theory = session().get_one(Post, post.theory_id)
        return _("A reply under “%(title)s”") % {"title": theory.safe_title}
    return _("“%(title)s”") % {"title": post.safe_title}


def _approve(post: Post, effect: Effect, by: Viewer, pending: Words | None) -> None:
    if post.state == "held":
        effect.moved.append(DecidedPost(post_id=post.id, state_before="held"))
        moving.publish(post, by=by)
        post.hold_reason = None
    elif pending is not None and session().get(PendingRevision, post.id) is not None:
        drop_pending(post)
        put_text(post, pending, by=by)
    else:
        raise IllegalMove("nothing of this post waits for approval")


def _take_down(post: Post, act: str, effect: Effect, by: Viewer) -> None:
    effect.moved.append(DecidedPost(post_id=post.id, state_before=post.state))
    moving.leave(post, _TARGETS[act])
    drop_pending(post)


def _restore(post: Post, effect: Effect, by: Viewer) -> None:
    if post.state not in ("removed", "hidden"):
        raise IllegalMove(f"a {post.state} post can't be restored")
    effect.moved.append(DecidedPost(post_id=post.id, state_before=post.state))
    post.removed_under = post.log_seq = None
    if post.published_at is None:
        moving.publish(post, by=by)  # it was refused while it was held: this is its first time
        post.hold_reason = None
    else:
        moving.leave(post, "published")


def _lock(post: Post, locks: bool, by: Viewer) -> None:
    if post.type != "thread" or post.thread_locked == locks:
        raise IllegalMove("only an open question is locked, and only a locked one unlocked")
    session().execute(
        update(Post)
        .where((Post.id == post.id) | (Post.thread_id == post.id))
        .values(thread_locked=locks)
    )


def _retitle(post: Post, safe_title: str, effect: Effect, by: Viewer) -> None:
    if post.type == "reply":
        raise IllegalMove("a reply has no safe title")
    effect.moved.append(
        DecidedPost(post_id=post.id, state_before=post.state, safe_title_before=post.safe_title)
    )
    post.safe_title = safe_title


def _sanction(act: str, author: User, until: "object", by: Viewer) -> None:
    banned = act != "suspend"
    author.sanction = "banned" if banned else "suspended"
    author.sanctioned_until = None if banned else until  # type: ignore[assignment]
    if banned:
        session().execute(delete(Session).where(Session.user_id == author.id))


def _remove_everything(author: User, effect: Effect, by: Viewer) -> None:
    """Remove whatever `author` has posted, locked by id, threads before what stands in them."""
    theirs = select(Post).where(Post.author_id == author.id, Post.state.in_(_REMOVABLE))
    above = select(Post.thread_id).where(
        Post.author_id == author.id, Post.state.in_(_REMOVABLE), Post.thread_id.is_not(None)
    )
    session().scalars(
        select(Post)
        .where(Post.id.in_(above) | Post.id.in_(theirs.with_only_columns(Post.id)))
        .order_by(Post.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for post in session().scalars(theirs.order_by(Post.id)).all():
        _take_down(post, "remove", effect, by)
    now = clock.now()
    cases = select(Case.id).where(
        Case.post_id.in_([moved.post_id for moved in effect.moved]), Case.closed_at.is_(None)
    )
    session().execute(
        update(Report)
        .where(Report.case_id.in_(cases), Report.state == "open")
        .values(state="upheld", decided_at=now),
        execution_options={"synchronize_session": False},
    )
    session().execute(
        update(Case)
        .where(Case.id.in_(cases))
        .values(
            closed_at=now,
            outcome="upheld",
            closed_by_id=by.id,
            claimed_by_id=None,
            claimed_until=None,
            purge_by_id=None,
            version=Case.version + 1,
        ),
        execution_options={"synchronize_session": "fetch"},
    )
