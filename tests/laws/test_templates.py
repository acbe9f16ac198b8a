"""Law: templates compile, components stand on their own, and macros get what they declare.

A component is a macro with declared parameters, imported without context: all that it shows comes
through its parameters or is a global of the site. Undefined names are errors (StrictUndefined), so
what this law misses the pages' own tests would meet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, TemplateSyntaxError, meta, nodes

from forum import create_app
from tests.conftest import settings_for

Sources = dict[str, str]
"""Name of a template → what it holds."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a macro declares.

    Attributes:
        required, optional: names of parameters, in order.
        takes_block: whether it shows what a {% call %} holds.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]
    takes_block: bool


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The site's own template environment."""
    return create_app(settings_for(tmp_path_factory.mktemp("templates"))).jinja_env


@pytest.fixture(scope="module")
def sources(environment: Environment) -> Sources:
    """Every template of the site."""
    assert environment.loader is not None
    loader = environment.loader
    return {name: loader.get_source(environment, name)[0] for name in environment.list_templates()}


def breaches(environment: Environment, sources: Sources) -> list[str]:
    """What is wrong with some templates."""
    world = environment.overlay(loader=DictLoader(sources))
    trees, found = {}, []
    for name, source in sources.items():
        if not name.endswith(".html") or "autoescape" in source:
            # forum.lib.templates relies on it: macros give markup, and words escape what they say.
            found.append(f"{name}: everything is HTML, and escaped")
        try:
            trees[name] = world.parse(source)
            world.get_template(name)
        except TemplateSyntaxError as error:
            found.append(f"{name}: {error}")
    macros = {name: _macros(tree) for name, tree in trees.items()}
    for name, tree in trees.items():
        said = chain(_wrong_imports(tree, macros), _wrong_calls(name, tree, macros))
        if name.startswith("components/"):
            free = meta.find_undeclared_variables(tree) - {*world.globals, *_own(tree), "caller"}
            said = chain(said, (f"{each} comes from nowhere" for each in sorted(free)))
        found += [f"{name}: {problem}" for problem in said]
    return found


def _macros(tree: nodes.Template) -> dict[str, Signature]:
    return {macro.name: _signature(macro) for macro in tree.find_all(nodes.Macro)}


def _signature(macro: nodes.Macro) -> Signature:
    names = [arg.name for arg in macro.args if arg.name != "caller"]
    has_caller = len(names) < len(macro.args)
    defaults = len(macro.defaults) - has_caller
    split = len(names) - defaults
    used = any(node.name == "caller" for node in macro.find_all(nodes.Name))
    return Signature(tuple(names[:split]), tuple(names[split:]), used)


def _imports(tree: nodes.Template) -> Iterator[tuple[nodes.FromImport, str, str, str]]:
    """Every name that is imported: its node, template, macro and the name that it gets here."""
    for node in tree.find_all(nodes.FromImport):
        assert isinstance(node.template, nodes.Const)
        for entry in node.names:
            macro, local = entry if isinstance(entry, tuple) else (entry, entry)
            yield node, node.template.value, macro, local


def _wrong_imports(tree: nodes.Template, macros: dict[str, dict[str, Signature]]) -> Iterator[str]:
    for node, template, macro, _ in _imports(tree):
        if node.with_context:
            yield f"line {node.lineno}: {macro} is imported with context"
        if macro not in macros.get(template, {}):
            yield f"line {node.lineno}: {template} has no macro {macro}"
    for node in tree.find_all(nodes.Import):
        yield f"line {node.lineno}: macros are imported by name"


def _wrong_calls(
    name: str, tree: nodes.Template, macros: dict[str, dict[str, Signature]]
) -> Iterator[str]:
    known = dict(macros[name])
    for _, template, macro, local in _imports(tree):
        if macro in macros.get(template, {}):
            known[local] = macros[template][macro]
    with_block = {id(block.call) for block in tree.find_all(nodes.CallBlock)}
    for call, called in _calls(tree, frozenset(known)):
        for problem in _mismatches(call, known[called], id(call) in with_block):
            yield f"line {call.lineno}: {called}() {problem}"


def _calls(node: nodes.Node, macros: frozenset[str]) -> Iterator[tuple[nodes.Call, str]]:
    """Calls of `macros` below `node`; a parameter or variable of that name is another thing."""
    if isinstance(node, nodes.Macro):
        macros -= _own(node)
    called = node.node if isinstance(node, nodes.Call) else None
    if isinstance(called, nodes.Name) and called.name in macros:
        yield node, called.name
    for child in node.iter_child_nodes():
        yield from _calls(child, macros)


def _own(node: nodes.Node) -> frozenset[str]:
    """The names that parameters, loops and assignments below `node` give a meaning."""
    return frozenset(n.name for n in node.find_all(nodes.Name) if n.ctx in ("store", "param"))


def _mismatches(call: nodes.Call, macro: Signature, has_block: bool) -> Iterator[str]:
    parameters = (*macro.required, *macro.optional)
    by_name = [keyword.key for keyword in call.kwargs]
    in_order = parameters[: len(call.args)]
    if call.dyn_args is not None or call.dyn_kwargs is not None:
        yield "gets parameters that can't be read here"
        return
    if len(call.args) > len(parameters):
        yield f"takes {len(parameters)} parameters, and gets {len(call.args)}"
    for key in by_name:
        if key not in parameters:
            yield f"declares no {key}"
        if key in in_order:
            yield f"gets {key} twice"
    for missing in [each for each in macro.required if each not in (*in_order, *by_name)]:
        yield f"needs {missing}"
    if has_block and not macro.takes_block:
        yield "shows no block"


def test_every_template_compiles_and_gives_macros_what_they_declare(
    environment: Environment, sources: Sources
) -> None:
    assert environment.undefined is StrictUndefined
    assert len(sources) > 40
    assert breaches(environment, sources) == []


def test_the_law_looks_at_real_calls(sources: Sources, environment: Environment) -> None:
    trees = [environment.parse(source) for source in sources.values()]
    calls = [call for tree in trees for call in tree.find_all(nodes.Call)]
    imported = [entry for tree in trees for entry in _imports(tree)]
    assert (len(calls) > 300, len(imported) > 100) == (True, True)


PAGE = '{% from "components/planted.html" import plant %}'
MACRO = "{% macro plant(a, b, c=1, d=2) %}{{ a }}{{ b }}{{ c }}{{ d }}{% endmacro %}"
BLOCK = "{% macro plant(a, caller=none) %}{{ a }}{{ caller() }}{% endmacro %}"


@pytest.mark.parametrize(
    ("macro", "use", "said"),
    [
        (MACRO, "{{ plant(1, 2) }}{{ plant(1, b=2, d=3) }}{{ plant(1, 2, 3, 4) }}", None),
        (BLOCK, "{% call plant(1) %}text{% endcall %}", None),
        (MACRO, "{{ plant(1) }}", "plant() needs b"),
        (MACRO, "{{ plant(b=1) }}", "plant() needs a"),
        (MACRO, "{{ plant(1, 2, e=3) }}", "plant() declares no e"),
        (MACRO, "{{ plant(1, 2, 3, 4, 5) }}", "plant() takes 4 parameters, and gets 5"),
        (MACRO, "{{ plant(1, 2, b=3) }}", "plant() gets b twice"),
        (MACRO, "{{ plant(*all) }}", "plant() gets parameters that can't be read here"),
        (MACRO, "{% call plant(1, 2) %}text{% endcall %}", "plant() shows no block"),
        (MACRO, "{% if x %}{{ plant(1) }}", "Unexpected end of template"),
        (MACRO, "{{ title|no_such_filter }}", "No filter named 'no_such_filter'"),
        ("{% macro plant(a) %}{{ viewer.name }}{% endmacro %}", "", "viewer comes from nowhere"),
        ("{% macro other() %}{% endmacro %}", "", "has no macro plant"),
    ],
)
def test_a_planted_breach_is_caught(
    environment: Environment, macro: str, use: str, said: str | None
) -> None:
    planted = {"components/planted.html": macro, "planted.html": PAGE + use}
    found = breaches(environment, planted)
    assert len(found) == (0 if said is None else 1)
    assert said is None or said in found[0]


def test_an_import_with_context_is_caught(environment: Environment) -> None:
    page = PAGE.replace(" %}", " with context %}") + "{{ plant(1, 2) }}"
    found = breaches(environment, {"components/planted.html": MACRO, "planted.html": page})
    assert found == ["planted.html: line 1: plant is imported with context"]


def test_a_parameter_with_the_name_of_a_macro_is_no_macro(environment: Environment) -> None:
    macro = MACRO + "{% macro show(plant) %}{{ plant(e=5) }}{% endmacro %}"
    assert breaches(environment, {"components/planted.html": macro}) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [("mail.txt", "Hello"), ("page.html", "{% autoescape false %}{% endautoescape %}")],
)
def test_what_is_no_html_or_not_escaped_is_caught(
    environment: Environment, name: str, source: str
) -> None:
    assert f"{name}: everything is HTML, and escaped" in breaches(environment, {name: source})
