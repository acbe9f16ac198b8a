"""Fields of forms: how long, and with which characters."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from forum.lib.fields import Form, line_field, lines, one_line, prose_field


class _Question(Form):
    line = line_field(10, 3)
    prose = prose_field(20)


@pytest.fixture
def filled(app):
    def fill(**typed: str) -> Any:
        with app.test_request_context(method="POST"):
            form = _Question(formdata=MultiDict({"line": "a title", "prose": "words"} | typed))
            form.validate()
            return form

    return fill


def test_a_good_form_is_taken(filled):
    form = filled(line="  a \n title ", prose="one\r\ntwo\rthree \n\n")
    assert form.errors == {}
    assert (form.line.data, form.prose.data) == ("a title", "one\ntwo\nthree")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"line": ""}, "This is needed."),
        ({"line": "   "}, "This is needed."),
        ({"prose": " \n "}, "This is needed."),
        ({"line": "ab"}, "At least 3 characters, please."),
        ({"line": "x" * 11}, "11 characters, and 10 fit. Shorten it a little."),
        ({"prose": "x" * 21}, "21 characters, and 20 fit. Shorten it a little."),
        ({"line": "a\0bc"}, "It holds a character that can’t be shown (U+0000). Take it out."),
        ({"prose": "\u202eabc"}, "It holds a character that can’t be shown (U+202E). Take it out."),
        ({"line": "a" + "\u0331" * 9}, "Too many marks stand on one letter. Take some off."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(filled, typed, said):
    form = filled(**typed)
    assert form.errors == {next(iter(typed)): [said]}


def test_what_was_typed_stays(filled):
    assert filled(prose="y" * 30).prose.data == "y" * 30


def test_fields_say_how_long_they_may_be(filled):
    assert 'maxlength="10"' in filled().line()
    assert 'maxlength="20"' in filled().prose()


def test_filters_bear_nothing_at_all():
    assert (one_line(None), lines(None)) == ("", "")
