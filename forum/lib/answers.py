"""What a view answers with: a page, a fragment for a script, or a way on."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Response, current_app, g, redirect, request
from itsdangerous import BadSignature, Signer
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from forum.lib.addresses import url_for

FRAGMENT = "text/vnd.foyer.fragment+html"
"""The media type by which our own script asks for a part of a page."""


def wants_fragment() -> bool:
    """Whether our script asks, and a part of the page is enough."""
    return FRAGMENT in request.headers.get("Accept", "")


def fragment(template: str, status: int = 200, **context: Any) -> Response:
    """A part of a page, for our script; of what pages know of their visitor it knows `context`."""
    part = current_app.jinja_env.get_template(template).render(context)
    return Response(part, status, content_type=FRAGMENT)


def onward(url: str, said: str = "", anchor: str = "") -> Response:
    """303 to `url`, where a notice says what was done.

    Args:
        url: an address of this site.
        said: a code of `forum.notices`.
        anchor: an element's id on that page.
    """
    if said:
        url += ("&" if "?" in url else "?") + urlencode({"said": said})
    return elsewhere(url + (f"#{anchor}" if anchor else ""), 303)


def say(code: str) -> None:
    """Have the page that answers this request say what was done, as `onward` has the next one."""
    g.said = code


def code_said() -> str:
    """The code of what the page says was done; "" for nothing."""
    code: str = g.get("said") or request.args.get("said", "")
    return code


def signed(code: str) -> str:
    """A code with numbers such that nobody else can make it, for `onward`."""
    return _signer().sign(code).decode()


def genuine(code: str) -> str | None:
    """What `signed` was given; None if it did not make `code`."""
    try:
        return _signer().unsign(code).decode()
    except BadSignature:
        return None


def _signer() -> Signer:
    return Signer(current_app.config["SECRET_KEY"], salt="said")


def elsewhere(url: str, status: int) -> Response:
    """A redirect to `url`, an address of this site, with a status of the 300s."""
    response = redirect(url, status, Response)
    assert isinstance(response, Response)  # redirect() made it of that class
    return response


def local_path(wanted: str | None, otherwise: str) -> str:
    """`wanted` if it is the path of a page of this site, else `otherwise`.

    A notice is taken out of the query: what is done next has one of its own. The path is matched
    against our own routes and built anew from what matched, so that nothing of what was sent
    reaches a browser as it came (``/\\t/evil.test`` leads off the site in Chromium).
    """
    if not wanted or len(wanted) > 2000 or not wanted.isprintable() or "\\" in wanted:
        return otherwise
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return otherwise
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return otherwise
    routes = current_app.url_map.bind("")
    try:
        endpoint, values = routes.match(parts.path, method="GET")
        built = url_for(endpoint, **values)
    except (HTTPException, RequestRedirect, ValueError):
        return otherwise
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query) if k != "said"])
    return built + (f"?{query}" if query else "")


def here() -> str:
    """The address of this page on this site, for forms that come back to it.

    Without its notice: what was said of the last act would be said again of the next.
    """
    if request.method != "GET":
        return request.path
    query = urlencode([(k, v) for k, v in request.args.items(multi=True) if k != "said"])
    return f"{request.path}?{query}" if query else request.path
