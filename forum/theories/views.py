"""Pages of questions and theories."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import count
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from markupsafe import Markup

from forum.accounts.models import User
from forum.accounts.sessions import viewer
from forum.accounts.viewers import Fan, Guest
from forum.films.cards import StatementCard, bearing_label, film_card, statement_card
from forum.films.queries import statements_about
from forum.lib import clock, markup
from forum.lib.addresses import url_for
from forum.lib.answers import elsewhere, onward
from forum.lib.page_versions import film_key, made_of, thread_key
from forum.lib.pages import pager
from forum.lib.paging import Page
from forum.moderation.queue_queries import usual_wait
from forum.permissions import (
    Viewer,
    can_edit,
    can_moderate,
    can_post_theory,
    can_read,
    can_reply,
    can_review,
    can_withdraw,
)
from forum.theories import cards, draft_queries, queries, waiting
from forum.theories.cards import Byline, ThreadLine
from forum.theories.finding import asked_or_404, found_or_404, theory_or_404
from forum.theories.forms import ReplyForm
from forum.theories.listing import division, orders, stances
from forum.theories.models import STANCES, Post
from forum.theories.queries import Authored, Theory
from forum.theories.shares import convinced_votes
from forum.theories.waiting import Waits
from forum.votes import arranging
from forum.votes.cards import figures_shown, reply_cards, theory_card
from forum.votes.queries import Opinions, opinions

blueprint = Blueprint("theories", __name__)


@dataclass(frozen=True, slots=True)
class ThreadPage(ThreadLine):
    """A question on its own page; `html` is None while it can't be read."""

    html: Markup | None
    author: Byline
    published_at: datetime
    edited_at: datetime | None
    revisions_url: str | None
    can_edit: bool
    can_withdraw: bool
    edit_url: str
    withdraw_url: str
    moderate_url: str | None


@dataclass(frozen=True, slots=True)
class Moderate:
    """Where a moderator's acts on a thread are posted; `lock_url` is None where none locks it."""

    lock_url: str | None
    pin_url: str


@blueprint.get("/threads/<int:post_id>", defaults={"slug": ""})
@blueprint.get("/threads/<int:post_id>-<slug>")
def thread(post_id: int, slug: str) -> Any:
    """A question and its theories, sealed or open."""
    person = viewer()
    post, author, film = asked_or_404(post_id, person)
    if request.path != (right := cards.address(post)):
        return _to_right_address(right)
    made_of(film_key(film.id), thread_key(post.id), film_id=film.id)
    sealed = film.id not in person.seen
    order = request.args.get("order", "best")
    order = order if order in queries.ORDERS else "best"
    page = queries.theories_of(
        post.id, person, "new" if sealed else order, request.args.get("after")
    )
    shown = _arranged(page.items, post, order) if not sealed else [(i, False) for i in page.items]
    mine = opinions(person, [theory for (theory, _), _ in shown])
    first = not request.args.get("after") and not sealed
    shuffled = first and order == "best" and arranging.is_shuffled(page.items)
    numbered = first and order != "new" and not shuffled
    places = count(1)
    listed = [
        theory_card(
            theory,
            writer,
            person,
            mine,
            rank=next(places) if numbered and theory.state == "published" else None,
            needs_vote=needs,
        )
        for (theory, writer), needs in shown
    ]
    return render_template(
        "theories/thread.html",
        section="films",
        film=film_card(film),
        thread=_thread_page(post, author, person),
        sealed=sealed,
        orders=orders(order, shuffled=shuffled),
        cards=listed,
        guests_could_vote=any(card.ballot and card.ballot.standing == "guest" for card in listed),
        **({} if sealed else _division(page, post)),
        pager=pager(page.next),
        compose_url=url_for("theories.compose_theory", post_id=post.id),
        can_post=can_post_theory(person, post),
        moderate=_moderate(post, author, person),
        seen_action=url_for("films.open_seal", slug=film.slug),
        unsee_action=url_for("films.close_seal", slug=film.slug),
        **_waiting(post, person),
    )


@blueprint.get("/theories/<int:post_id>", defaults={"slug": ""})
@blueprint.get("/theories/<int:post_id>-<slug>")
def theory(post_id: int, slug: str) -> Any:
    """A theory and its replies, sealed or open."""
    person = viewer()
    found = theory_or_404(post_id, person)
    if request.path != (right := cards.address(found[0])):
        return _to_right_address(right)
    return theory_page(found, person, ReplyForm(formdata=None))


def theory_page(found: Theory, person: Fan | Guest, form: ReplyForm, status: int = 200) -> Any:
    """The page of a theory, with `form` at its foot holding what was typed."""
    post, author, question, film = found
    made_of(film_key(film.id), thread_key(question.id), film_id=film.id)
    sealed = film.id not in person.seen
    stance = next((one for one in STANCES if one == request.args.get("stance")), None)
    page = queries.replies_to(post.id, person, stance, request.args.get("after"))
    replies = [] if sealed else page.items
    mine = opinions(person, [post, *(reply for reply, _ in replies)])
    answerable = can_reply(person, post)
    if answerable and not form.is_submitted():
        draft = draft_queries.draft_for(person.id, "reply", post.id)
        if draft is not None:
            form = ReplyForm(formdata=None, data=draft.fields)
    readable = bool(can_read(person, post))
    changed = post.version > 1
    return (
        render_template(
            "theories/theory.html",
            section="films",
            film=film_card(film),
            thread=cards.thread_line(question, person),
            theory=theory_card(post, author, person, mine),
            html=markup.reveal(post.html, person.seen) if readable else None,
            sealed=sealed,
            replies=reply_cards(list(replies), post, person, mine, _waits(replies, person)),
            reply_count=post.reply_count,
            stances=stances(post, stance),
            pager=pager(None if sealed else page.next),
            # What was typed is shown again even where it can't be posted any more.
            reply_form=form if answerable or form.is_submitted() else None,
            reply_action=url_for("theories.create_reply", post_id=post.id),
            can_reply=answerable,
            can_edit=bool(can_edit(person, post)),
            can_withdraw=bool(can_withdraw(person, post)),
            edit_url=url_for("theories.edit", post_id=post.id),
            withdraw_url=url_for("theories.confirm_withdrawal", post_id=post.id),
            revisions_url=_revisions_url(post) if changed and readable else None,
            revision_count=post.version,
            votes_before_edit=_votes_before(post, mine) if changed else None,
            statements=[] if sealed else _statements(post),
            seen_action=url_for("films.open_seal", slug=film.slug),
            draft_url=_draft_url("reply", post.id),
            will_wait=will_wait(person, film.id) if answerable else "",
            **_waiting(post, person),
        ),
        status,
    )


@blueprint.get("/posts/<int:post_id>")
def post(post_id: int) -> Response:
    """A permalink: the page on which a post stands, and its place there."""
    person = viewer()
    found = found_or_404(post_id, person)
    if found.type != "reply":
        return elsewhere(cards.address(found), 302)
    above = found_or_404(found.theory_id or 0, person, "theory")
    start = queries.page_start(found, person)
    page = cards.address(above)
    if start:
        page = f"{page}?after={start}"
    return onward(page, said=request.args.get("said", ""), anchor=f"post-{found.id}")


def will_wait(person: Viewer, film_id: int) -> str:
    """What a newcomer is told before they send something about a film; "" for everybody else."""
    first: int = current_app.config["FOYER"].hold_first_posts
    return cards.will_wait(person, film_id, first, usual_wait)


def _to_right_address(address: str) -> Response:
    query = request.query_string.decode("utf-8", "replace")
    return elsewhere(f"{address}?{query}" if query else address, 301)


def _arranged(items: Any, thread: Post, order: str) -> list[tuple[tuple[Post, User], bool]]:
    if order != "best" or request.args.get("after"):
        return [(pair, False) for pair in items]
    # Only a long question has theories beyond its first page that could be given a place on it.
    beyond = thread.theory_count > len(items)
    candidates = queries.needing_votes(thread.id) if beyond else []
    return arranging.first_page(items, candidates, clock.now())


def _division(page: Page[Authored], thread: Post) -> dict[str, Any]:
    """How a question's audience divides: by the theories on this page, if they are all."""
    published = [theory for theory, _ in page.items if theory.state == "published"]
    if len(published) == thread.theory_count:
        return division(published)
    return division(*convinced_votes(thread.id))


def _thread_page(post: Post, author: User, person: Fan | Guest) -> ThreadPage:
    line = cards.thread_line(post, person)
    readable = bool(can_read(person, post))
    return ThreadPage(
        **{field.name: getattr(line, field.name) for field in fields(line)},
        html=markup.reveal(post.html, person.seen) if readable else None,
        author=cards.byline(author, person),
        published_at=post.published_at or post.created_at,
        edited_at=post.edited_at,
        revisions_url=_revisions_url(post) if readable and post.version > 1 else None,
        can_edit=bool(can_edit(person, post)),
        can_withdraw=bool(can_withdraw(person, post)),
        edit_url=url_for("theories.edit", post_id=post.id),
        withdraw_url=url_for("theories.confirm_withdrawal", post_id=post.id),
        moderate_url=cards.moderate_url(post, author, person),
    )


def _waiting(post: Post, person: Viewer) -> dict[str, Any]:
    """What a page says of a post that is held, or of its change that is, to those who may know."""
    changed = post.author_id == person.id and post.id in waiting.pending_among([post.id])
    return {
        "held": cards.held_words(post, usual_wait()) if post.state == "held" else None,
        "pending_edit": cards.pending(post) if changed else None,
    }


def _waits(replies: Sequence[Authored], person: Viewer) -> Waits:
    """What waits of some replies; asks only where that may be."""
    own = [reply.id for reply, _author in replies if reply.author_id == person.id]
    is_held = any(reply.state == "held" for reply, _author in replies)
    return Waits(
        pending=waiting.pending_among(own) if own else frozenset(),
        usual=usual_wait() if is_held else None,
    )


def _statements(theory: Post) -> list[StatementCard]:
    """What the film's makers said that bears on `theory`."""
    here = cards.address(theory)
    return [
        statement_card(statement, ((theory.title or "", here, bearing_label(borne.bearing)),))
        for statement, bearings in statements_about(theory.film_id)
        for borne in bearings
        if borne.theory_id == theory.id
    ]


def _votes_before(theory: Post, mine: Opinions) -> int | None:
    return theory.votes_before_edit if figures_shown(theory, mine) else None


def _moderate(thread: Post, author: User, person: Viewer) -> Moderate | None:
    if not can_moderate(person, thread):
        return None
    may_lock = can_review(person, thread, author)
    return Moderate(
        lock_url=url_for("theories.lock", post_id=thread.id) if may_lock else None,
        pin_url=url_for("theories.pin", post_id=thread.id),
    )


def _revisions_url(post: Post) -> str:
    return url_for("theories.revisions", post_id=post.id)


def _draft_url(kind: str, target_id: int) -> str:
    return url_for("theories.save_draft", kind=kind, target_id=target_id)
