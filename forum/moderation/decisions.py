"""What moderators decide: one transaction moves the post, settles the case and writes the log."""

from dataclasses import replace
from datetime import datetime

from forum import events
from forum.events import Kind
from forum.lib.language import gettext as _
from forum.moderation.acts import ABOUT_ACCOUNTS, ACTS, LEAVES, Grounds, Situation, possible
from forum.moderation.effects import NotPossible, perform, undo
from forum.moderation.models import Case, Decision
from forum.moderation.opening import drop_purge, lock_author, lock_case, lock_decided
from forum.moderation.records import About, announce, write
from forum.moderation.settling import resettle, settle
from forum.moderation.situations import has_pending, is_purge_proposed, situation_of
from forum.permissions import Viewer, can_review, can_sanction, require
from forum.theories.models import Post
from forum.theories.writing import Words

__all__ = ["Grounds", "GroundsMissing", "Handled", "decide", "refuse_purge", "reverse"]


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
    """Decide `case`; it stays open where its post is out of sight, or a change of it waits still.

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
        NotPossible: the act makes no sense as things stand.
        GroundsMissing: rule, reasons or end are missing.
    """
    author = lock_author(case, by)
    case, post = lock_case(case, by=by, everything=act == "ban_and_remove")
    require(can_review(by, post, author, leaves=act in LEAVES))
    if act in ABOUT_ACCOUNTS:
        require(can_sanction(by, author))
    if case.closed_at is not None or case.version != version:
        raise Handled(case.closed_by_id, case.closed_at)
    _check(act, grounds, situation_of(post, author, by=by), post)
    if act == "purge" and (case.purge_by_id == by.id or not is_purge_proposed(case)):
        _propose_purge(case, grounds, by)
        return None
    if act == "purge":
        grounds = replace(grounds, note=_joined(case.purge_note, grounds.note))
    is_change = _is_change(act, post)
    source = "edit" if is_change else case.kind
    second = case.purge_by_id if act == "purge" else None
    effect = perform(act, post, author, grounds, by=by, pending=pending)
    about = About(act, post, author, source, case, second)
    decision = write(about, grounds, effect, by=by)
    settle(case, decision, effect, is_change=is_change)
    if act == "restore":
        resettle(decision, effect)
    announce(decision, is_change=is_change, by=by)
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
    drop_purge(case)
    case.version += 1
    events.record(Kind.PURGE_REFUSED, by=by, post_id=post.id, codes={"case": case.id})


def reverse(decision: Decision, grounds: Grounds, *, by: Viewer) -> Decision | None:
    """Undo `decision` by one act; doing it twice does nothing.

    What it took down goes back to where it was: what nobody had seen waits again.

    Returns:
        The decision that undoes it; None if it was undone before.

    Raises:
        Refused: `by` may not; see `can_review` and `can_sanction`.
        NotPossible: another decision is in force by now.
        GroundsMissing: this act can't be undone.
    """
    author = lock_author(decision, by)
    post = lock_decided(decision)
    require(
        can_sanction(by, author) if decision.act in ABOUT_ACCOUNTS else can_review(by, post, author)
    )
    act = ACTS[decision.act].reversal
    if act is None:
        raise GroundsMissing(_("This act can’t be undone."))
    if decision.reverted_by_id is not None:
        return None
    effect = undo(decision, post, author, by=by)
    undoing = write(About(act, post, author), grounds, effect, by=by)
    resettle(undoing, effect)
    announce(undoing, is_change=False, by=by)
    return undoing


def _check(act: str, grounds: Grounds, now: Situation, post: Post) -> None:
    sensible = possible(now)
    if act not in {one.name for one in sensible}:
        labels = ", ".join(one.label for one in sensible)
        raise NotPossible(_("As it stands now, this can be done: %(acts)s.") % {"acts": labels})
    if ACTS[act].needs_grounds and not (grounds.rule_number and grounds.reasons.strip()):
        raise GroundsMissing(_("Name the rule, and give the author your reasons."))
    if act == "suspend" and grounds.until is None:
        raise GroundsMissing(_("Say for how many days."))
    if act == "retitle" and not grounds.safe_title:
        raise GroundsMissing(_("Write the new safe title."))
    if act == "retitle" and grounds.safe_title == post.safe_title:
        raise GroundsMissing(_("It has this safe title already. Write another."))


def _propose_purge(case: Case, grounds: Grounds, by: Viewer) -> None:
    if not is_purge_proposed(case):
        case.purge_by_id = by.id
        case.purge_rule, case.purge_reasons = grounds.rule_number, grounds.reasons
        case.purge_note = grounds.note
        case.version += 1
        events.record(Kind.PURGE_PROPOSED, by=by, post_id=case.post_id, codes={"case": case.id})


def _is_change(act: str, post: Post) -> bool:
    """Whether an act is about the change of `post` that waits, and not about `post`."""
    return act == "refuse" or (act == "approve" and post.state != "held" and has_pending(post))


def _joined(*notes: str | None) -> str:
    """What two moderators noted, the first one first."""
    return "\n".join(filter(None, notes))
