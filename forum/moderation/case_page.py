"""One case as a moderator sees it, put together from its parts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.accounts.models import User
from forum.accounts.viewers import Fan, Guest
from forum.lib import clock, diff
from forum.lib.addresses import url_for
from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.moderation import cards, narrowed, queries
from forum.moderation.acts import ABOUT_ACCOUNTS, ACTS, Act, possible
from forum.moderation.cards import AuthorLine, HistoryLine, ReportLine
from forum.moderation.case_text import CasePost, case_post, opening_of, pending_diff
from forum.moderation.forms import DecisionForm, NoteForm
from forum.moderation.models import Case, Decision, Rule
from forum.moderation.queries import Facts
from forum.moderation.queue_queries import QUEUE
from forum.moderation.reasons import suggestion
from forum.moderation.situations import is_purge_proposed, situation_of
from forum.permissions import Viewer, can_review, can_sanction
from forum.theories.models import Post


@dataclass(frozen=True, slots=True)
class Button:
    """An act as a button of the form; `main` is the likeliest, `rare` stands under "more"."""

    value: str
    label: str
    key: str | None
    main: bool
    rare: bool
    hint: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Who works on a case."""

    mine: bool
    holder: str | None
    until: datetime | None
    claim_action: str
    release_action: str


@dataclass(frozen=True, slots=True)
class Second:
    """A purge that waits for another moderator; `hide_action` is None where the text is out of
    sight already."""

    sentence: str
    rule_number: int | None
    rule: str
    reasons: str
    note: str
    version: int
    confirm_action: str
    refuse_action: str
    hide_action: str | None
    mine: bool


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note of a moderator."""

    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """What was decided in a case; `undo_action` is None where it can't be undone."""

    line: HistoryLine
    rule_number: int | None
    reasons: str
    undo_action: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a decision was not made.

    Attributes:
        pressed: the act that was tried.
        text: what is the matter, and what to do; "" where the form says it.
        typed: what was written, where no form is left to hold it: (label, text).
    """

    pressed: str = ""
    text: str = ""
    typed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything that a moderator needs to decide a case; `cursor` is its place in the queue."""

    id: int
    is_open: bool
    version: int
    heading: str
    what: str
    score: int | None
    reports_sentence: str
    post: CasePost
    pending: list[diff.Line] | None
    reports: list[ReportLine]
    author: AuthorLine
    history: list[HistoryLine]
    notes: list[NoteLine]
    note_form: NoteForm
    note_action: str
    claim: Claim | None
    form: DecisionForm
    acts: list[Button]
    why_not: str
    decide_action: str
    problem: Problem
    second: Second | None
    made: list[Made]
    discard_action: str | None
    queue_url: str
    cursor: str


def case_page(
    case: Case,
    viewer: Fan | Guest,
    form: DecisionForm | None = None,
    problem: Problem = Problem(),  # it is frozen
    note_form: NoteForm | None = None,
) -> CasePage:
    """`case` for `viewer`, a moderator; `form` holds what was typed, else what is suggested."""
    facts = queries.facts_of(case, viewer.id)
    post, author, pending = facts.post, facts.author, facts.pending
    opening = opening_of(facts, viewer)
    reports = queries.reports_of(case.id)
    read = {report.post_version for report, *_rest in reports if report.post_version}
    decisions = queries.decisions_about(author.id, viewer)
    acts = _acts(case, facts, viewer)
    return CasePage(
        id=case.id,
        is_open=case.closed_at is None,
        version=case.version,
        heading=cards.heading(post, facts.above, facts.film),
        what=cards.what(case, post),
        score=round(case.score) if case.report_count else None,
        reports_sentence=cards.reports_sentence(case.report_count),
        post=case_post(case, facts, viewer, opening, read),
        pending=pending_diff(post, pending, opening) if opening.opened and pending else None,
        reports=[cards.report_line(line, viewer, opened=opening.opened) for line in reports],
        author=cards.author_line(author, decisions),
        history=[cards.history_line(line) for line in decisions],
        notes=_notes(author, viewer),
        note_form=note_form or NoteForm(prefix="note-"),
        note_action=narrowed.url("moderation.add_note", case_id=case.id),
        claim=_claim(case, viewer),
        form=form or _suggested(case, post, reports),
        acts=acts,
        why_not="" if case.closed_at else can_review(viewer, post, author).reason,
        decide_action=narrowed.url("moderation.decide", case_id=case.id),
        problem=problem,
        second=_second(case, post, viewer) if can_review(viewer, post, author) else None,
        made=_made(case, author, viewer, acts),
        discard_action=narrowed.url("moderation.discard", case_id=case.id)
        if case.kind == "own" and not case.report_count and not case.closed_at
        else None,
        queue_url=narrowed.url("moderation.queue"),
        cursor=QUEUE.cursor(case),
    )


def _notes(author: User, viewer: Viewer) -> list[NoteLine]:
    found = queries.notes_about(author.id, viewer)
    return [NoteLine(by.name, note.at, note.text) for note, by in found]


def _suggested(case: Case, post: Post, reports: list[Any]) -> DecisionForm:
    """The form with what is suggested for a case with these `reports`."""
    data = suggestion(case, reports) | {"safe_title": post.safe_title}
    return DecisionForm(queries.rules(), formdata=None, data=data)


def _acts(case: Case, facts: Facts, viewer: Fan | Guest) -> list[Button]:
    if case.closed_at is not None:
        return []
    pending = facts.pending is not None
    acts = possible(situation_of(facts.post, facts.author, pending=pending, by=viewer))
    keys: set[str | None] = set()
    buttons: list[Button] = []
    for act in acts:  # of two acts with one key, the likelier has it
        buttons.append(_button(act, None if act.key in keys else act.key, main=not buttons))
        keys.add(act.key)
    return buttons


def _button(act: Act, key: str | None, *, main: bool) -> Button:
    hints = {
        "purge": _("Erases the text itself; a second moderator confirms."),
        "ban_and_remove": _("For a spammer’s new account: everything goes in one act."),
        "suspend": _("They can read until then."),
        "ban": _("They can read. Their sessions end."),
        "retitle": _("The only words of others that a moderator changes."),
    }
    return Button(
        act.name, act.label, key, main, not main and act.key is None, hints.get(act.name, "")
    )


def _claim(case: Case, viewer: Fan | Guest) -> Claim | None:
    if case.closed_at is not None:
        return None
    until = cards.lease_of(case, clock.now())
    holder = session().get(User, case.claimed_by_id) if until else None
    mine = until is not None and case.claimed_by_id == viewer.id
    return Claim(
        mine=mine,
        holder=holder.name if holder and not mine else None,
        until=until,
        claim_action=narrowed.url("moderation.claim", case_id=case.id),
        release_action=narrowed.url("moderation.release", case_id=case.id),
    )


def _second(case: Case, post: Post, viewer: Fan | Guest) -> Second | None:
    if case.closed_at is not None or not is_purge_proposed(case):
        return None
    proposer = session().get_one(User, case.purge_by_id)
    rule = session().get(Rule, case.purge_rule) if case.purge_rule else None
    return Second(
        sentence=_("%(name)s proposes to purge this.") % {"name": proposer.name},
        rule_number=case.purge_rule,
        rule=f"{rule.number}. {rule.title}" if rule is not None else "",
        reasons=case.purge_reasons or "",
        note=case.purge_note or "",
        version=case.version,
        confirm_action=narrowed.url("moderation.confirm_purge", case_id=case.id),
        refuse_action=narrowed.url("moderation.refuse_purge", case_id=case.id),
        hide_action=narrowed.url("moderation.decide", case_id=case.id)
        if post.state == "published"
        else None,
        mine=case.purge_by_id == viewer.id,
    )


def _made(case: Case, author: User, viewer: Fan | Guest, acts: list[Button]) -> list[Made]:
    """What was decided in this case, each with the way to undo it: where a button of the form does
    the same, that one."""
    found = []
    restores = any(button.value == "restore" for button in acts)
    for row in queries.decisions_in_case(case.id):
        decision, _by, post, *_rest = row
        undoing = can_undo(decision, post, author, viewer) and not (
            restores and ACTS[decision.act].reversal == "restore"
        )
        found.append(
            Made(
                line=cards.history_line(row),
                rule_number=decision.rule_number,
                reasons=decision.reasons,
                undo_action=url_for("moderation.reverse", decision_id=decision.id)
                if undoing
                else None,
            )
        )
    return found


def can_undo(decision: Decision, post: Post, author: User, viewer: Fan | Guest) -> bool:
    """Whether `viewer` is offered to undo `decision`, about `post` by `author`."""
    if ACTS[decision.act].reversal is None or decision.reverted_by_id is not None:
        return False
    if decision.act in ABOUT_ACCOUNTS:
        return bool(can_sanction(viewer, author))
    return post.state != "purged" and bool(can_review(viewer, post, author))
