"""Search: films by title."""

from typing import Any

from flask import Blueprint, render_template, request

from forum.accounts.sessions import list_viewer
from forum.films.cards import film_card
from forum.films.models import Film
from forum.films.queries import arguing_now, browse, waiting_for_a_question
from forum.lib.pages import pager
from forum.lib.paging import Page

blueprint = Blueprint("search", __name__)

FILMS_A_PAGE = 48
_ON_NOW = 12


@blueprint.get("/search")
def index() -> Any:
    """Films whose title holds the words asked for, most argued first; without words, what is on."""
    words = request.args.get("q", "").strip()[:200]
    cursor = request.args.get("after")
    if words:
        page = browse(list_viewer(), order="argued", words=words, cursor=cursor, size=FILMS_A_PAGE)
    else:
        page = Page(_on_now(), None)
    return render_template(
        "search.html",
        q=words,
        films=[film_card(film) for film in page.items],
        pager=pager(page.next),
    )


def _on_now() -> list[Film]:
    """Films being argued about, and behind them some that wait for a first question."""
    argued = list(arguing_now(_ON_NOW))
    return [*argued, *waiting_for_a_question(_ON_NOW - len(argued))]
