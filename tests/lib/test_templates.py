"""Templates say what Jinja's own would; each knows the words of all, and those it is given."""

import pytest
from flask import Flask
from flask.templating import Environment
from jinja2 import DictLoader, StrictUndefined, UndefinedError, pass_context
from markupsafe import Markup

from forum.lib.templates import Templates


def test_a_component_knows_the_words_of_all_and_none_of_the_page(app: Flask) -> None:
    page = app.jinja_env.from_string("{{ site.name }}, {{ word }}")
    component = app.jinja_env.get_template("components/forms.html")
    assert page.render(word="given") == f"{app.jinja_env.globals['site']['name']}, given"
    assert component.globals is app.jinja_env.globals
    assert "word" not in component.globals


def test_words_of_a_templates_own_come_before_those_of_all(app: Flask) -> None:
    page = app.jinja_env.from_string("{{ site }}, {{ _('and') }}", globals={"site": "mine"})
    assert page.render() == "mine, and"
    assert app.jinja_env.globals["site"] != "mine"


_PARTS = """
{% macro plain(a, b) %}<i>{{ a }}</i>{{ b }}{% endmacro %}
{% macro defaults(a, b="b", c=3) %}{{ a }}{{ b }}{{ c }}{% endmacro %}
{% macro rest(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}
{% macro around(a) %}<p>{{ caller(a) }}</p>{% endmacro %}
"""
_PAGE = """
{% from "parts.html" import plain, defaults, rest, around %}{% import "parts.html" as parts %}
{{ text }}{{ markup }}{{ number }}{{ none }}{{ half }}{{ yes }}{{ html }}{{ text|upper }}
{{ plain(text, markup) }}{{ plain(a=text, b=1) }}{{ parts.plain(markup, text) }}
{{ defaults(text) }}{{ defaults(text, c=markup) }}{{ defaults(text, text, text) }}
{{ rest(text, 1, x="<") }}{% call(x) around(text) %}{{ x }}{{ text }}{% endcall %}
{% for n in [1, 2] %}{{ loop.index }}{{ loop.cycle("<", ">") }}{{ named() }}{% endfor %}
{% set kept %}{{ text }}{{ plain(1, 2) }}{% endset %}{{ kept }}{{ kept ~ text }}{{ [text] }}
{{ "<b>"|safe }}{{ "<b>" }}{{ text if yes else markup }}{{ plain(plain(text, text), text) }}
"""


class _Html:
    def __html__(self) -> str:
        return "<hr>"


@pass_context
def _named(context):
    return context.name


def _environment(of, app: Flask):
    made = of(app, loader=DictLoader({"parts.html": _PARTS, "page.html": _PAGE}), autoescape=True)
    made.globals["named"] = _named
    made.undefined = StrictUndefined
    return made


_GIVEN = {
    "text": "<a href='x'>&\"",
    "markup": Markup("<b>&amp;</b>"),
    "number": 1204,
    "none": None,
    "half": 0.5,
    "yes": True,
    "html": _Html(),
}


def test_a_template_says_what_jinjas_own_would(app: Flask) -> None:
    ours, theirs = (
        _environment(of, app).get_template("page.html") for of in (Templates, Environment)
    )
    assert ours.render(_GIVEN) == theirs.render(_GIVEN)


@pytest.mark.parametrize("call", ["plain(1)", "plain(1, 2, 3)", "plain(1, 2, c=3)", "around(1)"])
def test_a_macro_is_not_called_otherwise_than_it_is_written(app: Flask, call: str) -> None:
    for of in (Templates, Environment):
        words = f"{{% from 'parts.html' import plain, around %}}{{{{ {call} }}}}"
        with pytest.raises((TypeError, UndefinedError)):
            _environment(of, app).from_string(words).render()


def test_what_a_page_is_not_given_is_an_error(app: Flask) -> None:
    with pytest.raises(UndefinedError):
        _environment(Templates, app).from_string("{{ missing }}").render()
