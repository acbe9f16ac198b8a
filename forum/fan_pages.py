"""What fans share of a page: made for no fan in particular, and put together for each.

Fans who have opened a film see the same page of it, but for their name, their inbox, and what
depends on their own votes. Such a page is made for a member whom nobody is, once for each opinion
that one can have of the posts on it, and taken apart where its templates say that something is
one's own (`forum.lib.pieces`). A fan's page is put together of these pieces: it costs their
session, the versions of what it is made of, and their opinions, one statement each. Pieces that are
missing are made once the answer is sent: nobody waits for what the next readers share.

Whoever has more of their own there gets a page made for them alone: moderators, newcomers, the
suspended, and those who have written about the film or half written a reply.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from sys import getsizeof
from time import time
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from forum.accounts import preferences
from forum.accounts.sessions import answered_to, viewer
from forum.accounts.viewers import AnyFan, Fan
from forum.guest_pages import Place, is_plain, names_films, next_hour
from forum.lib import answers, pieces
from forum.lib.bounded import Bounded
from forum.lib.page_versions import Versions, current_versions, said_of
from forum.lib.pieces import Pieces
from forum.votes.queries import NONE, only_opinions

log = structlog.get_logger()

MASTHEAD = 0
"""The key of the piece that names the fan; the others' keys are posts."""

SECTION = "films"
"""Where all pages that are about one film stand in the masthead."""

_MOST_PLACES = 20_000
_OVERHEAD = 4_000
"""Bytes that a page costs beside its text, roughly."""


@dataclass(slots=True)
class FanPage:
    """A page in pieces.

    Attributes:
        versions: of what it was made of.
        until: the moment, in seconds since 1970, from which it would be made otherwise.
        made: opinion → the page for a fan who has it of every post, None if it can't be shared;
            filled as they are needed.
    """

    versions: Versions
    until: float
    made: dict[int, Pieces | None] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes that it takes up, roughly."""
        kept = [each for each in list(self.made.values()) if each]  # others may fill it meanwhile
        return _OVERHEAD + sum(
            getsizeof(text) for each in kept for text in (*each.fixed, *each.own)
        )

    def keys(self) -> list[int]:
        """The posts on the page whose pieces depend on what a fan thinks of them."""
        shared = self.made.get(NONE)
        return [key for key in shared.keys if key != MASTHEAD] if shared else []

    def missing(self, opinions: Mapping[int, int]) -> set[int]:
        """The opinions for which the page has still to be made, for a fan who has these of its
        posts."""
        return {NONE, *opinions.values()} - self.made.keys()

    def put_together(self, person: Fan, opinions: Mapping[int, int]) -> str | None:
        """The page of `person`, who has these `opinions` of its posts; None if it can't be shared,
        or lacks pieces."""
        shared = self.made.get(NONE)
        if shared is None:
            return None
        parts = [shared.fixed[0]]
        for number, key in enumerate(shared.keys):
            theirs = self.made.get(opinions.get(key, NONE))
            if theirs is None:
                return None
            parts.append(_masthead(person) if key == MASTHEAD else theirs.own[number])
            parts.append(shared.fixed[number + 1])
        return "".join(parts)

    def make(self, opinion: int, opened: frozenset[int]) -> None:
        """Make the page of this request for a fan who has `opinion` of every post on it and has
        opened these films."""
        found = _make(AnyFan(load_seen=lambda _user_id: opened, opinion=opinion))
        first = self.made.get(NONE, found)
        # Somebody may have written meanwhile; and what isn't marked as one's own must not depend on
        # opinions.
        is_alike = found and first and (found.fixed, found.keys) == (first.fixed, first.keys)
        self.made[opinion] = found if is_alike else None


@dataclass(frozen=True, slots=True)
class _Unfinished:
    """A page whose pieces are made once the answer is sent."""

    key: Hashable
    page: FanPage
    film_id: int
    opened: frozenset[int]


class FanPages:
    """Answers for a Flask application, before its views are asked.

    Args:
        app: what makes pages.
        megabytes: how much memory of this process they may take.
    """

    def __init__(self, app: Flask, megabytes: float) -> None:
        self._app = app
        self._pages: Bounded[FanPage] = Bounded(int(megabytes * 1024 * 1024))
        self._places: dict[tuple[str, bytes], Place] = {}
        self._asked_for: dict[Hashable, Versions] = {}

    def answer(self) -> str | None:
        """The page that is asked for, if its fan shares it with others and it has not changed of
        late; None lets its view make it."""
        person = viewer()
        if request.method != "GET" or not isinstance(person, Fan) or not _is_like_others(person):
            return None
        query = request.query_string
        if query and not is_plain(query.decode("latin-1")):
            return None
        g.fan_address = address = (request.path, query)
        place = self._places.get(address)
        if place is None:
            return None
        is_open = place.film_id in person.seen
        key = (address, request.host, preferences.current().theme, is_open)
        page = self._page(key, current_versions(place.keys))
        if page is None:
            return None
        opened = frozenset({place.film_id} if is_open else ())
        unfinished = _Unfinished(key, page, place.film_id, opened)
        if NONE not in page.made:
            g.unfinished = unfinished
            return None
        opinions = only_opinions(person, page.keys(), place.film_id) if page.made[NONE] else None
        if opinions is None:
            return None
        if page.missing(opinions):
            g.unfinished = unfinished
            return None
        return page.put_together(person, opinions)

    def learn(self, response: Response) -> Response:
        """Note what the page at an address is made of, once a view has said it."""
        address, said = g.get("fan_address"), said_of(request.environ)
        if address is not None and said is not None and response.status_code == 200 and said[1]:
            if len(self._places) >= _MOST_PLACES:
                self._places.clear()
            self._places[address] = Place(*said)
        if "unfinished" in g and response.status_code == 200:
            response.call_on_close(partial(self._finish, request.environ, g.unfinished))
        return response

    def _finish(self, environ: dict[str, Any], unfinished: _Unfinished) -> None:
        """Make the pieces that the fan who sent the request in `environ` has found missing."""
        page, opened = unfinished.page, unfinished.opened
        with self._app.request_context(environ):
            try:
                if NONE not in page.made:
                    page.make(NONE, opened)
                opinions = only_opinions(viewer(), page.keys(), unfinished.film_id)
                for opinion in page.missing(opinions or {}):
                    page.make(opinion, opened)
            except SQLAlchemyError as error:  # the next request tries again
                log.warning("pieces not made", error=str(error)[:200])
        self._pages.put(unfinished.key, page, page.size)

    def _page(self, key: Hashable, versions: Versions) -> FanPage | None:
        """The page as it stands; a new one where it was asked for before since it last changed."""
        page = self._pages.get(key)
        if page is not None and page.versions == versions and time() < page.until:
            return page
        if self._asked_for.get(key) == versions:
            return FanPage(versions, next_hour())
        # What changes faster than it is read isn't worth the pieces.
        if len(self._asked_for) >= _MOST_PLACES:
            self._asked_for.clear()
        self._asked_for[key] = versions
        return None


def init_app(app: Flask, megabytes: float) -> None:
    """Have what fans share of `app`'s pages kept; after its sessions are read."""
    pages = FanPages(app, megabytes)
    app.before_request(pages.answer)
    app.after_request(pages.learn)


def _is_like_others(person: Fan) -> bool:
    works_queue = person.is_moderator or person.moderates
    return person.is_member and not works_queue and person.sanction is None


def _make(fan: AnyFan) -> Pieces | None:
    """The page of this request as `fan` would see it; None if they wouldn't, or if a veil in it
    names another film, so that it depends on which others somebody has opened."""
    assert request.endpoint is not None
    view: Any = current_app.view_functions[request.endpoint]
    with answered_to(fan), pieces.in_pieces():
        try:
            response = current_app.make_response(view(**(request.view_args or {})))
        except HTTPException:
            return None
    body = response.get_data(as_text=True)
    return pieces.cut(body) if response.status_code == 200 and not names_films(body) else None


def _masthead(person: Fan) -> str:
    module: Any = current_app.jinja_env.get_template("components/masthead.html").module
    theme = preferences.current().theme
    head: str = module.masthead(person, theme, answers.here(), SECTION, person.unread, None)
    return head
