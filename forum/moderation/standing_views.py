"""What is held against one, with reasons; and undoing a decision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, current_app, redirect, render_template, request
from markupsafe import Markup

from forum.accounts.sessions import viewer
from forum.accounts.viewers import Fan
from forum.lib import markup
from forum.lib.addresses import url_for
from forum.lib.answers import onward
from forum.lib.database import session, unit_of_work
from forum.lib.language import gettext as _
from forum.moderation import cards, decisions, queries
from forum.moderation.acts import ACTS
from forum.moderation.decisions import Grounds, GroundsMissing
from forum.moderation.log_views import how_words
from forum.moderation.models import REASONS_LENGTH, Decision, RuleVersion
from forum.moderation.views import blueprint
from forum.permissions import can_read_statement, can_see_queue, require
from forum.theories import cards as post_cards
from forum.theories.models import IllegalMove, Post


@dataclass(frozen=True, slots=True)
class CitedRule:
    """A rule as it stood when it was cited."""

    number: int
    title: str
    version: int


@dataclass(frozen=True, slots=True)
class Statement:
    """The reasons for a decision, as whoever it concerns reads them."""

    heading: str
    act: str
    at: datetime
    until: datetime | None
    post_label: str | None
    post_url: str | None
    html: Markup | None
    rule: CitedRule | None
    reasons: str
    how: str
    automation: str
    redress: str
    log_url: str
    undone: str | None
    undo_action: str | None


@dataclass(frozen=True, slots=True)
class StandingLine:
    """A decision in the list of all about oneself."""

    at: datetime
    sentence: str
    url: str
    undone: bool


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """What came of a report of one's own."""

    at: datetime
    label: str
    outcome: str
    url: str | None


@blueprint.get("/standing")
def standing() -> Any:
    """What was decided about oneself, and what came of one's reports."""
    person = viewer()
    if not isinstance(person, Fan):
        return redirect(url_for("accounts.login", next=url_for("moderation.standing")), 303)
    levels = {"newcomer": _("newcomer"), "member": _("member"), "trusted": _("trusted member")}
    return render_template(
        "moderation/standing.html",
        section="settings",
        lines=[_line(decision) for decision, _by in queries.decisions_about(person.id, 100)],
        trust_label=levels[person.trust],
        reports=[_outcome(*row) for row in queries.reports_by(person.id)],
    )


@blueprint.get("/standing/decisions/<int:decision_id>")
def statement(decision_id: int) -> Any:
    """The statement of reasons of one decision: for whom it concerns, and for moderators."""
    decision = _found(decision_id)
    return render_template(
        "moderation/statement.html", section="settings", statement=_statement(decision)
    )


@blueprint.post("/moderation/decisions/<int:decision_id>/reversal")
def reverse(decision_id: int) -> Any:
    """Undo a decision by one act."""
    require(can_see_queue(viewer()))
    decision = _found(decision_id)
    reasons = request.form.get("reasons", "").strip()[:REASONS_LENGTH]
    try:
        with unit_of_work():
            decisions.reverse(
                decision, Grounds(reasons=reasons or _("The decision was wrong.")), by=viewer()
            )
    except (GroundsMissing, IllegalMove):
        abort(409)
    return onward(url_for("moderation.statement", decision_id=decision_id), said="undone")


def _found(decision_id: int) -> Decision:
    decision = queries.decision_with_id(decision_id)
    require(can_read_statement(viewer(), decision))
    assert decision is not None  # an absent one is nobody's to read
    return decision


def _line(decision: Decision) -> StandingLine:
    return StandingLine(
        at=decision.at,
        sentence=_sentence(decision),
        url=url_for("moderation.statement", decision_id=decision.id),
        undone=decision.reverted_by_id is not None,
    )


def _sentence(decision: Decision) -> str:
    act = ACTS[decision.act].done
    if decision.post_id is None or decision.act in ("suspend", "ban", "ban_and_remove", "lift"):
        return act
    post = session().get_one(Post, decision.post_id)
    return f"{act}: {_label(post)}"


def _label(post: Post) -> str:
    """A post's safe title; a reply as such."""
    return _("“%(title)s”") % {"title": post.safe_title} if post.safe_title else _("a reply")


def _statement(decision: Decision) -> Statement:
    post = session().get(Post, decision.post_id) if decision.post_id else None
    mine = decision.user_id == viewer().id
    shows_text = post is not None and mine and decision.act not in ("purge", "lift")
    cited = None
    if decision.rule_number and decision.rule_version:
        rule = session().get_one(RuleVersion, (decision.rule_number, decision.rule_version))
        cited = CitedRule(rule.number, rule.title, rule.version)
    contact = current_app.config["FOYER"].contact
    can_undo = (
        ACTS[decision.act].reversal is not None
        and decision.reverted_by_id is None
        and bool(can_see_queue(viewer()))
        and not mine
    )
    return Statement(
        heading=ACTS[decision.act].done,
        act=_label(post) if post is not None else _("Your account"),
        at=decision.at,
        until=decision.until,
        post_label=_label(post) if post is not None else None,
        post_url=post_cards.permalink(post)
        if post is not None and post.state != "purged"
        else None,
        html=markup.reveal(post.html, viewer().seen) if shows_text and post is not None else None,
        rule=cited,
        reasons=decision.reasons or _("Nothing stood against it."),
        how=how_words(decision.source).capitalize() + ".",
        automation=_("A person decided this; nothing was decided by a machine."),
        redress=_("If you think that it is wrong, ask %(contact)s.")
        % {"contact": contact or _("whoever runs this place")},
        log_url=url_for(
            "moderation.log", entry=decision.log_seq, _anchor=f"entry-{decision.log_seq}"
        ),
        undone=_("This was undone.") if decision.reverted_by_id is not None else None,
        undo_action=url_for("moderation.reverse", decision_id=decision.id) if can_undo else None,
    )


def _outcome(report: Any, case: Any, post: Post, above: Post | None) -> ReportOutcome:
    outcomes = {
        "open": _("A moderator will look at it."),
        "upheld": _("You were right: the moderators acted on it."),
        "declined": _("The moderators looked at it, and it stands."),
        "moot": _("Its author took it down."),
    }
    return ReportOutcome(
        at=report.created_at,
        label=cards.safe_name(post, above),
        outcome=outcomes[report.state],
        url=post_cards.permalink(post) if post.state in ("published", "hidden") else None,
    )
