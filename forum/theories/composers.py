"""The places where something is written: what each shows, and what publishing there does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request

from forum.accounts.sessions import viewer
from forum.films.cards import film_card
from forum.films.models import Film
from forum.lib.addresses import url_for
from forum.lib.language import gettext as _
from forum.lib.markup import render, reveal
from forum.permissions import can_find
from forum.theories import cards, changes, draft_queries, operations, queries, quotas, waiting
from forum.theories.finding import (
    authored_or_404,
    film_of,
    found_or_404,
    theory_or_404,
    thread_and_film,
)
from forum.theories.forms import ReplyForm, TheoryForm, ThreadForm
from forum.theories.models import PendingRevision, Post
from forum.theories.views import theory_page, will_wait
from forum.theories.writing import Words, scopes_in
from forum.votes.cards import reply_card, theory_card
from forum.votes.queries import Opinions

ComposerForm = ThreadForm | TheoryForm | ReplyForm


@dataclass(frozen=True, slots=True)
class Composer:
    """One place where something is written.

    Attributes:
        kind: "thread", "theory" or "reply".
        target_id: the film, thread or post that it answers; with `kind` the place of its draft.
        form: the form, filled with what was typed, with a draft, or with what stands.
        show: renders the page; takes the preview, when the draft was saved, and the status.
        publish: posts or changes; gives the post and what to say of it.
        here: the composer's own address.
        film_id: of whose ending it is.
    """

    kind: str
    target_id: int
    form: ComposerForm
    show: Callable[..., Any]
    publish: Callable[[Words], tuple[Post, str]]
    here: str
    film_id: int
    is_edit: bool = False


def _form_for(
    form_class: type[ComposerForm], kind: str, target_id: int
) -> tuple[Any, datetime | None]:
    """The form as submitted, or filled from the draft of this place; and when that was saved."""
    if request.method == "POST" or viewer().is_guest:
        return form_class(), None
    draft = draft_queries.draft_for(viewer().id, kind, target_id)
    if draft is None:
        return form_class(), None
    return form_class(data=draft.fields), draft.saved_at


def thread_composer(film: Film) -> Composer:
    """Where a question about `film` is written."""
    form, saved_at = _form_for(ThreadForm, "thread", film.id)

    def show(preview: Any, status: int) -> Any:
        threads = queries.threads_of(film.id, viewer()).items
        lines = [cards.thread_line(thread, viewer()) for thread, _ in threads]
        return (
            render_template(
                "theories/compose_thread.html",
                section="films",
                film=film_card(film),
                form=form,
                preview=preview,
                heading=_("Your question"),
                action=url_for("theories.create_thread", slug=film.slug),
                others=[(line.title, line.url) for line in lines if line.title],
                is_edit=False,
                pending_edit=False,
                will_wait=will_wait(viewer(), film.id),
                draft_saved_at=saved_at,
                draft_url=_draft_url("thread", film.id),
            ),
            status,
        )

    return Composer(
        kind="thread",
        target_id=film.id,
        form=form,
        show=show,
        publish=lambda words: _said(operations.post_thread(film, words, by=viewer())),
        here=url_for("theories.compose_thread", slug=film.slug),
        film_id=film.id,
    )


def theory_composer(thread: Post) -> Composer:
    """Where a theory that answers `thread` is written."""
    form, saved_at = _form_for(TheoryForm, "theory", thread.id)

    def show(preview: Any, status: int) -> Any:
        film = film_of(thread)
        there = queries.theories_of(thread.id, viewer(), "best", None).items
        return (
            render_template(
                "theories/compose_theory.html",
                section="films",
                film=film_card(film),
                thread=cards.thread_line(thread, viewer()),
                form=form,
                preview=preview,
                heading=_("Your theory"),
                action=url_for("theories.create_theory", post_id=thread.id),
                others=[
                    (theory.title, cards.address(theory))
                    for theory, _ in there
                    if theory.state == "published" and theory.film_id in viewer().seen
                ],
                is_edit=False,
                pending_edit=False,
                will_wait=_said_to_newcomers(film.id),
                draft_saved_at=saved_at,
                draft_url=_draft_url("theory", thread.id),
            ),
            status,
        )

    return Composer(
        kind="theory",
        target_id=thread.id,
        form=form,
        show=show,
        publish=lambda words: _said(operations.post_theory(thread, words, by=viewer())),
        here=url_for("theories.compose_theory", post_id=thread.id),
        film_id=thread.film_id,
    )


def reply_composer(post: Post) -> Composer:
    """Where a reply to `post`, a theory or a reply, is written."""
    form, _saved_at = _form_for(ReplyForm, "reply", post.id)

    def show(preview: Any, status: int) -> Any:
        if post.type == "theory" and request.method == "POST" and preview is None:
            return theory_page(theory_or_404(post.id, viewer()), viewer(), form, status)
        page = _reply_page(
            post if post.type == "theory" else found_or_404(post.theory_id or 0, viewer()),
            post if post.type == "reply" else None,
            form=form,
            preview=preview,
            action=url_for("theories.create_reply", post_id=post.id),
            is_edit=False,
            pending_edit=False,
            will_wait=will_wait(viewer(), post.film_id),
            draft_url=_draft_url("reply", post.id),
        )
        return page, status

    return Composer(
        kind="reply",
        target_id=post.id,
        form=form,
        show=show,
        publish=lambda words: _said(operations.post_reply(post, words, by=viewer())),
        here=url_for("theories.compose_reply", post_id=post.id),
        film_id=post.film_id,
    )


def _reply_page(theory: Post, parent: Post | None, **context: Any) -> str:
    theory, author = authored_or_404(theory.id, viewer(), "theory")
    answered = None
    if parent is not None:
        reply, writer = authored_or_404(parent.id, viewer(), "reply")
        answered = reply_card(reply, writer, viewer(), Opinions(), wrote_theory=False)
    return render_template(
        "theories/compose_reply.html",
        section="films",
        film=film_card(film_of(theory)),
        theory=theory_card(theory, author, viewer(), Opinions()),
        parent=answered,
        **context,
    )


_EDITING: dict[str, Any] = {"is_edit": True, "draft_url": None}


def edit_composer(post: Post) -> Composer:
    """Where the author of `post` changes it."""
    form_class = {"thread": ThreadForm, "theory": TheoryForm, "reply": ReplyForm}[post.type]
    pending = waiting.pending_of(post.id) if post.author_id == viewer().id else None
    form: Any = form_class() if request.method == "POST" else _filled(form_class, post, pending)

    def show(preview: Any, status: int) -> Any:
        context: dict[str, Any] = {
            "form": form,
            "preview": preview,
            "action": url_for("theories.revise", post_id=post.id),
            "pending_edit": pending is not None,
            "will_wait": "" if pending else cards.change_will_wait(post, viewer()),
            "stands": _stands(post) if status == 409 else None,
            **_EDITING,
        }
        if post.type == "reply":
            theory = found_or_404(post.theory_id or 0, viewer(), "theory")
            parent = queries.post_with_id(post.parent_id) if post.parent_id else None
            if parent is not None and not can_find(viewer(), parent):
                parent = None  # it was erased; what answered it stands, and may be edited
            return _reply_page(theory, parent, **context), status
        context |= {"others": [], "draft_saved_at": None, "section": "films"}
        if post.type == "thread":
            context |= {"film": film_card(film_of(post)), "heading": _("Edit your question")}
            return render_template("theories/compose_thread.html", **context), status
        thread, film = thread_and_film(post)
        context |= {
            "film": film_card(film),
            "thread": cards.thread_line(thread, viewer()),
            "heading": _("Edit your theory"),
        }
        return render_template("theories/compose_theory.html", **context), status

    return Composer(
        kind=post.type,
        target_id=post.id,
        form=form,
        show=show,
        publish=lambda words: _revised(post, words, form),
        here=url_for("theories.edit", post_id=post.id),
        film_id=post.film_id,
        is_edit=True,
    )


def _stands(post: Post) -> dict[str, Any]:
    """What `post` says by now, or its change that waits: to be compared with what was typed."""
    now = waiting.pending_of(post.id) or post
    html = reveal(render(now.body, scopes_in(now.body)).html, viewer().seen)
    return {"titles": list(filter(None, (now.safe_title, now.title))), "html": html}


def _filled(form_class: type[ComposerForm], post: Post, pending: PendingRevision | None) -> Any:
    """The form of an edit: with the change that waits, if there is one, for the present version."""
    form = form_class(obj=pending or post)
    form.version.data = str(post.version)
    form.change.data = pending.stamp if pending is not None else ""
    return form


def _revised(post: Post, words: Words, form: ComposerForm) -> tuple[Post, str]:
    version, change = form.edited_version(), form.change.data or ""
    if not changes.revise(post, words, version, by=viewer(), change=change):
        return post, "edit-held"
    return post, "change-withdrawn" if change and post.version == version else "saved"


def _said_to_newcomers(film_id: int) -> str:
    """What newcomers read before they send a theory about a film; "" for everybody else."""
    waits = will_wait(viewer(), film_id)
    return f"{waits} {quotas.NEWCOMERS_THEORIES}" if waits else ""


def _draft_url(kind: str, target_id: int) -> str:
    return url_for("theories.save_draft", kind=kind, target_id=target_id)


def _said(post: Post) -> tuple[Post, str]:
    return post, "held" if post.state == "held" else f"{post.type}-posted"
