"""Forged requests: whoever changes anything must come from a page of this site."""

import hmac
import secrets
from urllib.parse import urlsplit

from flask import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_same_origin(request: Request, public_url: str) -> bool:
    """Whether the browser says that `request` comes from a page of this site.

    ``Sec-Fetch-Site`` decides; browsers without it send ``Origin`` with every POST. A request with
    neither is refused: no browser in use sends one.

    Args:
        request: the unsafe request.
        public_url: the origin that visitors type, such as "https://forum.example".
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    public, here = _triple(public_url), _triple(request.host_url)
    # A machine may go by several names. What speaks HTTP to us may be a proxy in front of HTTPS, so
    # the scheme is that of the public address: a page that came by HTTP is not ours there.
    return _triple(origin) in {public, here if here[0] == public[0] else public}


def carries(request: Request, token: str) -> bool:
    """Whether `request` carries the session's form token, in its form or its ``X-CSRF-Token``."""
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    return hmac.compare_digest(_unmasked(sent), token)


def masked(form_token: str) -> str:
    """`form_token` in other letters each time: a page that is compressed tells by its length what
    repeats in it (BREACH), and so could give away, letter by letter, what never changes."""
    token = bytes.fromhex(form_token)
    pad = secrets.token_bytes(len(token))
    return (pad + _xor(pad, token)).hex()


def _unmasked(sent: str) -> str:
    """The token that `masked()` was given; "" for nonsense."""
    try:
        both = bytes.fromhex(sent)
    except ValueError:
        return ""
    half = len(both) // 2
    return _xor(both[:half], both[half : 2 * half]).hex()


def _xor(some: bytes, others: bytes) -> bytes:
    return (int.from_bytes(some) ^ int.from_bytes(others)).to_bytes(len(some))


def _triple(origin: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:  # no address at all, such as "http://["
        return ("", None, None)
    return (parts.scheme, parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme))
