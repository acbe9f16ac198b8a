"""Law: each route, for each role and state, has a decision in the matrix, and keeps to it."""

import re

import pytest
from werkzeug.test import TestResponse

from tests.figures import Count
from tests.laws import matrix
from tests.laws.matrix import LOG_IN, Section
from tests.visitors import Visitor
from tests.worlds import ROLES, World

pytestmark = pytest.mark.at_length

DENIED = ("401", "403", "404", "405", "410", LOG_IN)
"""Answers to an act that was not done. `LOG_IN` after a password was reset is the one exception."""


class Asking:
    """One role, who goes through the whole matrix; each cell begins with the same world."""

    def __init__(self, world: World, role: str) -> None:
        self.world = world
        self.role = role
        self.before = world.fingerprint()
        self._visitor: Visitor | None = None

    def ask(self, section: Section, column: str) -> tuple[TestResponse, bool]:
        """What the site answers, and whether the database was changed by it."""
        self._visitor = self._visitor or self.world.visitor(self.role)
        response = matrix.ask(self.world, self._visitor, section, self.role, column)
        changed = self.world.fingerprint() != self.before
        if changed:
            self.world.restore()
        if changed or "Set-Cookie" in response.headers:
            self._visitor = None
        return response, changed


def without_number(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """All of an answer but the number of its request, and the forms' tokens, which look different
    each time."""
    headers = [(k, v) for k, v in response.headers.items() if k not in ("X-Request-Id", "Date")]
    # A form's token looks different on each page; that it is one of the visitor's own is tested.
    alike = re.sub(rb'name="csrf_token" value="\w+"', b"a token", response.data)
    return response.status_code, headers, alike


def test_every_cell_has_a_decision_and_every_decision_a_cell(first_world: World) -> None:
    assert matrix.problems(matrix.sections(first_world.app), matrix.read()) == []


@pytest.mark.parametrize("role", ROLES)
def test_the_site_answers_as_decided(world: World, role: str, count: Count) -> None:
    asking, decided, wrong = Asking(world, role), matrix.read(), []
    asked = 0
    for name, section in matrix.sections(world.app).items():
        absent = None
        for column in reversed(section.columns):  # "absent" stands last
            response, changed = asking.ask(section, column)
            asked += 1
            got, cell = matrix.answer(response), f"{name} / {role} / {column}"
            if got != decided[name][role][column]:
                wrong.append(f"{cell}: {got}, and {decided[name][role][column]} was decided")
            if changed and section.method == "GET":
                wrong.append(f"{cell}: a GET wrote")
            if changed and got in DENIED and name != "accounts.reset POST":
                wrong.append(f"{cell}: {got}, and yet it wrote")
            if column == "absent":
                absent = without_number(response)
            elif got == "404" and without_number(response) != absent:
                wrong.append(f"{cell}: its 404 is not that of what is absent")
    count("matrix: cells", asked)
    count("matrix: cells that are not as decided", len(wrong))
    assert wrong == []


def test_what_is_done_is_written(world: World) -> None:
    """An act that is allowed changes the database: a denied one that did would be seen."""
    asking, decided = Asking(world, "author"), matrix.read()
    acts = ("create_theory", "create_reply", "revise", "withdraw", "save_draft")
    for name, section in matrix.sections(world.app).items():
        if section.rule.endpoint.removeprefix("theories.") in acts:
            for column, cell in decided[name]["author"].items():
                _, changed = asking.ask(section, column)
                assert changed == (cell in ("204", "303")), f"{name} / {column}"


@pytest.mark.parametrize("role", ["guest", "fan", "moderator"])
def test_a_head_answers_as_a_get_does_and_options_tell_nothing(world: World, role: str) -> None:
    visitor = world.visitor(role)
    for name, section in matrix.sections(world.app).items():
        allowed = set()
        for column in section.columns:
            address = matrix.path(world, section, role, column)
            options = visitor.send("OPTIONS", address)
            assert (options.status_code, options.data) == (200, b""), f"{name} / {column}"
            allowed.add(options.headers["Allow"])
            if section.method != "GET":
                continue
            shown, head = visitor.get(address), visitor.send("HEAD", address)
            assert head.data == b""
            sent = without_number(head)[:2]
            assert sent == without_number(shown)[:2], f"{name} / {column}"
        assert len(allowed) == 1, f"{name}: OPTIONS tells what is there"


def test_a_post_of_another_kind_is_absent(world: World) -> None:
    visitor = world.visitor("author")
    nothing = without_number(visitor.get("/threads/9999"))[2]
    for address, kind in (("threads", "theory"), ("threads", "reply"), ("theories", "thread")):
        response = visitor.get(f"/{address}/{world.posts[f'open/{kind}/published']}")
        assert (response.status_code, without_number(response)[2]) == (404, nothing)


def test_nobody_ends_another_persons_session(world: World) -> None:
    fan, admin = world.visitor("fan"), world.visitor("admin")
    fan.post(f"/settings/sessions/{world.accounts['admin'].session_id}/end")
    assert admin.get("/settings").status_code == 200
    admin.post(f"/settings/sessions/{world.accounts['admin'].session_id}/end")
    assert admin.get("/settings").status_code == 303


def test_a_missing_cell_is_caught(first_world: World) -> None:
    there, decided = matrix.sections(first_world.app), matrix.read()
    lost = {name: cells for name, cells in decided.items() if name != "theories.lock POST thread"}
    assert len(matrix.problems(there, lost)) == len(ROLES) * len(matrix.POST)
    lost = decided | {"front.index GET": {"guest": {"any": "200"}}}
    assert "front.index GET / fan / any has no decision" in matrix.problems(there, lost)
    row = decided["films.show GET"]["fan"].copy()
    del row["hidden"]
    lost = decided | {"films.show GET": decided["films.show GET"] | {"fan": row}}
    assert matrix.problems(there, lost) == ["films.show GET / fan / hidden has no decision"]


def test_a_stale_cell_is_caught(first_world: World) -> None:
    there, decided = matrix.sections(first_world.app), matrix.read()
    stale = decided | {"films.burn POST": {"admin": {"any": "303"}}}
    problem = "films.burn POST / admin / any is decided, and doesn't exist"
    assert matrix.problems(there, stale) == [problem]
    rows = decided["front.index GET"]
    stale = decided | {"front.index GET": rows | {"usher": {"any": "200"}}}
    assert len(matrix.problems(there, stale)) == 1
    stale = decided | {"front.index GET": rows | {"fan": {"any": "200", "beyond": "404"}}}
    assert len(matrix.problems(there, stale)) == 1


def test_a_new_route_needs_a_decision(world: World) -> None:
    world.app.add_url_rule("/usher", "front.usher", lambda: "", methods=["PUT"])
    found = matrix.problems(matrix.sections(world.app), matrix.read())
    assert found == [f"front.usher PUT / {role} / any has no decision" for role in sorted(ROLES)]


@pytest.mark.parametrize(
    "text",
    [
        '[columns]\nany = "any"\n["a GET"]\nfan = "200"\n"guest fan" = "200"',
        '[columns]\nany = "any"\n["a GET"]\nfan = "200"\neverybody = "200"',
        '[columns]\nany = "any"\n["a GET thread"]\n["a GET reply thread"]\nfan = "404"',
    ],
)
def test_what_is_decided_twice_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="stands twice"):
        matrix.read(text)


def test_a_cell_too_many_is_seen() -> None:
    read = matrix.read('[columns]\nany = "any"\n["a GET"]\nfan = "200 404"')
    assert read == {"a GET": {"fan": {"any": "200", "beyond": "404"}}}
