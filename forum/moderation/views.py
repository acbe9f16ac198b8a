"""The queue, and a case: looked at, claimed, noted, decided."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, request

from forum.accounts.models import User
from forum.accounts.sessions import viewer
from forum.lib import clock
from forum.lib.addresses import url_for
from forum.lib.answers import onward
from forum.lib.database import session, unit_of_work
from forum.lib.language import gettext as _
from forum.lib.language import ngettext
from forum.moderation import cases, decisions, queries
from forum.moderation.acts import ACTS
from forum.moderation.case_page import case_page, suggestion
from forum.moderation.decisions import Grounds, GroundsMissing, Handled
from forum.moderation.forms import DecisionForm, NoteForm
from forum.moderation.models import Case
from forum.moderation.queue_page import queue_page
from forum.permissions import can_see_case, can_see_queue, require
from forum.theories.finding import found_or_404
from forum.theories.models import IllegalMove, Post
from forum.theories.writing import Words, words

blueprint = Blueprint("moderation", __name__)


@blueprint.get("/moderation/queue")
def queue() -> Any:
    """Everything that waits, the weightiest first."""
    require(can_see_queue(viewer()))
    return queue_page(None, 200)


@blueprint.get("/moderation/cases/<int:case_id>")
def case(case_id: int) -> Any:
    """One case beside the queue."""
    found = _found(case_id)
    form = DecisionForm(queries.rules(), formdata=None, data=suggestion(found))
    return queue_page(case_page(found, viewer(), form), 200)


@blueprint.post("/posts/<int:post_id>/cases")
def open_case(post_id: int) -> Response:
    """Open a case on a moderator's own initiative, or go to the open one."""
    require(can_see_queue(viewer()))
    post = found_or_404(post_id, viewer())
    with unit_of_work():
        opened = cases.open_case(post, by=viewer())
    return onward(url_for("moderation.case", case_id=opened.id))


@blueprint.post("/moderation/cases/<int:case_id>/claim")
def claim(case_id: int) -> Response:
    """Hold a case for 30 minutes."""
    found = _found(case_id)
    author = _author(found)
    with unit_of_work():
        cases.claim(found, author, by=viewer())
    return _back(case_id, "claimed")


@blueprint.post("/moderation/cases/<int:case_id>/release")
def release(case_id: int) -> Response:
    """Let a case go."""
    found = _found(case_id)
    author = _author(found)
    with unit_of_work():
        cases.release(found, author, by=viewer())
    return _back(case_id, "released")


@blueprint.post("/moderation/cases/<int:case_id>/opening")
def unseal(case_id: int) -> Response:
    """Open a case's text, knowing that one hasn't seen the film."""
    found = _found(case_id)
    author = _author(found)
    with unit_of_work():
        cases.unseal(found, author, by=viewer())
    return _back(case_id, "unsealed")


@blueprint.post("/moderation/cases/<int:case_id>/notes")
def add_note(case_id: int) -> Any:
    """Keep a note for the other moderators."""
    found = _found(case_id)
    form = NoteForm(prefix="note-")
    if not form.validate():
        decision = DecisionForm(queries.rules(), formdata=None, data=suggestion(found))
        page = case_page(found, viewer(), decision, note_form=form)
        return queue_page(page, 422)
    with unit_of_work():
        cases.add_note(found, form.text.data, by=viewer())
    return _back(case_id, "noted")


@blueprint.post("/moderation/cases/<int:case_id>/decision")
def decide(case_id: int) -> Any:
    """Decide a case; whoever is slower gets a 409 that says who was faster."""
    found = _found(case_id)
    form = DecisionForm(queries.rules())
    act = request.form.get("act", "")
    if act not in ACTS:
        abort(400)
    if not form.validate():
        return queue_page(case_page(found, viewer(), form), 422)
    return _decided(found, act, form, form.seen_version())


@blueprint.post("/moderation/cases/<int:case_id>/purge")
def confirm_purge(case_id: int) -> Any:
    """The second moderator says yes to a purge."""
    found = _found(case_id)
    if found.purge_by_id is None:  # somebody else was faster
        return _conflict(found, Handled(found.closed_by_id, found.closed_at), None)
    proposed = {"rule": str(found.purge_rule), "reasons": found.purge_reasons}
    form = DecisionForm(queries.rules(), formdata=None, data=proposed)
    return _decided(found, "purge", form, found.version)


@blueprint.post("/moderation/cases/<int:case_id>/purge/refusal")
def refuse_purge(case_id: int) -> Any:
    """The second moderator says no to a purge."""
    found = _found(case_id)
    if found.purge_by_id is None:
        return _conflict(found, Handled(found.closed_by_id, found.closed_at), None)
    try:
        with unit_of_work():
            decisions.refuse_purge(found, found.version, by=viewer())
    except Handled as handled:
        return _conflict(found, handled, None)
    return _back(case_id, "purge-refused")


def _decided(found: Case, act: str, form: DecisionForm, version: int) -> Any:
    pending = pending_words(found.post_id) if act == "approve" else None
    following = _next_case(found)
    try:
        with unit_of_work():
            decision = decisions.decide(
                found, act, _grounds(form), version, by=viewer(), pending=pending
            )
    except Handled as handled:
        return _conflict(found, handled, form)
    except (GroundsMissing, IllegalMove) as problem:
        text = str(problem)
        if isinstance(problem, IllegalMove):
            text = _("That can't be done as it stands now. Look at it again.")
        return queue_page(case_page(_fresh(found), viewer(), form, conflict=text), 422)
    if decision is None:
        return _back(found.id, "purge-proposed")
    return onward(following or url_for("moderation.queue"), said=f"decided-{act}")


def _conflict(found: Case, handled: Handled, form: DecisionForm | None) -> Any:
    """The case as it is now, saying who was faster; what was typed is still there."""
    fresh = _fresh(found)
    if handled.by_id is not None and handled.at is not None:
        name = session().get_one(User, handled.by_id).name
        ago = max(0, int((clock.now() - handled.at).total_seconds()) // 60)
        when = (
            ngettext("%(num)d minute ago", "%(num)d minutes ago", ago) % {"num": ago}
            if ago
            else _("just now")
        )
        text = _("Handled by %(name)s %(when)s.") % {"name": name, "when": when}
    else:
        text = _("The case has changed since you opened it. Look again, then decide.")
    shown = form or DecisionForm(queries.rules(), formdata=None, data=suggestion(fresh))
    if fresh.closed_at is not None and form is not None and form.reasons.data:
        # A closed case has no form: what was typed stands in the message.
        text += " " + _("You had written: “%(text)s”") % {"text": shown.reasons.data}
    shown.version.data = str(fresh.version)
    return queue_page(case_page(fresh, viewer(), shown, conflict=text), 409)


def _grounds(form: DecisionForm) -> Grounds:
    days = form.days.data
    return Grounds(
        rule_number=int(form.rule.data) if form.rule.data else None,
        reasons=(form.reasons.data or "").strip(),
        note=(form.note.data or "").strip(),
        until=clock.now() + timedelta(days=days) if days else None,
        safe_title=form.safe_title.data or "",
    )


def pending_words(post_id: int) -> Words | None:
    """The change that waits, rendered before the transaction that may publish it."""
    pending = queries.pending_of(post_id)
    if pending is None:
        return None
    return words(
        pending.body,
        safe_title=pending.safe_title,
        title=pending.title,
        kind=pending.kind,
        stance=pending.stance,
    )


def _found(case_id: int) -> Case:
    require(can_see_queue(viewer()))
    found = queries.case_with_id(case_id)
    if found is None:
        abort(404)
    require(can_see_case(viewer(), session().get_one(Post, found.post_id)))
    return found


def _fresh(found: Case) -> Case:
    fresh = queries.case_with_id(found.id)
    assert fresh is not None  # cases are never deleted
    return fresh


def _author(found: Case) -> User:
    post = session().get_one(Post, found.post_id)
    return session().get_one(User, post.author_id)


def _back(case_id: int, said: str) -> Response:
    return onward(url_for("moderation.case", case_id=case_id), said=said)


def _next_case(found: Case) -> str | None:
    """The address of the case that follows in the queue, where a moderator goes on."""
    rows = queries.queue(None, None, queries.QUEUE.cursor(found))
    return url_for("moderation.case", case_id=rows.items[0][0].id) if rows.items else None
