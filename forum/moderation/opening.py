"""Cases come into being, are locked, and fall away: parts of the acts that need it."""

from sqlalchemy import select

from forum.accounts.models import User
from forum.lib import clock
from forum.lib.database import session
from forum.moderation.models import Case, DecidedPost, Decision, Report
from forum.permissions import Viewer
from forum.theories.locking import locked
from forum.theories.models import Post


def lock_case(case: Case, *, by: Viewer) -> tuple[Case, Post]:
    """A case and its post as they stand now, locked: the account, thread and post first."""
    post = session().get_one(Post, case.post_id)
    locked(post, by=by)
    case = (
        session()
        .scalars(
            select(Case)
            .where(Case.id == case.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        .one()
    )
    return case, post


def hold(post: Post, kind: str, reason: str) -> None:
    """Open the case of a post that is held ("held") or whose change is ("edit"); or let the change
    join the open one. Part of the act that held it."""
    case = open_case_of(post)
    if case is None:
        new_case(post, kind, reason)
        return
    case.kind, case.hold_reason = kind, reason
    case.version += 1


def close_withdrawn(post: Post) -> None:
    """Close the open case of a post that its author withdrew. Part of withdrawing."""
    case = open_case_of(post)
    if case is not None:
        case.closed_at, case.outcome = clock.now(), "withdrawn"
        case.closed_by_id = post.author_id
        case.claimed_by_id = case.claimed_until = None
        case.version += 1
        for kept in session().scalars(select(Report).where(Report.case_id == case.id)):
            kept.state, kept.decided_at = "declined", clock.now()


def open_case_of(post: Post) -> Case | None:
    """The open case about `post`, locked; None if there is none."""
    return session().scalar(
        select(Case)
        .where(Case.post_id == post.id, Case.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def new_case(post: Post, kind: str, hold_reason: str | None = None) -> Case:
    """A case about `post`, which is locked and has no open one."""
    case = Case(
        kind=kind,
        post_id=post.id,
        film_id=post.film_id,
        hold_reason=hold_reason,
        post_version=post.version,
        opened_at=clock.now(),
    )
    session().add(case)
    session().flush()
    return case


def lock_author(case: Case, by: Viewer) -> User:
    """The author's account, locked with the acting one before any post is."""
    author_id = session().scalars(select(Post.author_id).where(Post.id == case.post_id)).one()
    accounts = session().scalars(
        select(User)
        .where(User.id.in_({author_id, by.id}))
        .order_by(User.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return next(user for user in accounts if user.id == author_id)


def lock_decided(decision: Decision) -> Post:
    """The post of a decision, with every post that it moved, locked by id."""
    moved = select(DecidedPost.post_id).where(DecidedPost.decision_id == decision.id)
    posts = session().scalars(
        select(Post)
        .where(Post.id.in_(moved) | (Post.id == decision.post_id))
        .order_by(Post.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return next(post for post in posts if post.id == decision.post_id)
