"""What a browser keeps for its person: films seen by a guest, and the theme. One signed cookie."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer

from forum.lib.addresses import LARGEST_ID

MOST_SEEN = 200
THEMES = ("system", "dark", "light")
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the cookie says.

    Attributes:
        seen: ids of films, the latest opened last; at most 200 are kept.
        theme: one of `THEMES`.
    """

    seen: tuple[int, ...] = ()
    theme: str = "system"

    def opening(self, film_id: int) -> "Preferences":
        """With the seal of one more film open."""
        kept = tuple(id for id in self.seen if id != film_id)
        return replace(self, seen=(*kept, film_id)[-MOST_SEEN:])

    def sealing(self, film_id: int) -> "Preferences":
        """With the seal of one film closed again."""
        return replace(self, seen=tuple(id for id in self.seen if id != film_id))


def current() -> Preferences:
    """The preferences of this request's browser; read once."""
    if "preferences" not in g:
        g.preferences = read(request.cookies.get(_name(), ""))
    preferences: Preferences = g.preferences
    return preferences


def keep(response: Response, preferences: Preferences) -> Response:
    """Set the cookie on `response`."""
    content: dict[str, Any] = {"s": list(preferences.seen), "t": preferences.theme}
    response.set_cookie(
        _name(),
        _serializer().dumps(content),
        max_age=_YEAR,
        secure=current_app.config["SECURE_COOKIES"],
        httponly=True,
        samesite="Lax",
    )
    return response


def read(cookie: str) -> Preferences:
    """What a cookie says; nothing where it wasn't signed by us."""
    try:
        content = _serializer().loads(cookie)
    except BadData:
        return Preferences()
    seen = content.get("s", ())
    theme = content.get("t", "system")
    return Preferences(
        tuple(id for id in seen if isinstance(id, int) and 0 < id <= LARGEST_ID)[-MOST_SEEN:],
        theme if theme in THEMES else "system",
    )


def _name() -> str:
    return f"{current_app.config['COOKIE_PREFIX']}pref"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="preferences")
