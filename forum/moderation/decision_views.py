"""Deciding a case: what is sent, and what is said to whoever was slower or left something out."""

from datetime import timedelta
from typing import Any

from flask import Response, abort, request

from forum.accounts.sessions import viewer
from forum.lib import clock
from forum.lib.answers import onward, signed
from forum.lib.database import unit_of_work
from forum.lib.fields import number_in
from forum.lib.language import gettext as _
from forum.moderation import decisions, narrowed, queries, queue_queries, reasons
from forum.moderation.acts import ACTS
from forum.moderation.case_page import Problem, case_page
from forum.moderation.case_views import back_to_case, conflict, fresh, still_open
from forum.moderation.decisions import Grounds, GroundsMissing, Handled
from forum.moderation.effects import NotPossible, moved_by
from forum.moderation.forms import DecisionForm
from forum.moderation.models import Case, Decision
from forum.moderation.queue_page import queue_page
from forum.moderation.views import blueprint, found_case, pending_words
from forum.theories.models import IllegalMove


@blueprint.post("/moderation/cases/<int:case_id>/decision")
def decide(case_id: int) -> Any:
    """Decide a case; whoever is slower gets a 409 that says who was faster."""
    found = found_case(case_id)
    form = DecisionForm(queries.rules())
    if "ready" in request.form:
        reasons.take(form, number_in(request.form["ready"]))
        return still_open(found.id, form)
    act = request.form.get("act", "")
    if act not in ACTS:
        abort(400)
    is_outdated = found.closed_at is not None or form.seen_version() != found.version
    # Who was slower learns that first: what they left out doesn't matter any more.
    if not (form.validate() and form.fits(act)) and not is_outdated:
        return queue_page(case_page(found, viewer(), form, Problem(act)), 422)
    return _decided(found, act, form, form.seen_version())


@blueprint.post("/moderation/cases/<int:case_id>/purge")
def confirm_purge(case_id: int) -> Any:
    """The second moderator says yes to a purge."""
    found = found_case(case_id)
    if found.purge_by_id is None:  # somebody else was faster
        return conflict(found, Handled(found.closed_by_id, found.closed_at), None)
    proposed = {"rule": str(found.purge_rule), "reasons": found.purge_reasons}
    form = DecisionForm(queries.rules(), formdata=None, data=proposed)
    return _decided(found, "purge", form, number_in(request.form.get("version")))


@blueprint.post("/moderation/cases/<int:case_id>/purge/refusal")
def refuse_purge(case_id: int) -> Any:
    """The second moderator says no to a purge."""
    found = found_case(case_id)
    if found.purge_by_id is None:
        return conflict(found, Handled(found.closed_by_id, found.closed_at), None)
    version = number_in(request.form.get("version"))
    try:
        with unit_of_work():
            decisions.refuse_purge(found, version, by=viewer())
    except Handled as handled:
        return conflict(found, handled, None)
    return back_to_case(case_id, "purge-refused")


def _decided(found: Case, act: str, form: DecisionForm, version: int) -> Any:
    pending = pending_words(found.post_id) if act == "approve" else None
    place = queue_queries.QUEUE.cursor(found)
    try:
        with unit_of_work():
            decision = decisions.decide(
                found, act, _grounds(act, form), version, by=viewer(), pending=pending
            )
    except Handled as handled:
        return conflict(found, handled, form)
    except (GroundsMissing, IllegalMove) as problem:
        text = str(problem)
        if isinstance(problem, IllegalMove) and not isinstance(problem, NotPossible):
            text = _("That can’t be done as it stands now. Look at it again.")
        return queue_page(case_page(fresh(found.id), viewer(), form, Problem(act, text)), 422)
    if decision is None:
        return back_to_case(found.id, "purge-proposed")
    return _onward(found, decision, place)


def _onward(found: Case, decision: Decision, place: str) -> Response:
    """To the next case, with a notice that leads to undoing this one; back to this one where
    something of it still has to be decided."""
    said = f"decided-{decision.act}"
    if ACTS[decision.act].reversal is not None:
        moved = f".{len(moved_by(decision))}" if decision.act == "ban_and_remove" else ""
        said = signed(f"{said}.{decision.id}{moved}")
    if decision.act != "hide" and fresh(found.id).closed_at is None:
        return back_to_case(found.id, said)
    return onward(_next_case(place) or narrowed.url("moderation.queue"), said=said)


def _grounds(act: str, form: DecisionForm) -> Grounds:
    """What counts of the form: the rule, and reasons that were only suggested, are for acts that
    find somebody in the wrong; nobody else is told that they broke a rule."""
    days, text = form.days.data, (form.reasons.data or "").strip()
    needed = ACTS[act].needs_grounds
    if not needed and text in reasons.READY:
        text = ""
    return Grounds(
        rule_number=number_in(form.rule.data) or None if needed else None,
        reasons=text,
        note=(form.note.data or "").strip(),
        until=clock.now() + timedelta(days=days) if days and act == "suspend" else None,
        safe_title=form.safe_title.data or "",
    )


def _next_case(place: str) -> str | None:
    """The address of the case that still waits after a `place` in the queue: a moderator goes on
    there."""
    rows = queue_queries.queue(viewer(), narrowed.kind(), narrowed.film_id(), place)
    return narrowed.url("moderation.case", case_id=rows.items[0].id) if rows.items else None
