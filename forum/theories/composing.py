"""Writing: opening a composer, previewing, keeping as a draft, publishing, saving a change."""

from datetime import timedelta
from typing import Any

from flask import Response, redirect, request

from forum.accounts.again import carried, packed, sent
from forum.accounts.sessions import viewer
from forum.accounts.views import login_page
from forum.films.finding import film_or_404
from forum.lib import throttle
from forum.lib.addresses import url_for
from forum.lib.answers import fragment, onward, wants_fragment
from forum.lib.database import unit_of_work
from forum.lib.language import gettext as _
from forum.lib.markup import render, reveal
from forum.lib.quotas import TooMany
from forum.lib.throttle import Limit
from forum.permissions import (
    Refused,
    Verdict,
    can_edit,
    can_open_thread,
    can_post_theory,
    can_reply,
    require,
)
from forum.theories import cards, drafts, waiting
from forum.theories.changes import Outdated
from forum.theories.composers import (
    Composer,
    edit_composer,
    reply_composer,
    theory_composer,
    thread_composer,
)
from forum.theories.drafts import DraftRefused
from forum.theories.finding import film_page, found_or_404
from forum.theories.listing import stance_counts
from forum.theories.models import BODY_LENGTH, Draft, Post
from forum.theories.queries import author_and_theory
from forum.theories.views import blueprint
from forum.theories.writing import Words, scopes_in
from forum.votes.cards import reply_card
from forum.votes.queries import Opinions

_PREVIEWS_BY_ADDRESS = Limit("preview-address", 20, timedelta(minutes=1))


@blueprint.get("/films/<slug>/threads/new")
def compose_thread(slug: str) -> Any:
    """The composer of a question."""
    film = film_or_404(slug, viewer())
    return _opened(thread_composer(film), can_open_thread(viewer(), film))


@blueprint.post("/films/<slug>/threads")
def create_thread(slug: str) -> Any:
    """Publish, preview or keep a question."""
    film = film_or_404(slug, viewer())
    return _submitted(thread_composer(film))


@blueprint.get("/threads/<int:post_id>/theories/new")
def compose_theory(post_id: int) -> Any:
    """The composer of a theory."""
    thread = found_or_404(post_id, viewer(), "thread")
    return _opened(theory_composer(thread), can_post_theory(viewer(), thread))


@blueprint.post("/threads/<int:post_id>/theories")
def create_theory(post_id: int) -> Any:
    """Publish, preview or keep a theory."""
    thread = found_or_404(post_id, viewer(), "thread")
    return _submitted(theory_composer(thread))


@blueprint.get("/posts/<int:post_id>/replies/new")
def compose_reply(post_id: int) -> Any:
    """The composer of a reply, on a page of its own."""
    post = found_or_404(post_id, viewer(), "theory", "reply")
    return _opened(reply_composer(post), can_reply(viewer(), post))


@blueprint.post("/posts/<int:post_id>/replies")
def create_reply(post_id: int) -> Any:
    """Publish, preview or keep a reply."""
    post = found_or_404(post_id, viewer(), "theory", "reply")
    return _submitted(reply_composer(post))


@blueprint.get("/posts/<int:post_id>/edit")
def edit(post_id: int) -> Any:
    """The composer, holding what a post says."""
    post = found_or_404(post_id, viewer())
    return _opened(edit_composer(post), can_edit(viewer(), post))


@blueprint.post("/posts/<int:post_id>/revisions")
def revise(post_id: int) -> Any:
    """Save or preview a change."""
    post = found_or_404(post_id, viewer())
    return _submitted(edit_composer(post))


@blueprint.post("/preview")
def preview() -> Response:
    """How Markdown will read, for our script. Guests, whom no quota holds, go by address."""
    if viewer().is_guest:
        throttle.count_try(*throttle.by_address(_PREVIEWS_BY_ADDRESS))
    body = request.form.get("body", "")[:BODY_LENGTH]
    html = reveal(render(body, scopes_in(body)).html, viewer().seen)
    return fragment("fragments/preview.html", html=html)


# --- what every composer does -------------------------------------------------------------------


def _opened(composer: Composer, verdict: Verdict) -> Any:
    """The composer's page, or where somebody who may not write is sent."""
    if verdict.code == "guest":
        return redirect(url_for("accounts.login", next=composer.here), 303)
    if verdict.code == "sealed":
        raise Refused(verdict, film_page(composer.film_id))
    require(verdict)
    return composer.show(None, 200)


def _submitted(composer: Composer) -> Any:
    """What follows when the form of a composer comes in; nothing typed is ever lost."""
    person, form = viewer(), composer.form
    act = request.form.get("act", "publish")
    if person.is_guest:
        return _carried_to_login(composer)
    if act == "draft" and not composer.is_edit:
        return _kept(composer)
    if not form.validate():
        return composer.show(None, 422)
    words = form.words()
    if act == "preview":
        return composer.show(reveal(words.rendered.html, person.seen), 200)
    return _published(composer, words)


def _published(composer: Composer, words: Words) -> Any:
    """Where publishing leads, or the form again with what stood in its way."""
    try:
        with unit_of_work():
            post, said = composer.publish(words)
            if not composer.is_edit:
                drafts.discard_draft(composer.kind, composer.target_id, by=viewer())
    except TooMany as refusal:
        text = str(refusal)
        if not composer.is_edit:
            text += " " + _("Keep it as a draft until then.")
        return _again(composer, text, 429, {"Retry-After": str(refusal.retry_after)})
    except Refused as refusal:
        if refusal.verdict.code in ("absent", "sealed"):
            raise Refused(refusal.verdict, film_page(composer.film_id)) from None
        return _again(composer, refusal.verdict.reason, 403)
    except Outdated:
        text = _(
            "You changed this in another tab meanwhile. Your text is below; compare it with what"
            " stands, then save again."
        )
        return _again(composer, text, 409)
    if wants_fragment() and post.type == "reply" and not composer.is_edit:
        return _new_reply(post)
    return onward(_destination(post), said=said)


def _kept(composer: Composer) -> Any:
    fields = composer.form.fields_for_draft()
    try:
        with unit_of_work():
            drafts.save_draft(composer.kind, composer.target_id, fields, by=viewer())
    except DraftRefused as problem:
        return _again(composer, str(problem), 422)
    return onward(composer.here, said="draft-kept")


def _again(
    composer: Composer, problem: str, status: int, headers: dict[str, str] | None = None
) -> Any:
    form = composer.form
    form.form_errors = [problem]
    if status == 409:
        current = found_or_404(composer.target_id, viewer())
        form.version.data = str(current.version)
        pending = waiting.pending_of(current.id)
        form.change.data = pending.stamp if pending is not None else ""
    page, status = composer.show(None, status)
    return page, status, headers or {}


def _carried_to_login(composer: Composer) -> Any:
    """The log-in page, carrying what was typed; it is a draft once they are in."""
    if composer.is_edit:
        carry = packed(sent())
        return login_page(composer.here, carry, 401, too_long=not carry)
    fields = composer.form.fields_for_draft()
    carry = ""
    if Draft.length(fields) <= drafts.MOST_KEPT:
        carry = carried({"kind": composer.kind, "target": composer.target_id, "fields": fields})
    return login_page(composer.here, carry, 401, too_long=not carry)


def _destination(post: Post) -> str:
    return cards.permalink(post) if post.type == "reply" else cards.address(post)


def _new_reply(post: Post) -> Response:
    theory, author = author_and_theory(post)
    card = reply_card(
        post, author, viewer(), Opinions(), wrote_theory=post.author_id == theory.author_id
    )
    return fragment(
        "fragments/reply.html",
        201,
        reply=card,
        reply_count=theory.reply_count,
        stance_counts=stance_counts(theory),
    )
