"""Answers made smaller for the way: Brotli, Zstandard or gzip, as the browser says."""

import gzip
from functools import lru_cache

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard
from flask import Flask, Request, Response, request
from werkzeug.http import parse_accept_header

from forum.lib.page_versions import said_of

LATER = "foyer.packed_later"
"""What says in a WSGI environment that pages which guests share are packed outside of Flask."""

LEAST = 1000
"""Bytes below which nothing is worth compressing."""

_KINDS = ("text/html", "text/vnd.foyer.fragment+html", "image/svg+xml")


@lru_cache(maxsize=256)
def negotiate(accepted: str, *, once: bool) -> str:
    """The encoding for a browser that sends this ``Accept-Encoding``.

    Args:
        once: whether the result is kept for many requests, so that it may cost more to make.

    Returns:
        "br", "zstd", "gzip", or "" for none.
    """
    wanted = parse_accept_header(accepted)
    for encoding in ("br", "zstd", "gzip") if once else ("zstd", "gzip", "br"):
        if dict(wanted).get(encoding, 0) > 0:
            return encoding
    return ""


def compress(body: bytes, encoding: str, *, once: bool) -> bytes:
    """`body` in an encoding that `negotiate()` named.

    Args:
        once: whether the result is kept for many requests.
    """
    if encoding == "br":
        return bytes(brotli.compress(body, quality=6 if once else 3))
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=10 if once else 3).compress(body)
    if encoding == "gzip":
        return gzip.compress(body, 6 if once else 4, mtime=0)
    return body


def init_app(app: Flask) -> None:
    """Compress the pages that `app` makes for one request."""
    app.after_request(lambda response: _made_smaller(response, request))


def _made_smaller(response: Response, request: Request) -> Response:
    if response.mimetype not in _KINDS or response.direct_passthrough or response.content_encoding:
        return response
    response.vary.add("Accept-Encoding")
    if request.environ.get(LATER) and said_of(request.environ):
        return response
    encoding = negotiate(request.headers.get("Accept-Encoding", ""), once=False)
    body = response.get_data()
    if not encoding or len(body) < LEAST:
        return response
    response.set_data(compress(body, encoding, once=False))
    response.content_encoding = encoding
    return response
