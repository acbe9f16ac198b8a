"""Law: one place commits. What an act writes is kept whole, or not at all."""

import ast

import pytest

from tests.laws.trees import Trees, modules, planted, sources

PLACES = {
    "forum.lib.database": "unit_of_work()",
    "forum.lib.engines": "says COMMIT to PostgreSQL when SQLAlchemy does",
    "forum.migrations.env": "migrations run in one transaction of their own",
}
"""Modules that may commit, and by what right."""

COMMITTING_CALLS = ("commit", "begin", "begin_nested")
"""Methods that commit, at once or at the end of their block."""


def breaches(trees: Trees) -> list[str]:
    """Where `trees` commit, or switch transactions off, outside of those places."""
    return [
        f"{name}, line {node.lineno}: {problem}"
        for name, tree in trees.items()
        if name not in PLACES
        for node in ast.walk(tree)
        if (problem := _problem(node))
    ]


def _problem(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return f".{node.func.attr}()" if node.func.attr in COMMITTING_CALLS else None
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        said = text.strip().rstrip(";").upper()
        return repr(node.value) if said in ("COMMIT", "END", "AUTOCOMMIT") else None
    return None


def test_one_place_commits() -> None:
    trees = modules(sources())
    assert breaches(trees) == []
    there = {name for name in PLACES if breaches({f"{name}!": trees[name]})}
    assert there == set(PLACES), "a place is named that commits nothing"


@pytest.mark.parametrize(
    "breach",
    [
        "def act():\n    session().commit()",
        "def act():\n    with db.engine.begin() as connection:\n        pass",
        "def act():\n    session().execute(text('commit;'))",
        "def act(line):\n    line.command(b'COMMIT')",
        "def act():\n    db.engine.execution_options(isolation_level='AUTOCOMMIT')",
    ],
)
def test_a_planted_commit_is_caught(breach: str) -> None:
    found = breaches(modules(planted("votes/operations.py", breach)))
    assert len(found) == 1
    assert found[0].startswith("forum.votes.operations, line ")
