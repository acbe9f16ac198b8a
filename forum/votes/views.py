"""Casting votes, seeing figures early, and the page of one's own votes."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request

from forum.accounts.sessions import viewer
from forum.films.cards import film_card
from forum.lib.addresses import url_for
from forum.lib.answers import fragment, local_path, onward, wants_fragment
from forum.lib.database import unit_of_work
from forum.lib.pages import pager
from forum.theories import cards
from forum.theories.finding import found_or_404
from forum.theories.listing import division
from forum.theories.models import Post
from forum.theories.shares import question_figures
from forum.votes import operations
from forum.votes.cards import ballot, good_point, theory_card
from forum.votes.queries import Opinions, count_votes, my_votes, opinions

blueprint = Blueprint("votes", __name__)

VOTES_A_PAGE = 24


@blueprint.post("/posts/<int:post_id>/votes")
def cast(post_id: int) -> Response:
    """Cast, change or withdraw one's vote: value 1, -1 or 0."""
    person = viewer()
    if person.is_guest:
        return _to_login(post_id, said="not-voted")
    value = request.form.get("value")
    if value not in ("1", "-1", "0"):
        abort(400)
    try:
        with unit_of_work():
            post = operations.cast_vote(post_id, int(value), by=person)
    except operations.NoSuchVote:
        abort(400)
    mine = Opinions({post.id: int(value)} if value != "0" else {}, frozenset())
    if not wants_fragment():
        said = "voted" if value != "0" else "vote-withdrawn"
        return onward(_back(post), said=said, anchor=f"post-{post.id}")
    if post.type == "reply":
        return fragment("fragments/good_point.html", good_point=good_point(post, person, mine))
    if value == "0" and post.blind:
        mine = opinions(person, [post])  # they may have asked to see the figures
    return fragment(
        "fragments/ballot.html", ballot=ballot(post, person, mine), question=_question(post)
    )


@blueprint.post("/posts/<int:post_id>/figures")
def show_figures(post_id: int) -> Response:
    """ "Show me": see a theory's figures before voting on it."""
    person = viewer()
    if person.is_guest:
        return _to_login(post_id, "theory", said="")
    with unit_of_work():
        post = found_or_404(post_id, person, "theory")
        operations.show_figures(post, by=person)
    if wants_fragment():
        mine = Opinions({}, frozenset({post.id}))
        return fragment("fragments/ballot.html", ballot=ballot(post, person, mine), question=None)
    return onward(_back(post), anchor=f"post-{post.id}")


@blueprint.get("/votes")
def mine() -> Any:
    """One's own votes on theories, where each can be changed."""
    person = viewer()
    if person.is_guest:
        return redirect(url_for("accounts.login", next=url_for("votes.mine")), 303)
    page = my_votes(person, request.args.get("after"), VOTES_A_PAGE)
    own = Opinions({vote.post_id: vote.value for vote, *_ in page.items}, frozenset())
    return render_template(
        "votes/mine.html",
        section="settings",
        cards=[
            theory_card(theory, author, person, own, film=film_card(film))
            for _, theory, author, film in page.items
        ],
        total=count_votes(person),
        pager=pager(page.next),
    )


def _question(theory: Post) -> dict[str, Any] | None:
    """The figures of the question around a theory, where they are shown beside it and have changed:
    on the question's own page, unless the theory's are hidden."""
    page = url_for("theories.thread", post_id=theory.thread_id)
    if theory.blind or not _referring_page().startswith(f"{page}-"):
        return None
    question, theories = question_figures(theory.thread_id or 0)
    return {"vote_count": question.vote_count, **division(*theories)}


def _back(post: Post) -> str:
    """The page on which the button was pressed, else the post's own."""
    own = cards.permalink(post) if post.type == "reply" else cards.address(post)
    return _referring_page() or own


def _referring_page() -> str:
    """The path of the page that the browser says it comes from, if it is one of ours."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    if parts.netloc != request.host:
        return ""
    return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path, "")


def _to_login(post_id: int, *types: str, said: str) -> Response:
    post = found_or_404(post_id, viewer(), *types)
    return onward(url_for("accounts.login", next=cards.permalink(post)), said=said)
