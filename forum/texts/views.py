"""Pages of plain text: about, rules, privacy; and what machines ask for."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from sqlalchemy import text

from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.lib.markup import render, reveal

blueprint = Blueprint("texts", __name__)

_FOLDER = Path(__file__).parent


@blueprint.get("/about")
def about() -> str:
    """What this site is."""
    return _page(_("About"), "about")


@blueprint.get("/rules")
def rules() -> str:
    """The site's rules."""
    return _page(_("Rules"), "rules")


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

    current_app.logger.warning("csp report: %r", request.get_data()[:2000])
    return "", 204


def _page(heading: str, name: str) -> str:
    own: str | None = getattr(current_app.config["FOYER"], f"{name}_text")
    return render_template("texts/page.html", heading=heading, html=reveal(_html(own, name), ()))


@lru_cache(maxsize=16)
def _html(own: str | None, name: str) -> str:
    return render(own or (_FOLDER / f"{name}.md").read_text("utf-8")).html
