"""The page of drafts, and where our script keeps one as somebody types."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, abort, redirect, render_template, request

from forum.accounts.sessions import viewer
from forum.films.cards import film_card
from forum.films.models import Film
from forum.films.queries import films_with
from forum.lib.addresses import url_for
from forum.lib.answers import onward
from forum.lib.database import unit_of_work
from forum.lib.language import gettext as _
from forum.lib.markup import excerpt
from forum.permissions import can_find, can_find_film, can_keep_draft, can_read, require
from forum.theories import cards, draft_queries, drafts, queries, waiting
from forum.theories.drafts import DraftRefused
from forum.theories.models import Draft, Post
from forum.theories.views import blueprint

_KINDS = ("thread", "theory", "reply")


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in the list: what it is called, and what it will answer.

    Attributes:
        where, where_url, url: the place and its composer; None where the place is gone.
        whole: all that was written, where no composer shows it.
    """

    label: str
    where: str | None
    where_url: str | None
    kind_label: str
    saved_at: datetime
    url: str | None
    discard_url: str
    first_words: str
    whole: str


@blueprint.get("/drafts", endpoint="drafts")
def list_drafts() -> Any:
    """What one has half written."""
    person = viewer()
    if person.is_guest:
        return redirect(url_for("accounts.login", next=url_for("theories.drafts")), 303)
    kept = draft_queries.drafts_of(person.id)
    films = films_with(d.target_id for d in kept if d.kind == "thread")
    posts = queries.posts_with(d.target_id for d in kept if d.kind != "thread")
    return render_template(
        "theories/drafts.html",
        section="settings",
        drafts=[_line(draft, films, posts) for draft in kept],
        waiting=[
            cards.waiting_line(post, above, film.title)
            for post, above, film in waiting.waiting_of(person.id)
        ],
    )


@blueprint.post("/drafts/<kind>/<int:target_id>")
def save_draft(kind: str, target_id: int) -> Any:
    """Keep a draft while somebody types; answers with no content, or with why not in words."""
    require(can_keep_draft(viewer()))
    if kind not in _KINDS or not _target_found(kind, target_id):
        abort(404)
    fields = {name: request.form.get(name, "") for name in drafts.FIELDS}
    try:
        with unit_of_work():
            drafts.save_draft(kind, target_id, fields, by=viewer())
    except DraftRefused as problem:
        return Response(str(problem), 422, content_type="text/plain; charset=utf-8")
    return "", 204


@blueprint.post("/drafts/<kind>/<int:target_id>/removal")
def discard_draft(kind: str, target_id: int) -> Response:
    """Throw a draft away."""
    if kind not in _KINDS:
        abort(404)
    with unit_of_work():
        drafts.discard_draft(kind, target_id, by=viewer())
    return onward(url_for("theories.drafts"), said="draft-discarded")


def _target_found(kind: str, target_id: int) -> bool:
    if kind == "thread":
        film = films_with([target_id]).get(target_id)
        return film is not None and bool(can_find_film(viewer(), film))
    post = queries.post_with_id(target_id)
    return post is not None and bool(can_find(viewer(), post))


def _line(draft: Draft, films: dict[int, Film], posts: dict[int, Post]) -> DraftLine:
    place = _place(draft, films, posts)
    where, where_url, url = place or (None, None, None)
    body = draft.fields.get("body", "")
    unnamed = _("Your reply") if draft.kind == "reply" else _("Without a title")
    return DraftLine(
        label=draft.fields.get("title") or draft.fields.get("safe_title") or unnamed,
        where=where,
        where_url=where_url,
        kind_label=cards.type_words(draft.kind),
        saved_at=draft.saved_at,
        url=url,
        discard_url=url_for("theories.discard_draft", kind=draft.kind, target_id=draft.target_id),
        first_words=excerpt(body, 160),
        whole="" if place else body,
    )


def _place(
    draft: Draft, films: dict[int, Film], posts: dict[int, Post]
) -> tuple[str, str, str] | None:
    """What a draft answers: its name, its address, and the composer's; None if it is gone."""
    if draft.kind == "thread":
        film = films.get(draft.target_id)
        if film is None or not can_find_film(viewer(), film):
            return None
        card = film_card(film)
        return card.title, card.url, url_for("theories.compose_thread", slug=film.slug)
    post = posts.get(draft.target_id)
    if post is None or not can_find(viewer(), post):
        return None
    named = post.title if can_read(viewer(), post) else post.safe_title
    endpoint = "theories.compose_theory" if draft.kind == "theory" else "theories.compose_reply"
    return named or _("a reply"), cards.permalink(post), url_for(endpoint, post_id=post.id)
