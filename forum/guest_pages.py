"""Guests' pages, kept in front of Flask: what is the same for all guests is made once.

A page can be shared if its view says what it is made of (`forum.lib.page_versions.made_of`). It is
kept by its address and by what a guest's cookie changes on it: the theme, and whether the film's
seal is open. Requests with a session go past, and so do guests whose other open films would change
the page, for a veil in it names one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from time import time
from typing import Any
from urllib.parse import parse_qsl

import structlog
from flask import Flask
from redis import Redis
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.http import parse_cookie

from forum.accounts import preferences
from forum.accounts.preferences import Preferences
from forum.lib import compression, database
from forum.lib.acts import WSGI
from forum.lib.database import db
from forum.lib.engines import sqlite_module
from forum.lib.headers import request_id
from forum.lib.page_store import FinishedPage, Headers, PageStore
from forum.lib.page_versions import Reader, Versions, said_of
from forum.theories.models import STANCES
from forum.theories.queries import ORDERS

_PARAMETERS = frozenset({*(("order", o) for o in ORDERS), *(("stance", s) for s in STANCES)})
"""What may stand in an address whose page is kept, beside the place to go on after; what is longer
or other is made each time."""

_LONGEST_QUERY = 100
_MOST_PLACES = 20_000
_HOUR = 3600
_NAMES_FILMS = ('<span class="veil-absent"', '<details class="veil" data-scope=')
# SQLite is asked past SQLAlchemy, whose errors have no common ancestor with the driver's own.
_UNREACHABLE = (SQLAlchemyError, sqlite_module().Error)
_NOT_KEPT = frozenset({"content-length", "x-request-id", "date", "etag"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of the page at an address since it was last made.

    Attributes:
        keys: whose versions it depends on.
        film_id: the film whose seal decides what it shows; 0 if none does.
    """

    keys: tuple[str, ...]
    film_id: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request for a page that guests may share.

    Attributes:
        key: what the page is kept by; its address first.
        versions: of what it is made of, read before it is made.
        has_others: whether the browser has opened other films than the page's.
    """

    key: tuple[Any, ...]
    versions: Versions
    has_others: bool


class GuestPages:
    """WSGI middleware between the server and `app`.

    Args:
        app: what makes pages; its `wsgi_app` is wrapped.
        megabytes: how much memory of this process they may take.
        redis_url: where other processes announce what they write; "" for nowhere.
    """

    def __init__(self, app: Flask, megabytes: float, redis_url: str) -> None:
        self._app = app
        self._inner: WSGI = app.wsgi_app
        self._store = PageStore(int(megabytes * 1024 * 1024))
        self._places: dict[tuple[str, str], Place] = {}
        redis = Redis.from_url(redis_url, socket_timeout=0.25) if redis_url else None
        self._versions = Reader(self._engine, redis)
        self._preferences: dict[str, Preferences] = {}
        prefix = app.config["COOKIE_PREFIX"]
        self._session_cookie, self._own_cookie = f"{prefix}sid", f"{prefix}pref"
        database.after_commit(app, self._versions.committed)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer from what is kept, or let Flask answer and keep it."""
        cookies = environ.get("HTTP_COOKIE", "")
        query = environ.get("QUERY_STRING", "")
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or self._session_cookie in cookies
            or (query and not is_plain(query))
        ):
            return self._inner(environ, start_response)
        address = (environ["PATH_INFO"], query)
        place = self._places.get(address)
        if place is None:
            return self._learn(address, environ, start_response)
        try:
            versions = self._versions.current(place.keys)
        except _UNREACHABLE as problem:  # Flask knows what to answer, if it fares no better
            log.warning("versions of pages can't be read", error=str(problem)[:200])
            return self._inner(environ, start_response)
        browser = self._browser(cookies)
        is_open = place.film_id in browser.seen
        asked = _Asked(
            key=(address, environ.get("HTTP_HOST"), browser.theme, is_open),
            versions=versions,
            has_others=len(browser.seen) > is_open,
        )
        page = self._store.get(asked.key, asked.versions)
        if page is None:
            return self._make(asked, environ, start_response)
        if page.names_films and asked.has_others:
            return self._inner(environ, start_response)
        return _send(page, environ, start_response)

    def _engine(self) -> Any:
        with self._app.app_context():
            return db.engine

    def _browser(self, cookies: str) -> Preferences:
        """What a guest's cookie says; each is read once."""
        if self._own_cookie not in cookies:
            return _NOTHING
        cookie = parse_cookie(cookies).get(self._own_cookie, "")
        found = self._preferences.get(cookie)
        if found is None:
            if len(self._preferences) >= _MOST_PLACES:
                self._preferences.clear()
            with self._app.app_context():
                found = self._preferences[cookie] = preferences.read(cookie)
        return found

    def _learn(
        self, address: tuple[str, str], environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        """Let Flask answer, and note what its page is made of if guests may share it.

        The page itself is kept when it is asked for again: its versions weren't read beforehand.
        """
        plain = _plainly(environ)
        status, headers, body = self._answer(plain)
        if self._note(address, plain, status, headers):
            return _send(_finished((), headers, body), environ, start_response)
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _make(
        self, asked: "_Asked", environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        """Let Flask make a page, keep it and send it."""
        plain = _plainly(environ)
        status, headers, body = self._answer(plain)
        if not self._note(asked.key[0], plain, status, headers):
            self._places.pop(asked.key[0], None)
            start_response(status, headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        page = _finished(asked.versions, headers, body)
        if not (page.names_films and asked.has_others):
            self._store.put(asked.key, page)
        return _send(page, environ, start_response)

    def _answer(self, environ: dict[str, Any]) -> tuple[str, Headers, bytes]:
        answer: list[Any] = []

        def start(status: str, headers: Headers, _error: Any = None) -> Any:
            answer[:] = [status, headers]
            return lambda _data: None

        chunks = self._inner(environ, start)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        return answer[0], answer[1], body

    def _note(
        self, address: tuple[str, str], environ: dict[str, Any], status: str, headers: Headers
    ) -> bool:
        """Remember what an answer is made of; whether guests may share it."""
        said = said_of(environ)
        sets_cookie = any(name.lower() == "set-cookie" for name, _ in headers)
        if said is None or not status.startswith("200") or sets_cookie:
            return False
        if len(self._places) >= _MOST_PLACES:
            self._places.clear()
        self._places[address] = Place(*said)
        return True


def init_app(app: Flask, megabytes: float, redis_url: str) -> None:
    """Put the pages in front of `app`."""
    app.wsgi_app = GuestPages(app, megabytes, redis_url)  # type: ignore[method-assign]  # as Flask documents


_NOTHING = Preferences()


def is_plain(query: str) -> bool:
    """Whether a page at an address with this query may be kept."""
    return len(query) <= _LONGEST_QUERY and all(
        pair[0] == "after" or pair in _PARAMETERS
        for pair in parse_qsl(query, keep_blank_values=True)
    )


def next_hour() -> float:
    """The end of this hour, in seconds since 1970: what the hour decides (see
    `forum.votes.arranging`) is decided anew with each."""
    return (time() // _HOUR + 1) * _HOUR


def names_films(page: str) -> bool:
    """Whether a veil in `page` names another film, so that it depends on who has seen that one."""
    return any(mark in page for mark in _NAMES_FILMS)


def _plainly(environ: dict[str, Any]) -> dict[str, Any]:
    """The same request for a whole page, which is packed here if guests may share it."""
    return {**environ, "REQUEST_METHOD": "GET", compression.LATER: True}


def _finished(versions: Versions, headers: Headers, body: bytes) -> FinishedPage:
    kept = [(name, value) for name, value in headers if name.lower() not in _NOT_KEPT]
    named = names_films(body.decode())
    return FinishedPage(versions, next_hour(), kept, {"": body}, names_films=named)


def _send(page: FinishedPage, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    number = ("X-Request-Id", request_id())
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    if known and page.is_known_to(known):
        headers = [(n, v) for n, v in page.headers if n.lower() != "content-type"]
        start_response("304 Not Modified", [*headers, ("ETag", f'"{page.tag}"'), number])
        return []
    encoding = compression.negotiate(environ.get("HTTP_ACCEPT_ENCODING", ""), once=True)
    body = page.body(encoding)
    headers = [*page.headers, ("ETag", _tag(page, encoding)), ("Content-Length", str(len(body)))]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    start_response("200 OK", [*headers, number])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _tag(page: FinishedPage, encoding: str) -> str:
    return f'"{page.tag}-{encoding}"' if encoding else f'"{page.tag}"'
