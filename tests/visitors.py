"""Visitors: a person with a browser's cookies, who sends forms as a browser does."""

import re
from contextvars import Context
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from forum.lib.answers import FRAGMENT

ORIGIN = "http://127.0.0.1:8000"


class Visitor:
    """Somebody who visits the site.

    Attributes:
        client: Flask's test client, with this visitor's cookies.
        token: the form token of the page seen last; "" for guests.
    """

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.token = ""

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Open a page, without following redirects."""
        response = self.send("GET", path, **kwargs)
        if response.mimetype == "text/html" and not response.content_encoding:
            found = re.search(r'name="csrf_token" value="(\w+)"', response.text)
            self.token = found.group(1) if found else self.token
        return response

    def see(self, path: str) -> str:
        """The text of a page that must be there (200), redirects followed."""
        response = self.get(path, follow_redirects=True)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        return response.text

    def pages(self, path: str) -> list[str]:
        """The texts of a list's pages, from the one at `path` to the last."""
        texts = [self.see(path)]
        while more := re.search(r'href="([^"]+)" rel="next"', texts[-1]):
            texts.append(self.see(unescape(more.group(1))))
        return texts

    def post(
        self, path: str, *, headers: dict[str, str] | None = None, **form: Any
    ) -> TestResponse:
        """Send a form as a browser does from a page of the site."""
        sent = {"Sec-Fetch-Site": "same-origin", **(headers or {})}
        body = {"csrf_token": self.token, **form} if self.token else form
        return self.send("POST", path, headers=sent, data=body)

    def fetch(self, path: str, **form: Any) -> TestResponse:
        """Send a form as the site's own script does."""
        return self.post(path, headers={"Accept": FRAGMENT}, **form)

    def open_seal(self, slug: str) -> None:
        """Say "I have seen it"."""
        assert self.post(f"/films/{slug}/viewing").status_code == 303

    def log_in(self, name: str, password: str) -> None:
        """Log in by the form, and learn the form token."""
        response = self.post("/login", name=name, password=password)
        assert response.status_code == 303, response.text
        self.get("/settings")

    def take_up(self, cookie: str, token: str) -> None:
        """Go on with a session that was begun elsewhere, and learn its form token."""
        self.client.set_cookie(cookie, token, domain="127.0.0.1")
        self.get("/settings")

    def send(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        # In an empty context, as in a server: within the test's own application context all
        # requests would share one `g`, one database session and so one visitor.
        # Buffered, so that what is done after the answer is done when it is here.
        kwargs |= {"method": method, "base_url": ORIGIN, "buffered": True}
        return Context().run(self.client.open, path, **kwargs)
