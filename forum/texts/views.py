"""Pages of plain text: about, privacy; and what machines ask for."""

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, render_template, request
from sqlalchemy import text

from forum.accounts.sessions import viewer
from forum.films.cards import FilmCard, film_card
from forum.films.queries import arguing_now
from forum.lib import throttle
from forum.lib.addresses import url_for
from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.lib.markup import render, reveal
from forum.lib.quotas import TooMany
from forum.lib.throttle import Limit
from forum.moderation.queries import site_text
from forum.permissions import can_change_texts

blueprint = Blueprint("texts", __name__)

log = structlog.get_logger()

_REPORTS_BY_ADDRESS = Limit("csp-address", 20, timedelta(hours=1))
_FOLDER = Path(__file__).parent
_POSTERS = 4


@blueprint.get("/about")
def about() -> str:
    """What this site is."""
    may_edit = can_change_texts(viewer())
    edit_url = url_for("moderation.edit_text", name="about") if may_edit else None
    posters = [film_card(film) for film in arguing_now(_POSTERS)]
    return _page(_("About"), "about", edit_url, posters)


@blueprint.get("/privacy")
def privacy() -> str:
    """What is kept of whom."""
    return _page(_("Privacy"), "privacy")


@blueprint.get("/healthz")
def healthz() -> Response:
    """Whether this process answers."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Whether this process reaches its database."""
    session().execute(text("SELECT 1 FROM films LIMIT 1"))
    return Response("ready\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Crawlers see what guests see: sealed pages."""
    lines = "User-agent: *\nDisallow: /login\nDisallow: /signup\nDisallow: /settings\n"
    return Response(lines, content_type="text/plain; charset=utf-8")


@blueprint.post("/csp-report")
def csp_report() -> Any:
    """What browsers refused to load; noted in the log, bounded."""
    try:
        throttle.count_try(*throttle.by_address(_REPORTS_BY_ADDRESS))
    except TooMany as refusal:
        return "", 429, {"Retry-After": str(refusal.retry_after)}
    log.warning("csp report", report=request.get_data()[:2000].decode("utf-8", "replace"))
    return "", 204


def starting_text(name: str) -> str | None:
    """What a page says until an admin rewrites it: the operator's setting, else ours."""
    own: str | None = getattr(current_app.config["FOYER"], f"{name}_text")
    file = _FOLDER / f"{name}.md"
    return own or (file.read_text("utf-8") if file.exists() else None)


def _page(
    heading: str, name: str, edit_url: str | None = None, posters: Sequence[FilmCard] = ()
) -> str:
    kept = site_text(name)
    html = kept.html if kept is not None else _rendered(starting_text(name) or "")
    return render_template(
        "texts/page.html",
        heading=heading,
        html=reveal(html, ()),
        edit_url=edit_url,
        posters=posters,
    )


@lru_cache(maxsize=16)
def _rendered(body: str) -> str:
    return render(body).html
