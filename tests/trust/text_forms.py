"""Every form with a field that somebody types in: who may send it, and what is right in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.exceptions import HTTPException

from tests.routes import pages
from tests.worlds import PASSWORD, World

TYPED_IN = ("text", "email", "password", "search", "number", "textarea")
"""Kinds of field that take text; the others hold what the page wrote into them."""


@dataclass(frozen=True)
class TextForm:
    """A form as somebody sends it.

    Attributes:
        endpoint: what answers it; path: its address.
        who: the roles that it is for: whoever else sends it is refused.
        good: what is right in its fields, by name, so that it reaches what it is for.
        typed: the fields into which text goes, one after the other: those that a person types in,
            and those that only a program can change.
        method: "GET" for a search.
    """

    endpoint: str
    path: str
    who: tuple[str, ...]
    good: dict[str, str]
    typed: tuple[str, ...]
    method: str = "POST"

    def with_text(self, text: str) -> Iterator[dict[str, str]]:
        """What is sent: `text` in one field and the rest right, for each field."""
        for name in self.typed:
            yield {**self.good, name: text}


GUEST, FAN, MODERATOR, ADMIN = ("guest",), ("fan",), ("moderator",), ("admin",)
EVERYBODY = ("guest", "fan", "moderator", "admin")

MADE = "author's"
"""The decision that is undone: about what the author wrote."""

_TITLES = {"safe_title": "A safe title", "title": "A title of its own"}
_POST = {**_TITLES, "kind": "plot", "body": "Some words.", "act": "publish"}
_REPLY = {"body": "Some words.", "stance": "neutral", "act": "publish"}
_GROUNDS = {"version": "2", "rule": "2", "reasons": "For this.", "note": "Mind that."}


def text_forms(world: World) -> list[TextForm]:
    """Every form with fields of text, about things where it is answered."""
    film, thread = world.films["open"], world.posts["open/thread/published"]
    theory, own = (world.posts[f"open/{kind}/published"] for kind in ("theory", "reply"))
    case = f"/moderation/cases/{world.cases['open']}"
    written = ("safe_title", "title", "kind", "body", "act")
    drafted = ("safe_title", "title", "kind", "stance", "body")
    return [
        *_of_guests(world),
        *_of_settings(film),
        TextForm(
            "theories.create_thread",
            f"/films/{film}/threads",
            FAN,
            {**_TITLES, "body": "Some words.", "act": "publish"},
            ("safe_title", "title", "body", "act"),
        ),
        TextForm("theories.create_theory", f"/threads/{thread}/theories", FAN, _POST, written),
        TextForm(
            "theories.create_theory",
            f"/threads/{thread}/theories",
            FAN,
            {**_POST, "act": "preview"},
            ("safe_title", "title", "body"),
        ),
        TextForm(
            "theories.create_reply", f"/posts/{theory}/replies", FAN, _REPLY, ("body", "stance")
        ),
        TextForm(
            "theories.revise",
            f"/posts/{theory}/revisions",
            ("author",),
            {**_POST, "version": "2"},
            (*written, "version"),
        ),
        TextForm(
            "theories.revise",
            f"/posts/{own}/revisions",
            ("author",),
            {**_REPLY, "version": "2"},
            ("body", "stance"),
        ),
        *(
            TextForm("theories.save_draft", f"/drafts/{kind}/{target}", FAN, _POST, drafted)
            for kind, target in (
                ("thread", world.film_ids["open"]),
                ("theory", thread),
                ("reply", theory),
            )
        ),
        TextForm("theories.preview", "/preview", FAN, {}, ("body",)),
        TextForm("votes.cast", f"/posts/{theory}/votes", FAN, {}, ("value",)),
        TextForm(
            "moderation.create_report",
            f"/posts/{own}/reports",
            FAN,
            {"rule": "1", "words": "It says more."},
            ("words", "rule"),
        ),
        *(
            TextForm(
                "moderation.decide",
                f"{case}/decision",
                MODERATOR,
                {**_GROUNDS, **more, "act": act},
                (*typed, *more),
            )
            for act, more, typed in (
                ("remove", {}, ("reasons", "note", "rule", "version", "act")),
                ("suspend", {"days": "3"}, ("reasons",)),
                ("retitle", {"safe_title": "A safer title"}, ("reasons",)),
            )
        ),
        TextForm("moderation.add_note", f"{case}/notes", MODERATOR, {}, ("note-text",)),
        TextForm(
            "moderation.reverse",
            f"/moderation/decisions/{world.decisions[MADE]}/reversal",
            ADMIN,
            {},
            ("reasons",),
        ),
        TextForm("theories.lock", f"/threads/{thread}/lock", MODERATOR, {}, ("value",)),
        TextForm("theories.pin", f"/threads/{thread}/pin", MODERATOR, {}, ("value",)),
        TextForm(
            "moderation.change_rule",
            "/rules/1/versions",
            ADMIN,
            {"title": "A title", "text": "Some words.", "version": "1"},
            ("title", "text", "version"),
        ),
        TextForm(
            "moderation.change_text",
            "/texts/about",
            ADMIN,
            {"body": "Some words."},
            ("body", "act"),
        ),
    ]


def _of_guests(world: World) -> list[TextForm]:
    entry = {"name": "fan", "password": PASSWORD}
    account = {"name": "a_new_fan", "email": "new@example.com", "password": "a long one of words"}
    carried = ("next", "carry")
    return [
        TextForm("accounts.create_session", "/login", GUEST, entry, ("name", "password", *carried)),
        TextForm("accounts.create_account", "/signup", GUEST, account, (*account, *carried)),
        TextForm("accounts.reset", f"/reset/{world.reset_link}", GUEST, {}, ("password",)),
        TextForm("search.index", "/search", EVERYBODY, {}, ("q",), "GET"),
        TextForm("films.index", "/films", EVERYBODY, {}, ("q", "letter", "order"), "GET"),
        TextForm("accounts.login", "/login", GUEST, {}, ("next",), "GET"),
        TextForm("moderation.log", "/moderation/log", GUEST, {}, ("film", "act", "who"), "GET"),
    ]


def _of_settings(film: str) -> list[TextForm]:
    return [
        TextForm(
            "accounts.theme",
            "/settings/theme",
            ("guest", "fan"),
            {"value": "dark"},
            ("value", "next"),
        ),
        TextForm("films.open_seal", f"/films/{film}/viewing", ("guest", "fan"), {}, ("next",)),
        TextForm(
            "films.close_seal",
            f"/films/{film}/viewing/withdrawal",
            ("guest", "fan"),
            {},
            ("next",),
        ),
        TextForm(
            "accounts.password",
            "/settings/password",
            FAN,
            {"current": PASSWORD, "new": "another of four words"},
            ("current", "new"),
        ),
    ]


# --- the fields that stand on pages --------------------------------------------------------------


@dataclass
class _Fields(HTMLParser):
    """The fields of a page that take text, by the address that their form goes to."""

    found: set[tuple[str, str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self._form: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = given.get("method", "get").upper(), given.get("action", "")
        kind = "textarea" if tag == "textarea" else given.get("type", "text")
        if tag in ("input", "textarea") and kind in TYPED_IN and self._form and given.get("name"):
            self.found.add((*self._form, given["name"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def fields_on_pages(world: World) -> set[tuple[str, str]]:
    """(endpoint, name) of every field of text on a page that somebody sees.

    Raises:
        AssertionError: a form goes to an address that there is not.
    """
    routes, found = world.app.url_map.bind(""), set()
    standing = {id for name, id in world.posts.items() if re.match("open/.*(published|held)", name)}
    for role in (*EVERYBODY, "author"):
        visitor = world.visitor(role)
        for _, path in pages(world):
            about = re.match(r"/(?:posts|threads|theories)/(\d+)", path)
            if about and int(about.group(1)) not in standing:
                continue
            response = visitor.get(path)
            if response.mimetype != "text/html" or "<form" not in response.text:
                continue
            page = _Fields()
            page.feed(response.text)
            for method, action, name in page.found:
                address = re.split(r"[?#]", action or path)[0]
                try:
                    endpoint, _arguments = routes.match(address, method=method)
                except HTTPException:
                    raise AssertionError(f"{path}: a form goes to {address}") from None
                found.add((str(endpoint), name))
    return found
