"""What becomes of cases and reports once something is decided, or a decision is undone."""

from collections.abc import Collection

from sqlalchemy import select

from forum.lib import clock
from forum.lib.database import session
from forum.moderation.acts import ACTS, TAKE_DOWN
from forum.moderation.effects import Effect
from forum.moderation.models import Case, Decision, Report
from forum.moderation.opening import drop_purge, end_claim, gather_reports, open_reports, reopen
from forum.moderation.situations import has_pending, still_waits
from forum.theories.models import PendingRevision, Post


def settle(case: Case, decision: Decision, effect: Effect, *, is_change: bool) -> None:
    """Close `case`, unless something of it still waits; close those of all posts that went.

    Args:
        decision: what was decided in it.
        is_change: whether about a change of the post; its reports are about what stands.
    """
    post = session().get_one(Post, case.post_id)
    case.version += 1
    if ACTS[decision.act].upholds is None and open_reports(post.id):
        return  # what was reported has still to be judged
    if still_waits(post) or (is_change and (case.kind == "own" or open_reports(post.id))):
        _go_on(case, post, decision)
    else:
        _close(case, decision)
    if decision.act == "ban_and_remove":
        ids = [moved.post_id for moved in effect.moved]
        waiting = select(Case).where(Case.post_id.in_(ids), Case.closed_at.is_(None))
        for other in session().scalars(waiting.order_by(Case.id)).all():
            other.version += 1
            _close(other, decision)


def resettle(decision: Decision, effect: Effect) -> None:
    """Let reports follow where `decision` undoes what they had led to: what stands again was
    reported in vain, and what is out of sight again waits once more, with its reports."""
    moved = {row.post_id for row in effect.moved}
    for undone in effect.reverts or _behind(effect):
        if undone.act == "hide":
            _close_hidden(undone, decision)
        _turn(undone, decision, moved)
    changed = select(PendingRevision.post_id)
    waiting = Post.state.in_(("held", "hidden")) | Post.id.in_(changed)
    again = select(Post).where(Post.id.in_(moved), waiting).order_by(Post.id)
    for post in session().scalars(again).all():
        gather_reports(reopen(post))


def _behind(effect: Effect) -> list[Decision]:
    """The decisions by which posts were down that come back alone."""
    seqs = {row.log_seq_before for row in effect.moved} - {None}
    return list(session().scalars(select(Decision).where(Decision.log_seq.in_(seqs))))


def _go_on(case: Case, post: Post, decision: Decision) -> None:
    if decision.act != "hide":  # what is hidden meanwhile is still to be purged
        drop_purge(case)
    if post.state == "held":
        case.hold_reason = post.hold_reason
        case.kind = case.kind if case.report_count else "held"
    elif not has_pending(post):
        case.hold_reason = None
        if case.kind in ("edit", "held"):  # what was hidden since is a matter of its own
            case.kind = "report" if case.report_count else "own"


def _close(case: Case, decision: Decision) -> None:
    upholds = ACTS[decision.act].upholds
    case.closed_at, case.closed_by_id = decision.at, decision.by_id
    case.outcome = "approved" if decision.act == "approve" else "upheld" if upholds else "declined"
    end_claim(case)
    for report in open_reports(case.post_id):
        _decide(report, "upheld" if upholds else "declined", decision)


def _close_hidden(undone: Decision, decision: Decision) -> None:
    """Nothing is left to look at in a case in which a post was hidden that stands again."""
    case = session().get(Case, undone.case_id) if undone.case_id else None
    if case is None or case.closed_at is not None or decision.case_id == case.id:
        return
    if not still_waits(session().get_one(Post, case.post_id)):
        case.version += 1
        _close(case, decision)


def _turn(undone: Decision, decision: Decision, moved: Collection[int]) -> None:
    """Turn the reports that `undone` had settled: about what was `moved`, where it moved."""
    rows = session().execute(
        select(Report, Post)
        .join(Case, Case.id == Report.case_id)
        .join(Post, Post.id == Case.post_id)
        .where(Report.decision_id == undone.id, Report.state.in_(("upheld", "declined")))
        .order_by(Report.id)
    )
    for report, post in rows.all():
        if undone.act in TAKE_DOWN and post.id not in moved:
            continue
        states = {"held": "open", "hidden": "open", "withdrawn": "moot"}
        _decide(report, states.get(post.state, "declined"), decision)


def _decide(report: Report, state: str, decision: Decision) -> None:
    report.state, report.decision_id = state, decision.id
    report.decided_at = None if state == "open" else clock.now()
