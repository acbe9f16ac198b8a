"""Forged requests: whoever changes anything must come from a page of this site."""

import hmac
from urllib.parse import urlsplit

from flask import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_same_origin(request: Request, public_url: str) -> bool:
    """Whether the browser says that `request` comes from a page of this site.

    ``Sec-Fetch-Site`` decides; browsers without it send ``Origin`` with every POST. A request with
    neither
    is refused: no browser in use sends one.

    Args:
        request: the unsafe request.
        public_url: the origin that visitors type, such as "https://forum.example".
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and _triple(origin) in {
        _triple(public_url),
        _triple(request.host_url),
    }


def carries(request: Request, token: str) -> bool:
    """Whether `request` carries the session's form token, in its form or its ``X-CSRF-Token``."""
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    return hmac.compare_digest(sent.encode(), token.encode())


def _triple(origin: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(origin)
    try:
        port = parts.port
    except ValueError:
        return ("", None, None)
    return (parts.scheme, parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme))
