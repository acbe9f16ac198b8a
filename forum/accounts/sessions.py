"""Who is there: Flask-Login over session rows, and the cookie that names one.

Flask-Login keeps neither its own session nor its remember cookie here, since both go on working
after a log-out. The cookie ``sid`` holds a random token; the row it names can be ended at once.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

import structlog
from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SessionInterface, SessionMixin
from flask_login import LoginManager, current_user
from sqlalchemy.exc import SQLAlchemyError

from forum.accounts import preferences
from forum.accounts.operations import ABSOLUTE, touch_session
from forum.accounts.queries import live_session
from forum.accounts.tokens import form_token
from forum.accounts.viewers import Fan, Guest
from forum.lib import clock, origin
from forum.lib.answers import FRAGMENT
from forum.lib.database import unit_of_work

TOUCH_EVERY = timedelta(minutes=10)
_TOUCH_PATIENCE = 0.2
_TOKEN_LENGTH = 43
_HOLDS_FORMS = ("text/html", FRAGMENT)

log = structlog.get_logger()


def viewer() -> Fan | Guest:
    """Who makes this request."""
    # Where Flask-Login keeps whom it has found: asked for a dozen times a page.
    person: Fan | Guest | None = g.get("_login_user")
    if person is None:
        person = current_user._get_current_object()  # noqa: SLF001  # Flask-Login's way
    return person


def init_app(app: Flask) -> None:
    """Tell Flask-Login who is there, and put their token into their pages."""
    manager = LoginManager()
    manager.session_protection = None
    manager.anonymous_user = lambda: Guest(seen=frozenset(preferences.current().seen))
    manager.request_loader(lambda request: _fan_of(request.cookies.get(cookie_name(), "")))
    manager.init_app(app)
    app.session_interface = _NoFlaskSession()
    # No page holds its visitor's token while it is made: parts of it are kept for others. The mark
    # is of this process alone, so that nobody can write it into a post to have it replaced there.
    mark = f"token-{secrets.token_hex(16)}"
    app.jinja_env.globals["csrf_token"] = lambda: "" if viewer().is_guest else mark

    @app.after_request
    def give_token(response: Response) -> Response:
        if not viewer().is_guest and response.mimetype in _HOLDS_FORMS:
            made = response.get_data()
            if mark.encode() in made:
                masked = origin.masked(current_form_token())
                response.set_data(made.replace(mark.encode(), masked.encode()))
        return response

    @app.before_request
    def say_who() -> None:
        g.is_private = not viewer().is_guest

    @app.after_request
    def touch_later(response: Response) -> Response:
        # Once the answer is sent: one of the few writes that a GET may cause.
        if "touch_session" in g:
            response.call_on_close(partial(_touch, app, *g.touch_session))
        return response


def set_cookie(response: Response, token: str) -> Response:
    """Give the browser the token of a new session."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(ABSOLUTE.total_seconds()),
        secure=current_app.config["SECURE_COOKIES"],
        httponly=True,
        samesite="Lax",
    )
    return response


def delete_cookie(response: Response) -> Response:
    """Take the browser's token away; the row ends in `log_out`."""
    response.delete_cookie(cookie_name(), secure=current_app.config["SECURE_COOKIES"])
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def cookie_name() -> str:
    """The session cookie's name, with the prefix that binds it to this host where browsers can."""
    return f"{current_app.config['COOKIE_PREFIX']}sid"


def current_form_token() -> str:
    """What the forms of this page carry; "" for guests, whose pages are the same for all."""
    person = viewer()
    if person.is_guest:
        return ""
    return form_token(current_app.config["SECRET_KEY"], person.session_id, person.id)


def become(token: str) -> None:
    """Answer the rest of this request to whoever's session has just begun with `token`."""
    g._login_user = _fan_of(token)  # noqa: SLF001  # where Flask-Login keeps them
    g.is_private = True


@contextmanager
def answered_to(person: Fan) -> Iterator[None]:
    """Make what is made within as if `person` had asked for it."""
    asked = viewer()
    g._login_user = person  # noqa: SLF001  # where Flask-Login keeps them
    try:
        yield
    finally:
        g._login_user = asked  # noqa: SLF001  # as above


def _fan_of(token: str) -> Fan | None:
    if len(token) != _TOKEN_LENGTH or not token.isascii():
        return None
    now = clock.now()
    row = live_session(token, now, alone=request.method not in origin.SAFE_METHODS)
    if row is None:
        return None
    fan = Fan(
        id=row.user_id,
        name=row.name,
        role=row.role,
        trust_set=row.trust_set,
        created_at=row.created_at,
        now=now,
        posts=row.posts,
        session_id=row.id,
        sanction=sanction_in_force(row.sanction, row.sanctioned_until, now),
        sanctioned_until=row.sanctioned_until,
        upheld_at=row.upheld_at,
        unread=row.unread,
        appointed=_ids(row.moderates),
        load_seen=lambda _user_id: _ids(row.seen),
    )
    if now - row.seen_at > TOUCH_EVERY:
        g.touch_session = (fan, row.began)
    return fan


def _ids(listed: str | None) -> frozenset[int]:
    """The numbers in "3,17"."""
    return frozenset(map(int, listed.split(","))) if listed else frozenset()


def _touch(app: Flask, fan: Fan, began: datetime) -> None:
    """Note that a session is in use, in a transaction of its own that keeps nobody waiting."""
    with app.app_context():
        try:
            with unit_of_work(patience=_TOUCH_PATIENCE):
                touch_session(fan.session_id, began, by=fan)
        except SQLAlchemyError as error:  # the next request tries again
            log.warning("session not touched", error=str(error)[:200])


def sanction_in_force(sanction: str | None, until: datetime | None, now: datetime) -> str | None:
    """ "suspended", "banned" or None, as of `now`: a suspension ends by itself."""
    if sanction == "suspended" and until is not None and until <= now:
        return None
    return sanction


class _NoFlaskSession(SessionInterface):
    """Flask's own session, which Flask-Login reads: always empty, never sent."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        return SecureCookieSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified:
            raise RuntimeError("something wrote to Flask's session, which nobody keeps")


def replaced_session() -> int:
    """Id of the session that this browser has now and that a log-in replaces; 0 for none."""
    return viewer().session_id


def device() -> str:
    """What the browser calls itself, in a few words for the list of sessions."""
    agent = request.user_agent.string
    browsers = (
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in agent), "A browser")
    system = next((name for mark, name in systems if mark in agent), "")
    return f"{browser}, {system}" if system else browser


def list_viewer() -> Fan | Guest:
    """Who looks at a page of many films (front page, lists, search, fans' pages): to guests such
    pages are always sealed, whatever their cookie says, so that they are the same for all guests.
    """
    person = viewer()
    return Guest() if person.is_guest else person
