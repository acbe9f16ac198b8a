"""Every template knows the words of all, and those that it is given."""

from flask import Flask


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
