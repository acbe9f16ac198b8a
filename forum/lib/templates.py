"""Templates as Flask has them, at less cost: a page of 25 theories makes a thousand calls in them.

They say what Jinja's own would. Left out is what Jinja does at every call and for every value,
though few need it: a look whether a function wants the context, a fresh `Markup` around text that
goes straight into the page, the matching of a macro's arguments where all are given in order.
"""

from collections.abc import Callable, MutableMapping
from keyword import iskeyword
from types import CodeType
from typing import Any

from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Macro
from jinja2.visitor import NodeTransformer

from forum.lib.escaping import marked, shown
from forum.lib.language import words


class _Words(NodeTransformer):
    """Writes the words that take no values into a template when it is compiled."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  # Jinja names it
        self.generic_visit(node)
        match node:
            case nodes.Call(
                node=nodes.Name(name="_"),
                args=[nodes.Const(value=str(text))],
                kwargs=[],
                dyn_args=None,
                dyn_kwargs=None,
            ):
                return nodes.Const(words(text), lineno=node.lineno)
        return node


class _Compiler(CodeGenerator):
    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: N802  # as above
        super().visit_Template(_Words().visit(node), frame)

    def visit_Call(  # noqa: N802  # as above
        self, node: nodes.Call, frame: Any, forward_caller: bool = False
    ) -> None:
        # Only a word that all templates know may want the context.
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        wants_context = hasattr(self.environment.globals.get(name), "jinja_pass_arg")
        is_plain = not (forward_caller or node.dyn_args or node.dyn_kwargs or wants_context)
        if not is_plain or any(iskeyword(given.key) for given in node.kwargs):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for place, given in enumerate([*node.args, *node.kwargs]):
            self.write(", " if place else "")
            self.visit(given, frame)
        self.write(")")


class _Macro(Macro):
    def __init__(self, environment: Any, func: Callable[..., str], *more: Any) -> None:
        super().__init__(environment, func, *more)
        self._say = func
        self._is_plain = not (self.caller or self.catch_kwargs or self.catch_varargs)

    def __call__(self, *given: Any, **named: Any) -> str:
        if self._is_plain and not named and len(given) == len(self.arguments):
            return marked(self._say(*given))
        return super().__call__(*given, **named)


class _Template(Template):
    @classmethod
    def from_code(
        cls, environment: Any, code: CodeType, globals: Any, uptodate: Any = None
    ) -> Template:
        made = super().from_code(environment, code, globals, uptodate)
        made.root_render_func.__globals__.update(escape=shown, Macro=_Macro)
        return made


class Templates(Environment):
    """Where every template knows the same words, besides those that a page is given."""

    code_generator_class = _Compiler
    template_class = _Template

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The words of a template; its own, `d`, come first if it has any.

        Jinja keeps room for more in each template, and therefore compares all words whenever one
        imports another: a twentieth of what the front page costs.
        """
        return super().make_globals(d) if d else self.globals
