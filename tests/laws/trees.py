"""The package `forum` as syntax trees, and copies of them in which a breach is planted."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import forum

ROOT = Path(forum.__file__).parent
CHECKOUT = ROOT.parent

Sources = dict[str, str]
"""Path within the package, such as "votes/models.py" → what the file holds."""

Trees = dict[str, ast.Module]
"""Dotted name of a module, such as "forum.votes.models" → its syntax tree."""


@cache
def _sources() -> Sources:
    paths = [path for path in sorted(ROOT.rglob("*.py")) if "__pycache__" not in path.parts]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}


def sources() -> Sources:
    """Every Python file of the package."""
    return dict(_sources())


def planted(place: str, breach: str) -> Sources:
    """The package's files, where `breach` ends the file `place`, or is all of a new one."""
    found = sources()
    return found | {place: f"{found.get(place, '')}\n\n{breach}\n"}


def modules(found: Sources) -> Trees:
    """The syntax trees of some files."""
    return {_name(path): _parsed(source) for path, source in found.items()}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in `tree`, methods and inner ones too."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return (node for node in ast.walk(tree) if isinstance(node, kinds))


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


def _name(path: str) -> str:
    parts = ["forum", *Path(path).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
