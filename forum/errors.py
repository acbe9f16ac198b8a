"""Errors as pages: what happened, what to do, and a number to name when asking for help."""

from typing import Any

import structlog
from flask import Flask, Response, g, redirect, render_template, request
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from forum.accounts.again import Again, packed, sent
from forum.accounts.views import login_page
from forum.lib.addresses import url_for
from forum.lib.answers import wants_fragment
from forum.lib.language import gettext as _
from forum.lib.origin import SAFE_METHODS
from forum.lib.quotas import TooMany
from forum.permissions import Refused

log = structlog.get_logger()

_TEXTS = {
    400: (
        _("That could not be read."),
        _(
            "Something in what was sent is missing or malformed."
            " Go back, reload the page, try again."
        ),
    ),
    403: (_("Not from here."), _("This needs something that you don’t have here.")),
    404: (
        _("Nothing is showing at this address."),
        _(
            "It may never have existed, it may have been taken down, or it may not be for you to"
            " see. We do not say which, so that an address gives nothing away."
        ),
    ),
    405: (
        _("Not this way."),
        _("This address takes another kind of request. Begin at the front page."),
    ),
    409: (
        _("Meanwhile it has changed."),
        _(
            "Somebody was faster, or it is no longer as it was when you opened the page."
            " Go back, reload the page, look at it again."
        ),
    ),
    410: (_("This is gone."), _("It was here, and it is not any more.")),
    413: (
        _("That is too long."),
        _(
            "A post holds up to 20,000 characters."
            " Go back: what you typed is still there. Shorten it."
        ),
    ),
    415: (_("That could not be read."), _("Send it as a form does.")),
    429: (_("One moment."), _("That was a lot at once. Wait a little, then try again.")),
    500: (
        _("The projector has stopped."),
        _("This is our fault, and it is noted. Nothing that was saved is lost. Try again."),
    ),
    503: (
        _("The house is full for a moment."),
        _("The database is busy. Nothing that was saved is lost. Try again in a few seconds."),
    ),
}

_GIVE_BACK = (404, 429)
_SEND_AGAIN = (500, 503)
_PROSE = ("safe_title", "title", "body", "words", "reasons", "note", "text", "statement")


def init_app(app: Flask) -> None:
    """Answer every error of `app` with a page."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database_busy)
    app.register_error_handler(PoolTimeout, _database_busy)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(Exception, _unexpected)


def page(
    status: int,
    text: str = "",
    heading: str = "",
    way_on: tuple[str, str] | None = None,
    again: Again | None = None,
) -> Any:
    """An error's page.

    Args:
        status: HTTP status.
        text: what to do; the status's own text by default.
        heading: what happened, likewise.
        way_on: where to go from here: what it is called, and its address.
        again: the form, to be sent again once what it needs is done.
    """
    usual = _TEXTS.get(status) or _TEXTS[400 if status < 500 else 500]
    # A 404 must not differ between what is absent and what may not be found: no number and no
    # address in it.
    number = "" if status == 404 else g.get("request_id", "")
    here = {"here": url_for("front.index")} if status == 404 else {}
    body = render_template(
        "errors/error.html",
        status=status,
        heading=heading or usual[0],
        text=text or usual[1],
        actions=[
            *([(*way_on, True)] if way_on else []),
            (_("What is on now"), url_for("front.index"), not way_on),
            (_("Search"), url_for("search.index"), False),
        ],
        request_id=number,
        # What another site sent, which is a 403 without a text of its own, is no business of ours.
        typed=_typed() if (text or status in _GIVE_BACK) else "",
        again=_resent() if status in _SEND_AGAIN else again,
        **here,
    )
    return body, status


def _typed() -> str:
    """The prose of the form that was refused, for its author to copy: it is lost otherwise."""
    if request.method != "POST":
        return ""
    given = dict(reversed(sent().fields))
    return "\n\n".join(filter(None, (given.get(name) for name in _PROSE)))


def _resent() -> Again | None:
    """The form that failed by our fault, to be sent again by one press."""
    if request.method != "POST" or request.endpoint is None:
        return None
    again = sent()
    return again if again.fields else None


def _http(error: HTTPException) -> Any:
    if error.response is not None or (error.code or 500) < 400:
        return error
    if isinstance(error, SecurityError):
        # The Host header names another site: no address of ours can be built, and so no page.
        text = _("This site goes by another name. Open it by its own address.")
        return Response(f"{text}\n", 400, content_type="text/plain; charset=utf-8")
    answer = page(error.code or 500)
    headers = [
        (name, value)
        for name, value in error.get_headers()
        if name not in ("Content-Type", "Content-Length")
    ]
    return (*answer, headers)


def _refused(refusal: Refused) -> Any:
    code, reason = refusal.verdict.code, refusal.verdict.reason
    if code == "absent":
        return page(404)
    if code == "guest":
        again = sent() if request.method == "POST" else None
        if again is not None and again.fields:
            carry = packed(again)
            return login_page(carry=carry, status=401, too_long=not carry)
        back = request.path if request.method in SAFE_METHODS else None
        return redirect(url_for("accounts.login", next=back), 303, Response)
    if code != "sealed":
        return _in_words(reason, 403) or page(
            403, reason, _("Not as things stand."), _back_to_the_post()
        )
    # A seal can be opened, and then the same form is right: it is offered again.
    way_on = (_("To the film"), refusal.way_on) if refusal.way_on else None
    return page(403, reason, _("Not as things stand."), way_on, _resent())


def _too_many(refusal: TooMany) -> Any:
    answer = _in_words(str(refusal), 429) or page(429, str(refusal), way_on=_back_to_the_post())
    return (*answer, {"Retry-After": str(refusal.retry_after)})


def _in_words(reason: str, status: int) -> Any:
    """`reason` alone for our script, which says it on the page where somebody is; else None."""
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    return (Response(reason, headers=plain), status) if wants_fragment() else None


def _back_to_the_post() -> tuple[str, str] | None:
    """The way back to the post that the request was about, if it was about one."""
    post_id = (request.view_args or {}).get("post_id")
    if post_id is None:
        return None
    return _("Back to the post"), url_for("theories.post", post_id=post_id)


def _database_busy(error: Exception) -> Any:
    log.warning("database busy", error=str(error)[:500])
    return (*page(503), {"Retry-After": "5"})


def _unfit(error: DataError) -> Any:
    log.warning("unfit for the database", error=str(error)[:500])
    return page(400)


def _unexpected(error: Exception) -> Any:
    log.error("unexpected", path=request.path, method=request.method, exc_info=error)
    return page(500)
