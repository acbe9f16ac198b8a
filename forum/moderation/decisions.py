"""What moderators decide: one transaction moves the post, closes the case and writes the log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from forum import events
from forum.accounts.models import User
from forum.events import Kind
from forum.lib import clock
from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.moderation import log
from forum.moderation.acts import ACTS, SANCTIONS
from forum.moderation.effects import Effect, perform, undo
from forum.moderation.models import Case, Decision, LogEntry, Report, Rule
from forum.moderation.opening import lock_author, lock_case, lock_decided
from forum.permissions import Viewer, can_review, can_sanction, require
from forum.theories.models import Post
from forum.theories.writing import Words

AN_ACCOUNT = _("An account")


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why something is decided.

    Attributes:
        rule_number: the rule that was broken; None where none was.
        reasons: told to the author, and public in the log.
        note: told to moderators only.
        until: when a suspension ends.
        safe_title: the new one, where that is the act.
    """

    rule_number: int | None = None
    reasons: str = ""
    note: str = ""
    until: datetime | None = None
    safe_title: str = ""


class Handled(Exception):
    """The case was changed since its form was opened.

    Attributes:
        by_id: who decided it meanwhile; None if it is still open and only changed.
        at: when.
    """

    def __init__(self, by_id: int | None, at: datetime | None) -> None:
        super().__init__("handled meanwhile")
        self.by_id, self.at = by_id, at


class GroundsMissing(ValueError):
    """An act that restricts somebody was tried without rule, reasons or end."""


def decide(
    case: Case,
    act: str,
    grounds: Grounds,
    version: int,
    *,
    by: Viewer,
    pending: Words | None = None,
) -> Decision | None:
    """Decide `case`.

    Args:
        act: a name of `ACTS`.
        grounds: why.
        version: the case's version that the moderator saw.
        pending: the change that waits, rendered; needed to approve one.

    Returns:
        The decision; None where a purge now waits for a second moderator.

    Raises:
        Refused: `by` may not; see `can_review` and `can_sanction`.
        Handled: somebody else was faster, or the case changed.
        GroundsMissing: rule, reasons or end are missing.
        IllegalMove: the post is in a state from which this act leads nowhere.
    """
    author = lock_author(case, by)
    case, post = lock_case(case, by=by)
    require(can_review(by, post, author))
    if act in SANCTIONS:
        require(can_sanction(by, author))
    if case.closed_at is not None or case.version != version:
        raise Handled(case.closed_by_id, case.closed_at)
    _check(act, grounds)
    if act == "purge" and case.purge_by_id in (None, by.id):
        _propose_purge(case, grounds, by)
        return None
    second = case.purge_by_id if act == "purge" else None
    effect = perform(act, post, author, grounds, by=by, pending=pending)
    about = _About(act, post, author, case=case, second=second)
    decision = _write(about, grounds, effect, by=by)
    _close(case, act, by)
    _announce(decision, case, by)
    return decision


def refuse_purge(case: Case, version: int, *, by: Viewer) -> None:
    """Say no to a purge that another moderator proposed; the case is open again.

    Raises:
        Refused: `by` may not; see `can_review`.
        Handled: the case changed.
    """
    author = lock_author(case, by)
    case, post = lock_case(case, by=by)
    require(can_review(by, post, author))
    if case.closed_at is not None or case.version != version:
        raise Handled(case.closed_by_id, case.closed_at)
    case.purge_by_id = case.purge_rule = case.purge_reasons = None
    case.version += 1
    events.record(Kind.PURGE_REFUSED, by=by, post_id=post.id, codes={"case": case.id})


def reverse(decision: Decision, grounds: Grounds, *, by: Viewer) -> Decision | None:
    """Undo `decision` by one act; doing it twice does nothing.

    Returns:
        The decision that undoes it; None if it was undone before.

    Raises:
        Refused: `by` may not; see `can_review` and `can_sanction`.
        GroundsMissing: this act can't be undone.
    """
    author = session().get_one(User, decision.user_id, with_for_update=True)
    post = lock_decided(decision)
    require(can_sanction(by, author) if decision.act in SANCTIONS else can_review(by, post, author))
    session().refresh(decision, with_for_update=True)
    act = ACTS[decision.act].reversal
    if act is None:
        raise GroundsMissing(_("This act can't be undone."))
    if decision.reverted_by_id is not None:
        return None
    effect = undo(decision, post, author, by=by)
    undoing = _write(_About(act, post, author, reverts=decision), grounds, effect, by=by)
    decision.reverted_by_id = undoing.id
    _announce(undoing, None, by)
    return undoing


def _check(act: str, grounds: Grounds) -> None:
    if ACTS[act].needs_grounds and not (grounds.rule_number and grounds.reasons.strip()):
        raise GroundsMissing(_("Name the rule, and give the author your reasons."))
    if act == "suspend" and grounds.until is None:
        raise GroundsMissing(_("Say for how many days."))
    if act == "retitle" and not grounds.safe_title:
        raise GroundsMissing(_("Write the new safe title."))


def _propose_purge(case: Case, grounds: Grounds, by: Viewer) -> None:
    if case.purge_by_id is None:
        case.purge_by_id = by.id
        case.purge_rule, case.purge_reasons = grounds.rule_number, grounds.reasons
        case.version += 1
        events.record(Kind.PURGE_PROPOSED, by=by, post_id=case.post_id, codes={"case": case.id})


@dataclass(frozen=True, slots=True)
class _About:
    """What a decision is about, and what it stands beside."""

    act: str
    post: Post
    author: User
    case: Case | None = None
    second: int | None = None
    reverts: Decision | None = None


def _write(about: _About, grounds: Grounds, effect: Effect, *, by: Viewer) -> Decision:
    """The decision with its line in the log."""
    act, post, case, reverts = about.act, about.post, about.case, about.reverts
    rule = session().get(Rule, grounds.rule_number) if grounds.rule_number else None
    about_account = act in (*SANCTIONS, "lift")
    source = case.kind if case is not None else "own"
    entry = log.append(
        LogEntry(
            at=clock.now(),
            act=act,
            actor_id=by.id,
            with_second=about.second is not None,
            post_id=None if about_account else post.id,
            film_id=None if about_account else post.film_id,
            label=AN_ACCOUNT if about_account else effect.label,
            rule_number=rule.number if rule else None,
            rule_version=rule.version if rule else None,
            reasons=grounds.reasons,
            source=source,
            until=grounds.until if act == "suspend" else None,
            child_count=len(effect.moved) if act == "ban_and_remove" else 0,
            reverts_seq=reverts.log_seq if reverts else None,
        ),
        grounds.note,
    )
    decision = Decision(
        case_id=case.id if case else None,
        act=act,
        user_id=about.author.id,
        post_id=post.id,
        rule_number=entry.rule_number,
        rule_version=entry.rule_version,
        reasons=grounds.reasons,
        note=grounds.note,
        source=source,
        until=entry.until,
        by_id=by.id,
        second_by_id=about.second,
        reverts_id=reverts.id if reverts else None,
        log_seq=entry.seq,
        at=entry.at,
    )
    session().add(decision)
    session().flush()
    for moved in effect.moved:
        moved.decision_id = decision.id
        session().add(moved)
    _mark(effect, entry)
    return decision


def _mark(effect: Effect, entry: LogEntry) -> None:
    """Let tombstones name the rule and the line of the log; posts that stand lose that mark."""
    ids = [moved.post_id for moved in effect.moved]
    if ids:
        session().execute(
            update(Post)
            .where(Post.id.in_(ids), Post.state.in_(("removed", "hidden")))
            .values(removed_under=entry.rule_number, log_seq=entry.seq),
            execution_options={"synchronize_session": False},
        )


def _close(case: Case, act: str, by: Viewer) -> None:
    now = clock.now()
    upholds = ACTS[act].upholds
    case.closed_at, case.closed_by_id = now, by.id
    case.outcome = "approved" if act == "approve" else "upheld" if upholds else "declined"
    case.claimed_by_id = case.claimed_until = case.purge_by_id = None
    case.version += 1
    session().execute(
        update(Report)
        .where(Report.case_id == case.id, Report.state == "open")
        .values(state="upheld" if upholds else "declined", decided_at=now),
        execution_options={"synchronize_session": False},
    )


def _announce(decision: Decision, case: Case | None, by: Viewer) -> None:
    """The event that notices follow from."""
    kind = ACTS[decision.act].event
    if decision.act == "approve" and case is not None and case.kind == "edit":
        kind = Kind.REVISION_APPROVED
    events.record(
        kind,
        by=by,
        user_id=decision.user_id,
        post_id=decision.post_id,
        codes={"decision": decision.id, "case": case.id if case else None},
    )
