"""The route matrix: which answer each route gives to whom, about what, in which state.

A *section* is one method of one route about one kind of thing; its *columns* are the states that
such a thing has, its rows the roles. What is expected stands in `matrix.toml`.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.routes import filled, is_text, kinds_of, names
from tests.visitors import Visitor
from tests.worlds import ABSENT, PASSWORD, ROLES, World

FILE = Path(__file__).with_name("matrix.toml")
LOG_IN = "log"
"""How the matrix writes a redirect to the log-in page."""

KINDS = ("thread", "theory", "reply")
POST = (
    *("published", "hidden", "removed", "withdrawn", "held", "purged"),
    *("locked", "sealed", "absent"),
)
FILM = ("listed", "sealed", "proposed", "declined", "hidden", "absent")
OTHERS = {
    "token": ("good", "spent"),
    "session_id": ("own", "another's", "absent"),
    "case_id": ("open", "sealed", "moderator's", "admin's", "purging", "closed", "absent"),
    "decision_id": ("author's", "moderator's", "absent"),
    "notice_id": ("fan's", "absent"),
    "number": ("there", "absent"),
    "name": ("there", "absent"),
    "path": ("there", "absent"),
}
"""The columns of what is neither a post nor a film, by its name in the address."""

ROLES_TOGETHER = {
    "everybody": ROLES,
    "members": ROLES[1:],
    "sanctioned": ("suspended", "banned"),
}

_WRITTEN = {
    "safe_title": "A safe title",
    "title": "A title",
    "body": "Some words.",
    "version": "2",
}
_NEW_PASSWORD = "quite another set of words"

FORMS: dict[str, dict[str, str]] = {
    "accounts.create_account": {
        "name": "somebody_new",
        "email": "new@example.com",
        "password": _NEW_PASSWORD,
    },
    "accounts.create_session": {"name": "fan", "password": PASSWORD},
    "accounts.password": {"current": PASSWORD, "new": _NEW_PASSWORD},
    "accounts.reset": {"password": _NEW_PASSWORD},
    "accounts.theme": {"value": "dark"},
    "moderation.create_report": {"rule": "1", "words": "It gives the ending away."},
    "moderation.add_note": {"note-text": "Look at it twice."},
    "moderation.decide": {"version": "2", "act": "no_action"},
    "moderation.confirm_purge": {"version": "2"},
    "moderation.refuse_purge": {"version": "2"},
    "moderation.change_rule": {"title": "A title", "text": "Some words.", "version": "1"},
    "moderation.change_text": {"body": "Some words."},
    "theories.create_thread": _WRITTEN,
    "theories.create_theory": {**_WRITTEN, "kind": "plot"},
    "theories.create_reply": {**_WRITTEN, "stance": "neutral"},
    "theories.revise": {**_WRITTEN, "kind": "plot", "stance": "neutral"},
    "theories.preview": _WRITTEN,
    "theories.save_draft": _WRITTEN,
    "theories.lock": {"value": "1"},
    "theories.pin": {"value": "1"},
    "votes.cast": {"value": "1"},
}
"""What is sent where a form is; every one is right, so that only the permission decides."""

Cells = dict[str, dict[str, str]]
"""Role → column → answer."""


@dataclass(frozen=True)
class Section:
    """One method of one route about one kind of thing.

    Attributes:
        kind: "thread", "theory" or "reply"; "" where the route is about no post.
        columns: the states of such a thing.
    """

    rule: Rule
    method: str
    kind: str
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its heading in the matrix."""
        bare = "bare" if self.rule.defaults else ""
        return " ".join(filter(None, (self.rule.endpoint, self.method, self.kind, bare)))


def sections(app: Flask) -> dict[str, Section]:
    """Every section of `app`, by name. HEAD and OPTIONS have none: they follow from the rest."""
    found: dict[str, Section] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for kind, columns in _kinds(rule):
                section = Section(rule, method, kind, columns)
                found[section.name] = section
    return found


def _kinds(rule: Rule) -> Iterator[tuple[str, tuple[str, ...]]]:
    held = names(rule)
    if "post_id" in held:
        yield from ((kind, POST) for kind in kinds_of(rule))
    elif "target_id" in held:
        yield from (("thread", FILM), ("theory", POST), ("reply", POST))
    elif "slug" in held:
        yield "", FILM
    else:
        yield "", OTHERS[held[-1]] if held else ("any",)


def read(text: str | None = None) -> dict[str, Cells]:
    """The matrix as written: section → role → column → answer.

    Raises:
        ValueError: a section or a role stands twice.
    """
    written = tomllib.loads(FILE.read_text("utf-8") if text is None else text)
    columns = {name: line.split() for name, line in written.pop("columns").items()}
    found: dict[str, Cells] = {}
    for heading, rows in written.items():
        heads = columns[rows.pop("columns", "any")]
        cells = _cells(heading, heads, rows)
        for section in _headed(heading):
            if section in found:
                raise ValueError(f"{section} stands twice")
            found[section] = cells
    return found


def _cells(heading: str, heads: list[str], rows: dict[str, str]) -> Cells:
    cells: Cells = {}
    for key, line in rows.items():
        answers = line.split()
        given = dict(zip_longest([*heads, *("beyond" for _ in answers[len(heads) :])], answers))
        for word in key.split():
            for role in ROLES_TOGETHER.get(word, (word,)):
                if role in cells:
                    raise ValueError(f"{heading}: {role} stands twice")
                cells[role] = {column: cell for column, cell in given.items() if cell}
    return cells


def _headed(heading: str) -> Iterator[str]:
    """The sections that stand under one heading: one for each kind of post that it names."""
    endpoint, method, *rest = heading.split()
    others = [word for word in rest if word not in KINDS]
    for kind in [word for word in rest if word in KINDS] or [""]:
        yield " ".join(filter(None, (endpoint, method, kind, *others)))


def problems(there: dict[str, Section], matrix: dict[str, Cells]) -> list[str]:
    """Cells that the matrix lacks, and cells that nothing stands behind any more."""
    needed = {
        (name, role, column)
        for name, section in there.items()
        for role in ROLES
        for column in section.columns
    }
    given = {
        (name, role, column)
        for name, cells in matrix.items()
        for role, row in cells.items()
        for column in row
    }
    return [
        *(f"{' / '.join(cell)} has no decision" for cell in sorted(needed - given)),
        *(f"{' / '.join(cell)} is decided, and doesn't exist" for cell in sorted(given - needed)),
    ]


def path(world: World, section: Section, role: str, column: str) -> str:
    """The address that a cell is about."""
    rule, kind, held = section.rule, section.kind, names(section.rule)
    if "target_id" in held:
        target = "theory" if kind == "reply" else "thread"
        is_film = kind == "thread"
        id = _film(world, column) if is_film else _post(world, target, column)
        return filled(rule, kind, id)
    if "post_id" in held:
        if "slug" in held and column != "absent":
            return world.addresses[_name(kind, column)]
        return filled(rule, *(_post(world, kind, column), "x")[: len(held)])
    if "session_id" in held:
        return filled(rule, _session(world, role, column))
    others = {
        "slug": world.films.get(_film_name(column), "absent-1999"),
        "fingerprint": "any",
        "path": "css/site.css" if column == "there" else "css/none.css",
        "token": world.reset_link if column == "good" else "spent",
        "case_id": world.cases.get(column, ABSENT),
        "decision_id": world.decisions.get(column, ABSENT),
        "notice_id": world.notice_id if column == "fan's" else ABSENT,
        "number": 1 if column == "there" else ABSENT,
        "name": ("about" if is_text(rule) else "author") if column == "there" else "nobody",
    }
    return filled(rule, *(others[name] for name in held))


def _film_name(column: str) -> str:
    return {"listed": "open", "sealed": "shut"}.get(column, column)


def _film(world: World, column: str) -> int:
    return world.film_ids.get(_film_name(column), ABSENT)


def _name(kind: str, column: str) -> str:
    return f"shut/{kind}/published" if column == "sealed" else f"open/{kind}/{column}"


def _post(world: World, kind: str, column: str) -> int:
    return ABSENT if column == "absent" else world.posts[_name(kind, column)]


def _session(world: World, role: str, column: str) -> int:
    """A session of one's own (a guest has none: the fan's), of somebody else, of nobody."""
    other = "fan" if role in ("admin", "guest") else "admin"
    owner = role if column == "own" and role != "guest" else other
    return ABSENT if column == "absent" else world.accounts[owner].session_id


def ask(world: World, visitor: Visitor, section: Section, role: str, column: str) -> TestResponse:
    """Send the request of one cell."""
    address = path(world, section, role, column)
    if section.method == "GET":
        return visitor.get(address)
    return visitor.post(address, **FORMS.get(section.rule.endpoint, {}))


def answer(response: TestResponse) -> str:
    """How the matrix writes `response`."""
    to_log_in = response.location is not None and response.location.startswith("/login")
    return LOG_IN if to_log_in else str(response.status_code)
