"""Law: imports follow the arrow (house.md, section 1).

    lib ← config ← permissions, events, counters ← accounts ← films ← theories ← votes ← …
    all of those ← doors ← wiring

A module imports from its own room and from those left of it. *Doors* compose pages out of several
rooms: they may look into any room, and nobody imports them but other doors and wiring. *Wiring*
puts the whole together: it sees everything, and only wiring imports it. Within a room its models
come first, and its queries know no operation. No import hides in a function, and none runs in a
circle.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.laws.trees import Trees, functions, modules, planted, sources

STEPS = (
    ("lib",),
    ("config",),
    ("permissions", "events", "counters"),
    ("accounts",),
    ("films",),
    ("theories",),
    ("votes",),
    ("camps",),
    ("moderation",),
    ("notifications",),
    ("search",),
)
"""The rooms from left to right; those of one step don't know each other."""

WIRING = (
    "",
    "consequences",
    "errors",
    "fan_pages",
    "guest_pages",
    "notices",
    "cli",
    "seeds",
    "migrations",
    "wsgi",
)
ROOMS_OF_DOORS = ("front", "texts", "api")
"""Rooms that are nothing but pages."""

DOORS = {
    "accounts.arrivals": "what a guest brings along belongs to films and to theories",
    "theories.composing": "the views of every composer",
    "theories.composers": "the pages that those views show",
    "moderation.case_page": "all that the page of a case shows, with its forms",
    "moderation.queue_page": "the queue and a case beside it, for the views of both",
    "theories.listing": "how the page of a question is arranged, with words of votes",
}
"""Doors besides the modules called views, …_views and forms, and why they are doors."""


def breaches(trees: Trees) -> list[str]:
    """What is imported in `trees` against the order."""
    edges = {name: sorted(set(_imported(name, tree, trees))) for name, tree in trees.items()}
    found = [
        f"{name} imports {target}: {problem}"
        for name, targets in edges.items()
        for target in targets
        if (problem := _problem(name, target))
    ]
    found += [
        f"{name}.{function.name} imports inside a function"
        for name, tree in trees.items()
        for function in functions(tree)
        if any(_hides_import(node) for node in ast.walk(function))
    ]
    return found + [f"in a circle: {' → '.join(circle)}" for circle in _circles(edges)]


def _problem(name: str, target: str) -> str | None:
    here, there = _Place(name), _Place(target)
    if here.step is None or there.step is None:
        return "one of them has no place in the order; give it one in this law"
    if there.kind == "wiring":
        return None if here.kind == "wiring" else "wiring is for wiring only"
    if there.kind == "door":
        return "nobody knows a door but doors and wiring" if here.kind == "room" else None
    if here.kind != "room" or here.room == there.room:
        return _problem_within(here, there)
    return None if there.step < here.step else "it lies to the right"


def _problem_within(here: "_Place", there: "_Place") -> str | None:
    if here.room != there.room or here.kind != "room":
        return None
    if here.module == "models":
        return "models come first in their room"
    if here.module == "queries" and there.module == "operations":
        return "a query knows no operation"
    return None


class _Place:
    """Where a module stands: its room, the room's step (None if it has no place), and its kind."""

    def __init__(self, name: str) -> None:
        self.room, _, inside = name.removeprefix("forum").removeprefix(".").partition(".")
        self.module = inside.rpartition(".")[2]
        steps = [number for number, rooms in enumerate(STEPS) if self.room in rooms]
        self.step: int | None = steps[0] if steps else None
        self.kind = "room"
        if self.room in WIRING:
            self.kind, self.step = "wiring", len(STEPS) + 1
        elif self.room in ROOMS_OF_DOORS or self._is_door():
            self.kind, self.step = "door", len(STEPS)

    def _is_door(self) -> bool:
        is_page = self.module in ("views", "forms") or self.module.endswith("_views")
        return is_page or f"{self.room}.{self.module}" in DOORS


def _imported(name: str, tree: ast.Module, trees: Trees) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (_known(alias.name, trees) for alias in node.names if _ours(alias.name))
        elif isinstance(node, ast.ImportFrom):
            package = node.module or ""
            if node.level:  # relative: counted from the module's own package
                parts = name.split(".")[: -node.level] or ["forum"]
                package = ".".join([*parts, *filter(None, [package])])
            if _ours(package):
                for alias in node.names:
                    yield _known(f"{package}.{alias.name}", trees)


def _ours(name: str) -> bool:
    return name == "forum" or name.startswith("forum.")


def _known(name: str, trees: Trees) -> str:
    """The module that `name` stands for: itself, or the one that defines it."""
    return name if name in trees else name.rpartition(".")[0]


def _hides_import(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    called = node.func if isinstance(node, ast.Call) else None
    name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
    return name in ("__import__", "import_module")


def _circles(edges: dict[str, list[str]]) -> list[list[str]]:
    done: set[str] = set()
    found: list[list[str]] = []

    def walk(name: str, way: list[str]) -> None:
        if name in way:
            found.append([*way[way.index(name) :], name])
        elif name not in done:
            for target in edges.get(name, []):
                if target != name:
                    walk(target, [*way, name])
            done.add(name)

    for name in edges:
        walk(name, [])
    return found


def test_imports_follow_the_arrow() -> None:
    assert breaches(modules(sources())) == []


def test_every_named_door_is_there() -> None:
    there = modules(sources())
    assert [name for name in DOORS if f"forum.{name}" not in there] == []


@pytest.mark.parametrize(
    ("place", "breach", "said"),
    [
        ("films/models.py", "from forum.theories.models import Post", "it lies to the right"),
        ("theories/queries.py", "from forum.votes import ranks", "it lies to the right"),
        ("theories/queries.py", "from ..votes.ranks import ranks_of", "it lies to the right"),
        ("lib/clock.py", "import forum.config", "it lies to the right"),
        ("permissions.py", "from forum.accounts.models import User", "it lies to the right"),
        ("events.py", "from forum import counters", "it lies to the right"),
        ("votes/operations.py", "from forum.theories.views import post", "nobody knows a door"),
        ("films/cards.py", "from forum.theories import composing", "nobody knows a door"),
        ("votes/views.py", "from forum import create_app", "wiring is for wiring only"),
        ("films/operations.py", "from forum.seeds import seed_all", "wiring is for wiring only"),
        ("votes/models.py", "from forum.votes.queries import my_votes", "models come first"),
        ("votes/queries.py", "from forum.votes import operations", "a query knows no operation"),
        ("gossip.py", "from forum.lib import clock", "has no place in the order"),
        ("lib/text.py", "def f():\n    from forum import lib", "inside a function"),
        ("lib/text.py", "def f():\n    __import__('os')", "inside a function"),
        ("lib/text.py", "def f():\n    lib.import_module('forum')", "inside a function"),
        ("lib/clock.py", "from forum.lib import throttle", "in a circle"),
    ],
)
def test_a_planted_import_is_caught(place: str, breach: str, said: str) -> None:
    found = breaches(modules(planted(place, breach)))
    assert any(said in line for line in found), found
