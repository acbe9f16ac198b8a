"""Headers that every answer carries."""

import random

from flask import Flask, Response, g, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'; object-src 'none'; require-trusted-types-for 'script';"
    " trusted-types foyer; report-uri /csp-report"
)
"""One named policy makes fragments, see static/js/trusted.js: 'none' would forbid DOMParser too."""

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), "
    "publickey-credentials-get=(self)",
}


def request_id() -> str:
    """A number for one request, by which it is found in the log. It is no secret."""
    return f"{random.getrandbits(48):012x}"  # to ask the system gives up Python's lock


def init_app(app: Flask, *, https: bool) -> None:
    """Add the headers to every answer of `app`; HSTS where visitors come by HTTPS."""

    @app.after_request
    def add(response: Response) -> Response:
        given = {name.lower() for name in response.headers.keys()}  # noqa: SIM118  # pairs else
        for name, value in _ALWAYS.items():
            if name.lower() not in given:
                response.headers.add(name, value)
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if "Cache-Control" not in response.headers:
            # What is made for one person is kept nowhere; what is made for guests is asked for
            # anew.
            private = g.get("is_private", True)
            response.headers["Cache-Control"] = "private, no-store" if private else "no-cache"
        if request.blueprint != "assets":
            response.vary.add("Cookie")
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response
