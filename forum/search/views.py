"""Search: films by title."""

from typing import Any

from flask import Blueprint, render_template, request

from forum.accounts.sessions import list_viewer
from forum.films.cards import film_card
from forum.films.queries import browse
from forum.lib.pages import pager
from forum.lib.paging import Page

blueprint = Blueprint("search", __name__)

FILMS_A_PAGE = 48


@blueprint.get("/search")
def index() -> Any:
    """Films whose title holds the words asked for; the most argued first."""
    words = request.args.get("q", "").strip()[:200]
    page: Page[Any] = Page((), None)
    if words:
        cursor = request.args.get("after")
        page = browse(list_viewer(), order="argued", words=words, cursor=cursor, size=FILMS_A_PAGE)
    return render_template(
        "search.html",
        q=words,
        films=[film_card(film, list_viewer().seen) for film in page.items],
        pager=pager(page.next),
    )
