"""Cases come into being, are locked, change with their post, and fall away: parts of the acts that
need it."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, select

from forum.accounts.models import User
from forum.lib import clock
from forum.lib.database import session
from forum.moderation.effects import REMOVABLE
from forum.moderation.models import Case, DecidedPost, Decision, Report
from forum.moderation.situations import has_pending
from forum.permissions import Viewer
from forum.theories.locking import locked, require_the_same
from forum.theories.models import Post
from forum.theories.waiting import pending_of


def lock_case(case: Case, *, by: Viewer, everything: bool = False) -> tuple[Case, Post]:
    """A case and its post as they stand now, locked: the account, thread and post first.

    Args:
        everything: lock all that the post's author has written, with its cases, too.
    """
    post = session().get_one(Post, case.post_id)
    if everything:
        theirs = select(Post.id).where(
            Post.author_id == post.author_id, Post.state.in_(REMOVABLE) | (Post.id == post.id)
        )
        ids = lock_posts(session().scalars(theirs))
        _lock_cases(Case.post_id.in_(ids) & Case.closed_at.is_(None))
    else:
        locked(post, by=by)
    _lock_cases(Case.id == case.id)
    return case, post


def lock_author(about: Case | Decision, by: Viewer) -> User:
    """The account of the author whom it is about, locked with the acting one before any post is.

    Raises:
        Refused: the acting account was demoted, banned, or the like, while the request waited.
    """
    author = select(Post.author_id).where(Post.id == about.post_id)
    user_id = session().scalars(author).one()
    both = (
        select(User)
        .where(User.id.in_({user_id, by.id}))
        .order_by(User.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    accounts = session().scalars(both).all()
    require_the_same(by, [user for user in accounts if user.id == by.id])
    return next(user for user in accounts if user.id == user_id)


def lock_decided(decision: Decision) -> Post:
    """The post of a decision, locked with every post that it moved, with what stands above them,
    with their open cases, and with the decision itself."""
    moved = select(DecidedPost.post_id).where(DecidedPost.decision_id == decision.id)
    theirs = select(Post.id).where(Post.id.in_(moved) | (Post.id == decision.post_id))
    ids = lock_posts(session().scalars(theirs))
    _lock_cases((Case.post_id.in_(ids) & Case.closed_at.is_(None)) | (Case.id == decision.case_id))
    session().refresh(decision, with_for_update=True)
    return session().get_one(Post, decision.post_id)


def lock_posts(wanted: Iterable[int]) -> list[int]:
    """Lock posts with their questions and theories, as they stand now, by id: what stands above has
    the lower one. Gives the ids of `wanted`."""
    ids = list(wanted)
    above = select(Post.thread_id, Post.theory_id).where(Post.id.in_(ids))
    every = {id for row in session().execute(above) for id in row if id is not None} | set(ids)
    session().scalars(
        select(Post)
        .where(Post.id.in_(every))
        .order_by(Post.id)
        .with_for_update(key_share=True)  # rows that only point here need not wait
        .execution_options(populate_existing=True)
    ).all()
    return ids


def hold(post: Post, kind: str, reason: str) -> None:
    """Open the case of a post that is held ("held") or whose change is ("edit"); or let the change
    join the open one, which stays of the kind that it is. Part of the act that held it."""
    case = open_case_of(post)
    if case is None:
        new_case(post, kind, reason)
        return
    case.hold_reason = reason
    case.version += 1


def follow_revision(post: Post) -> None:
    """Let the open case of a post follow what its author has made of it: whoever looks at it reads
    the new text before they decide. Part of revising."""
    case = open_case_of(post)
    if case is None:
        return
    case.version += 1
    case.post_version = post.version
    if post.state == "held":
        case.hold_reason = post.hold_reason
    elif case.hold_reason is not None and not has_pending(post):
        case.hold_reason = None
        if case.kind != "own" and not open_reports(post.id):  # nothing else was the matter
            _end(case, "withdrawn", post.author_id)
        elif case.kind == "edit":
            case.kind = "report"


def close_withdrawn(post: Post) -> list[Report]:
    """Close the open case of a post that its author withdrew; gives its reports, which nobody has
    judged. Part of withdrawing."""
    case = open_case_of(post)
    if case is None:
        return []
    _end(case, "withdrawn", post.author_id)
    reports = open_reports(post.id)
    for report in reports:
        report.state, report.decided_at = "moot", clock.now()
    return reports


def discard(case: Case, by: Viewer) -> None:
    """Close a case of which nothing came. Part of discarding it."""
    _end(case, "discarded", by.id)


def reopen(post: Post) -> Case:
    """The open case of a post that waits again, or whose change does: the last one goes on, or a
    new one."""
    case = open_case_of(post) or session().scalar(
        select(Case).where(Case.post_id == post.id).order_by(Case.id.desc()).limit(1)
    )
    if case is None:
        return new_case(post, "held" if post.state == "held" else "own", post.hold_reason)
    case.closed_at = case.outcome = case.closed_by_id = None
    case.post_version = post.version
    case.version += 1
    if post.state == "held":
        case.kind, case.hold_reason = "held", post.hold_reason
    elif (change := pending_of(post.id)) is not None:
        case.hold_reason = change.hold_reason
    return case


def open_reports(post_id: int) -> list[Report]:
    """The reports of a post that nobody has decided, whichever case they came into."""
    theirs = select(Report).join(Case, Case.id == Report.case_id)
    waiting = theirs.where(Case.post_id == post_id, Report.state == "open")
    return list(session().scalars(waiting.order_by(Report.id)))


def gather_reports(case: Case) -> None:
    """Let the open reports that came into earlier cases of a post be read in `case`, its open one;
    but one where their reporter has reported it in this case, too. Part of undoing."""
    there = set(session().scalars(select(Report.reporter_id).where(Report.case_id == case.id)))
    for report in open_reports(case.post_id):
        if report.reporter_id not in there:
            there.add(report.reporter_id)
            before = session().get_one(Case, report.case_id)
            report.case_id = case.id
            weigh(before)
            weigh(case)


def weigh(case: Case) -> None:
    """Sum up the reports of `case`, one of which came, went or changed."""
    session().flush()
    kept = select(func.count(), func.coalesce(func.sum(Report.weight), 0.0))
    row = session().execute(kept.where(Report.case_id == case.id)).one()
    case.report_count, case.score = row
    case.version += 1


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


def end_claim(case: Case) -> None:
    """Let go of a case, and of a purge that somebody proposed."""
    case.claimed_by_id = case.claimed_until = None
    drop_purge(case)


def drop_purge(case: Case) -> None:
    """Forget the purge that somebody proposed."""
    case.purge_by_id = case.purge_rule = case.purge_reasons = case.purge_note = None


def _end(case: Case, outcome: str, by_id: int) -> None:
    case.closed_at, case.outcome, case.closed_by_id = clock.now(), outcome, by_id
    end_claim(case)
    case.version += 1


def _lock_cases(which: ColumnElement[bool]) -> None:
    session().scalars(
        select(Case)
        .where(which)
        .order_by(Case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
