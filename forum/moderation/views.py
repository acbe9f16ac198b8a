"""The queue, and a case: looked at, claimed, noted."""

from typing import Any

from flask import Blueprint, Response, abort, request

from forum.accounts.sessions import viewer
from forum.lib.answers import onward
from forum.lib.database import unit_of_work
from forum.moderation import cases, narrowed, queries
from forum.moderation.case_page import Problem, case_page
from forum.moderation.case_views import back_with_typed, sent_along
from forum.moderation.effects import NotPossible
from forum.moderation.forms import NoteForm
from forum.moderation.models import Case
from forum.moderation.queue_page import queue_page
from forum.permissions import can_see_case, can_see_queue, require
from forum.theories.finding import found_or_404
from forum.theories.waiting import pending_of
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
    found = found_case(case_id)
    # Whoever comes to do something, such as locking a question, finds its button in sight.
    wanted = Problem(request.args.get("act", "")[:20])
    return queue_page(case_page(found, viewer(), problem=wanted), 200)


@blueprint.post("/posts/<int:post_id>/cases")
def open_case(post_id: int) -> Response:
    """Open a case on a moderator's own initiative, or go to the open one."""
    require(can_see_queue(viewer()))
    post = found_or_404(post_id, viewer())
    with unit_of_work():
        opened = cases.open_case(post, by=viewer())
    return onward(narrowed.url("moderation.case", case_id=opened.id))


@blueprint.post("/moderation/cases/<int:case_id>/claim")
def claim(case_id: int) -> Any:
    """Hold a case for 30 minutes."""
    found = found_case(case_id)
    with unit_of_work():
        cases.claim(found, by=viewer())
    return back_with_typed(case_id, "claimed")


@blueprint.post("/moderation/cases/<int:case_id>/release")
def release(case_id: int) -> Any:
    """Let a case go."""
    found = found_case(case_id)
    with unit_of_work():
        cases.release(found, by=viewer())
    return back_with_typed(case_id, "released")


@blueprint.post("/moderation/cases/<int:case_id>/removal")
def discard(case_id: int) -> Any:
    """Close a case of a moderator's own initiative of which nothing came."""
    found = found_case(case_id)
    try:
        with unit_of_work():
            cases.discard(found, by=viewer())
    except NotPossible as problem:
        page = case_page(found, viewer(), problem=Problem("", str(problem)))
        return queue_page(page, 409)
    return onward(narrowed.url("moderation.queue"), said="discarded")


@blueprint.post("/moderation/cases/<int:case_id>/opening")
def unseal(case_id: int) -> Any:
    """Open a case's text, knowing that one hasn't seen the film."""
    found = found_case(case_id)
    with unit_of_work():
        cases.unseal(found, by=viewer())
    return back_with_typed(case_id, "unsealed")


@blueprint.post("/moderation/cases/<int:case_id>/notes")
def add_note(case_id: int) -> Any:
    """Keep a note for the other moderators."""
    found = found_case(case_id)
    form = NoteForm(prefix="note-")
    if not form.validate():
        return queue_page(case_page(found, viewer(), sent_along(), note_form=form), 422)
    with unit_of_work():
        cases.add_note(found, form.text.data, by=viewer())
    return back_with_typed(case_id, "noted", NoteForm(formdata=None, prefix="note-"))


def pending_words(post_id: int) -> Words | None:
    """The change that waits, rendered before the transaction that may publish it."""
    pending = pending_of(post_id)
    if pending is None:
        return None
    return words(
        pending.body,
        safe_title=pending.safe_title,
        title=pending.title,
        kind=pending.kind,
        stance=pending.stance,
    )


def found_case(case_id: int) -> Case:
    """The case of an address, for whoever may look at it.

    Raises:
        Refused: they may not; see `can_see_case`.
    """
    require(can_see_queue(viewer()))
    row = queries.case_and_whose(case_id)
    if row is None:
        abort(404)
    require(can_see_case(viewer(), row))
    found: Case = row.Case
    return found
