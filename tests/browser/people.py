"""Somebody in front of a browser, whose every page is watched for what must not happen."""

import re
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

from forum.accounts import operations as accounts
from forum.accounts import queries
from forum.accounts.viewers import Guest
from forum.lib.database import db, unit_of_work
from tests.browser.house import House
from tests.factories import PASSWORD

PATIENCE = 8_000
"""Milliseconds after which what hasn't happened will not happen."""

expect.set_options(timeout=PATIENCE)


class Person:
    """A visitor with a browser window of their own, cookies and all.

    At the end nothing may have gone wrong unseen: no error or warning in the console, no exception
    in a script, nothing refused by the content security policy, no request off the site. What a
    test provokes it names beforehand by `expects`, and then it must have happened.

    Attributes:
        page: the window; for locators.
        house: the forum.
    """

    def __init__(
        self, browser: Browser, house: House, *, width: int = 1280, **options: Any
    ) -> None:
        self.house = house
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, base_url=house.url, **options
        )
        self.context.set_default_timeout(PATIENCE)
        self.problems: list[str] = []
        self._expected: list[str] = []
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.problems.append(f"exception: {error.error}"))
        self.context.on("request", self._follow)
        self.page: Page = self.context.new_page()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.context.close()
        if error is None:
            self.assert_undisturbed()

    def expects(self, words: str) -> None:
        """Each message of the console that holds `words` is meant to come."""
        self._expected.append(words)

    def assert_undisturbed(self) -> None:
        """Nothing went wrong but what was expected, and that did."""
        unexpected = [p for p in self.problems if not any(words in p for words in self._expected)]
        assert unexpected == [], f"on {self.page.url}: {unexpected}"
        assert self.house.reports == [], f"refused by the policy: {self.house.reports}"
        for words in self._expected:
            assert any(words in p for p in self.problems), f"{words!r} was expected, and never came"

    # --- going about ---------------------------------------------------------------------------

    def opens(self, path: str) -> None:
        """Open a page by its address on this site."""
        self.page.goto(path)

    def follows(self, name: str, *, inside: Locator | None = None) -> None:
        """Follow the link called `name`."""
        (inside or self.page).get_by_role("link", name=name, exact=True).first.click()

    def presses(self, name: str, *, inside: Locator | None = None) -> None:
        """Press the button whose name begins with `name`."""
        self.button(name, inside=inside).first.click()

    def button(self, name: str, *, inside: Locator | None = None) -> Locator:
        """The buttons whose name begins with `name`."""
        beginning = re.compile(f"^{re.escape(name)}")
        return (inside or self.page).get_by_role("button", name=beginning)

    def writes(self, label: str, text: str) -> None:
        """Fill in the field labelled `label`."""
        self.page.get_by_label(label, exact=True).fill(text)

    def chooses(self, name: str) -> None:
        """Choose one of a row of choices by its word, as one does with a mouse."""
        self.page.locator("label", has_text=re.compile(f"^{name}$")).click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        """The page holds `text`, visibly."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def misses(self, text: str) -> None:
        """`text` is nowhere in the page, hidden or not."""
        assert text not in self.page.content()

    def post(self, title: str) -> Locator:
        """The theory of that title, wherever it stands."""
        return self.page.get_by_role("article", name=title)

    # --- accounts ------------------------------------------------------------------------------

    def signs_up(self, name: str, password: str = PASSWORD) -> None:
        """Fill in the sign-up form that is open, and send it."""
        self.writes("Name", name)
        self.writes("E-mail", f"{name}@example.org")
        self.writes("Password", password)
        self.presses("Sign up")

    def logs_in(self, name: str, password: str = PASSWORD) -> None:
        """Fill in the log-in form that is open, and send it."""
        self.writes("Name", name)
        self.writes("Password", password)
        self.presses("Log in")

    def is_let_in_as(self, name: str) -> None:
        """Have a session as the fan called `name`, without going through the form."""
        with self.house.app.app_context():
            user = queries.user_named(name)
            assert user is not None, name
            with unit_of_work():
                token = accounts.log_in(user, "A browser", by=Guest())
            db.session.remove()
        self.context.add_cookies([{"name": "sid", "value": token, "url": self.house.url}])

    # --- what is watched -----------------------------------------------------------------------

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _follow(self, request: Request) -> None:
        if not request.url.startswith((self.house.url + "/", "data:", "about:")):
            self.problems.append(f"off the site: {request.url}")
