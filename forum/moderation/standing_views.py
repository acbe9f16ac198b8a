"""What is held against one, with reasons; and undoing a decision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, redirect, render_template
from markupsafe import Markup

from forum.accounts.models import User
from forum.accounts.sessions import viewer
from forum.accounts.trust import trust_word
from forum.accounts.viewers import Fan
from forum.films.models import Film
from forum.lib import markup
from forum.lib.addresses import url_for
from forum.lib.answers import onward
from forum.lib.database import session, unit_of_work
from forum.lib.language import gettext as _
from forum.lib.markup import render
from forum.moderation import cards, decisions, queries
from forum.moderation.acts import ABOUT_ACCOUNTS, ACTS
from forum.moderation.case_page import can_undo
from forum.moderation.decisions import Grounds, GroundsMissing
from forum.moderation.effects import NotPossible
from forum.moderation.forms import ReversalForm
from forum.moderation.log_views import how_words
from forum.moderation.models import Decision, Report, RuleVersion
from forum.moderation.views import blueprint
from forum.permissions import can_read_statement, can_see_queue, require
from forum.theories import cards as post_cards
from forum.theories.models import IllegalMove, Post
from forum.theories.writing import scopes_in


@dataclass(frozen=True, slots=True)
class CitedRule:
    """A rule as it stood when it was cited."""

    number: int
    title: str
    version: int


@dataclass(frozen=True, slots=True)
class OwnText:
    """What the author had written, and who can read it."""

    heading: str
    who: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Redress:
    """Whom to ask against a restriction; `url` is None where the contact is no address."""

    contact: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """The reasons for a decision, as whoever it concerns reads them."""

    crumbs: list[tuple[str, str, bool]]
    heading: str
    act: str
    at: datetime
    until: datetime | None
    post_label: str | None
    post_url: str | None
    texts: list[OwnText]
    rule: CitedRule | None
    reasons: str
    how: str
    automation: str
    redress: Redress | None
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
    return render_template(
        "moderation/standing.html",
        section="settings",
        lines=[_line(row) for row in queries.decisions_told(person.id)],
        trust_label=_("trusted member") if person.trust == "trusted" else trust_word(person.trust),
        reports=[_outcome(*row) for row in queries.reports_by(person.id)],
    )


@blueprint.get("/standing/decisions/<int:decision_id>")
def statement(decision_id: int) -> Any:
    """The statement of reasons of one decision: for whom it concerns, and for moderators."""
    return _statement_page(_found(decision_id), ReversalForm(formdata=None), "", 200)


@blueprint.post("/moderation/decisions/<int:decision_id>/reversal")
def reverse(decision_id: int) -> Any:
    """Undo a decision by one act."""
    require(can_see_queue(viewer()))
    decision = _found(decision_id)
    form = ReversalForm()
    if not form.validate():
        return _statement_page(decision, form, "", 422)
    grounds = Grounds(reasons=(form.reasons.data or "").strip() or _("The decision was wrong."))
    try:
        with unit_of_work():
            decisions.reverse(decision, grounds, by=viewer())
    except GroundsMissing as problem:
        return _statement_page(decision, form, str(problem), 409)
    except NotPossible as problem:
        return _statement_page(decision, form, str(problem), 409)
    except IllegalMove:
        text = _("It can’t be undone as things stand now: something was decided or changed since.")
        return _statement_page(decision, form, text, 409)
    return onward(url_for("moderation.statement", decision_id=decision_id), said="undone")


def _found(decision_id: int) -> Decision:
    decision, film_id = queries.decision_and_film(decision_id)
    require(can_read_statement(viewer(), decision, film_id))
    assert decision is not None  # an absent one is nobody's to read
    return decision


def _line(row: Any) -> StandingLine:
    decision, _by, post, above, film = row
    sentence = cards.done(decision.act)
    if post is not None and decision.act not in ABOUT_ACCOUNTS:
        name = cards.safe_name(post, above, film, own=True)
        sentence = _("%(act)s: %(what)s") % {"act": sentence, "what": name}
    return StandingLine(
        at=decision.at,
        sentence=sentence,
        url=url_for("moderation.statement", decision_id=decision.id),
        undone=decision.reverted_by_id is not None,
    )


def _statement_page(decision: Decision, form: ReversalForm, problem: str, status: int) -> Any:
    # What was typed may have rolled the transaction back: the decision is read as it stands now.
    row = queries.decision_row(decision.id)
    page = render_template(
        "moderation/statement.html",
        section="settings" if decision.user_id == viewer().id else "queue",
        statement=_statement(*row),
        form=form,
        problem=problem,
    )
    return page, status


def _statement(
    decision: Decision, author: User, post: Post, above: Post | None, film: Film
) -> Statement:
    mine = decision.user_id == viewer().id
    about_account = decision.act in ABOUT_ACCOUNTS
    name = cards.capital(cards.safe_name(post, above, film, own=mine))
    act = name
    if about_account:
        act = _("Your account") if mine else _("The account of %(name)s") % {"name": author.name}
    cited = None
    if decision.rule_number and decision.rule_version:
        rule = session().get_one(RuleVersion, (decision.rule_number, decision.rule_version))
        cited = CitedRule(rule.number, rule.title, rule.version)
    undo = None
    if not mine and can_undo(decision, post, author, viewer()):
        undo = url_for("moderation.reverse", decision_id=decision.id)
    return Statement(
        crumbs=_crumbs(decision, mine=mine),
        heading=cards.done(decision.act),
        act=act,
        at=decision.at,
        until=decision.until,
        post_label=name,
        post_url=post_cards.permalink(post) if post.state != "purged" else None,
        texts=_own_texts(decision, post) if mine else [],
        rule=cited,
        reasons=decision.reasons or _("Nothing stood against it."),
        how=how_words(decision.source).capitalize() + ".",
        automation=_("A person decided this; nothing was decided by a machine."),
        redress=_redress() if mine and _restricts(decision) else None,
        log_url=url_for(
            "moderation.log", entry=decision.log_seq, _anchor=f"entry-{decision.log_seq}"
        ),
        undone=_("This was undone.") if decision.reverted_by_id is not None else None,
        undo_action=undo,
    )


def _crumbs(decision: Decision, *, mine: bool) -> list[tuple[str, str, bool]]:
    """Where the statement stands: for whom it concerns, and for moderators, who work the queue."""
    if mine:
        return [(_("Your standing"), url_for("moderation.standing"), False)]
    queue = (_("Queue"), url_for("moderation.queue"), False)
    if decision.case_id is None:
        return [queue]
    return [queue, (_("The case"), url_for("moderation.case", case_id=decision.case_id), False)]


def _restricts(decision: Decision) -> bool:
    """Whether somebody may want to object: it took something from them, and does so still."""
    return bool(ACTS[decision.act].upholds) and decision.reverted_by_id is None


def _redress() -> Redress:
    contact: str = current_app.config["FOYER"].contact
    url = None
    if contact.startswith(("https://", "http://")):
        url = contact
    elif "@" in contact and " " not in contact:
        url = f"mailto:{contact}"
    return Redress(contact or _("whoever runs this place"), url)


def _own_texts(decision: Decision, post: Post) -> list[OwnText]:
    """What the author gets back, or is told about: the post, and the changes that went with it."""
    if decision.act in ("purge", "lift"):
        return []
    changes = _own_changes(decision)
    if post.state == "purged" or (decision.act == "refuse" and changes):
        return changes
    readers = {
        "published": _("as it stands for everybody"),
        "withdrawn": _("you withdrew it: only you can read it"),
    }
    who = readers.get(post.state, _("only you and the moderators can read it"))
    return [OwnText(_("Your text"), who, markup.reveal(post.html, viewer().seen)), *changes]


def _own_changes(decision: Decision) -> list[OwnText]:
    """The changes that a decision refused, or removed with their posts."""
    rows = queries.refused_by(decision)
    scopes = scopes_in(*(change.body for change, *_post in rows))
    texts = []
    for change, post, above, film in rows:
        html: str = render(change.body, scopes).html
        if change.title:
            html = markup.headed(change.title, html)
        heading = _("Your text")
        who = _("the change that was refused: only you can read it")
        if decision.act != "refuse":
            name = {"what": cards.safe_name(post, above, film, own=True)}
            heading = _("Your change of %(what)s") % name
            who = _("it waited, and was removed with the rest: only you can read it")
        texts.append(OwnText(heading, who, markup.reveal(html, viewer().seen)))
    return texts


def _outcome(report: Report, post: Post, above: Post | None, film: Film) -> ReportOutcome:
    outcomes = {
        "open": _("A moderator will look at it."),
        "upheld": _("You were right: the moderators acted on it."),
        "declined": _("The moderators looked at it, and it stands."),
        "moot": _("Its author took it down."),
    }
    return ReportOutcome(
        at=report.created_at,
        label=cards.capital(cards.safe_name(post, above, film)),
        outcome=outcomes[report.state],
        url=post_cards.permalink(post) if post.state in ("published", "hidden") else None,
    )
