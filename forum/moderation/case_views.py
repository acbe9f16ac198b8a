"""What the page of a case says after an act, with what a moderator was typing still there."""

from datetime import datetime
from typing import Any

from flask import Response, request

from forum.accounts.models import User
from forum.accounts.sessions import viewer
from forum.lib import clock
from forum.lib.answers import onward, say
from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.lib.language import ngettext
from forum.moderation import cards, narrowed, queries
from forum.moderation.case_page import Problem, case_page
from forum.moderation.decisions import Handled
from forum.moderation.forms import DecisionForm, NoteForm
from forum.moderation.models import Case
from forum.moderation.queue_page import queue_page
from forum.moderation.reasons import suggestion
from forum.theories.models import Post


def back_to_case(case_id: int, said: str) -> Response:
    """On to a case's page, which says what was done."""
    return onward(narrowed.url("moderation.case", case_id=case_id), said=said)


def sent_along() -> DecisionForm | None:
    """What stands half written in the form of the decision, where a browser without scripts sends
    it along with another button."""
    return DecisionForm(queries.rules()) if "reasons" in request.form else None


def back_with_typed(case_id: int, said: str, note_form: NoteForm | None = None) -> Any:
    """As `back_to_case`, but what was sent along stands in the form again."""
    form = sent_along()
    if form is None:
        return back_to_case(case_id, said)
    say(said)
    return still_open(case_id, form, note_form)


def still_open(case_id: int, form: DecisionForm, note_form: NoteForm | None = None) -> Any:
    """A case's page with what stands in `form`; a 409 if somebody has closed the case."""
    now = fresh(case_id)
    if now.closed_at is not None:
        return conflict(now, Handled(now.closed_by_id, now.closed_at), form, note_form)
    form.version.data = str(now.version)
    return queue_page(case_page(now, viewer(), form, note_form=note_form), 200)


def fresh(case_id: int) -> Case:
    """The case of that number, which there is, as it is now."""
    case = queries.case_with_id(case_id)
    assert case is not None  # cases are never deleted
    return case


def conflict(
    found: Case, handled: Handled, form: DecisionForm | None, note_form: NoteForm | None = None
) -> Any:
    """The case as it is now, saying who was faster and what they did; what was typed is still
    there."""
    now = fresh(found.id)
    if handled.by_id is not None and handled.at is not None:
        text = _handled(now, handled.by_id, handled.at)
    else:
        text = _("The case has changed since you opened it. Look again, then decide.")
    typed: tuple[tuple[str, str], ...] = ()
    if form is not None:
        typed = _typed(form, now) if now.closed_at is not None else ()
        form.version.data = str(now.version)
    problem = Problem(request.form.get("act", ""), text, typed)
    return queue_page(case_page(now, viewer(), form, problem, note_form), 409)


def _handled(case: Case, by_id: int, at: datetime) -> str:
    """ "Handled by noor 2 minutes ago: removed."."""
    if case.outcome == "withdrawn":
        return _("Its author withdrew it %(when)s.") % {"when": _ago(at)}
    name = session().get_one(User, by_id).name
    made = queries.decisions_in_case(case.id)
    if not made:
        return _("Handled by %(name)s %(when)s.") % {"name": name, "when": _ago(at)}
    what = cards.done(made[0][0].act)
    return _("Handled by %(name)s %(when)s: %(what)s.") % {
        "name": name,
        "when": _ago(at),
        "what": what[:1].lower() + what[1:],
    }


def _ago(at: datetime) -> str:
    minutes = max(0, int((clock.now() - at).total_seconds()) // 60)
    if not minutes:
        return _("just now")
    return ngettext("a minute ago", "%(num)d minutes ago", minutes) % {"num": minutes}


def _typed(form: DecisionForm, case: Case) -> tuple[tuple[str, str], ...]:
    """What a moderator had written themselves, for a case whose form is gone."""
    usual = suggestion(case, queries.reports_of(case.id))["reasons"]
    written = (
        (_("Reasons"), form.reasons.data, usual),
        (_("Note"), form.note.data, ""),
        (_("Days"), str(form.days.data or ""), ""),
        (_("Safe title"), form.safe_title.data, session().get_one(Post, case.post_id).safe_title),
    )
    return tuple((label, text) for label, text, given in written if text and text != given)
