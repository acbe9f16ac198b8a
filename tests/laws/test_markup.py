"""Law: one module says which text is HTML. Everywhere else text is escaped, without exception."""

import ast
import re

import pytest

from tests.laws.trees import CHECKOUT, Trees, modules, planted, sources

PLACE = "forum.lib.markup"

_SAFE_FILTER = re.compile(r"\|\s*safe\b|\bautoescape\b|\bMarkup\b|\|\s*xmlattr\b")


def breaches(trees: Trees) -> list[str]:
    """Where `trees` turn text into HTML outside of the one place."""
    return [
        f"{name}, line {node.lineno}: {problem}"
        for name, tree in trees.items()
        if name != PLACE
        for node in ast.walk(tree)
        if (problem := _problem(node))
    ]


def breaches_of_template(source: str) -> list[str]:
    """Where the text of a template switches escaping off."""
    return _SAFE_FILTER.findall(source)


def _problem(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call):
        called = node.func
        names = {n.id for n in ast.walk(called) if isinstance(n, ast.Name)}
        names |= {n.attr for n in ast.walk(called) if isinstance(n, ast.Attribute)}
        return "Markup()" if "Markup" in names else None
    if isinstance(node, ast.FunctionDef) and node.name in ("__html__", "__html_format__"):
        return node.name
    if isinstance(node, ast.ImportFrom | ast.Import):
        renamed = [alias.asname for alias in node.names if alias.name == "Markup" and alias.asname]
        return f"Markup as {renamed[0]}" if renamed else None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "autoescape" if "autoescape" in node.value else None
    return "autoescape" if isinstance(node, ast.keyword) and node.arg == "autoescape" else None


def test_only_one_module_makes_markup() -> None:
    trees = modules(sources())
    assert breaches(trees) == []
    assert breaches({"elsewhere": trees[PLACE]}) != []


def test_no_template_switches_escaping_off() -> None:
    templates = sorted((CHECKOUT / "templates").rglob("*.html"))
    assert len(templates) > 40
    found = {path.name: breaches_of_template(path.read_text("utf-8")) for path in templates}
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize(
    "breach",
    [
        "def show(title):\n    return Markup(title)",
        "def show(title):\n    return markupsafe.Markup(title)",
        "def show(title):\n    return Markup.format('<b>{}</b>', title)",
        "def show(title):\n    return Markup('<b>%s</b>') % title",
        "from markupsafe import Markup as M",
        "class Shown:\n    def __html__(self):\n        return self.title",
        "env = Environment(autoescape=False)",
    ],
)
def test_planted_markup_is_caught(breach: str) -> None:
    found = breaches(modules(planted("films/cards.py", breach)))
    assert found
    assert all(line.startswith("forum.films.cards, line ") for line in found)


@pytest.mark.parametrize(
    "breach", ["{{ title|safe }}", "{{ title | safe }}", "{% autoescape false %}{{ title }}"]
)
def test_a_planted_safe_filter_is_caught(breach: str) -> None:
    assert breaches_of_template(breach) != []
    assert breaches_of_template("{{ safe_title }} is safe | safely") == []
