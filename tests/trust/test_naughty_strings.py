"""Naughty strings, each typed into each field of each form by whoever may send it, and by others:
the answer is never an error of ours, and says what to do."""

import json
from collections.abc import Iterator
from functools import cache

import pytest

from tests.figures import WHOLE, Count, sample
from tests.film_lists import SHARED
from tests.trust.test_junk import NAUGHTY
from tests.trust.text_forms import TextForm, fields_on_pages, text_forms
from tests.trust.typists import Typists
from tests.worlds import World

PARTS = 4
SAMPLED = 4
"""How many strings of each part the ordinary suite types in."""


@cache
def strings() -> list[str]:
    """The Big List of Naughty Strings where the workplace has it, and our own list."""
    path = SHARED / "data" / "text" / "blns.json"
    listed = json.loads(path.read_text("utf-8")) if path.exists() else []
    return list(dict.fromkeys([*listed, *NAUGHTY]))


def parts() -> Iterator[list[str]]:
    """The strings, in parts that may be typed side by side."""
    for part in range(PARTS):
        yield sample(strings()[part::PARTS], SAMPLED)


def test_every_field_that_stands_on_a_page_is_typed_in(world: World) -> None:
    typed = {(form.endpoint, name) for form in text_forms(world) for name in form.typed}
    found = fields_on_pages(world)
    assert found - typed == set()
    assert len(found) > 20


def test_every_form_is_right_as_long_as_nothing_naughty_is_typed(world: World) -> None:
    """Else what is typed into it would stop at the first field and never come further."""
    for form in text_forms(world):
        if form.method == "GET" or not form.good or form.good.get("act") == "preview":
            continue
        for role in form.who:
            response = world.visitor(role).post(form.path, **form.good)
            assert response.status_code in (204, 303), f"{form.endpoint} as {role}"
            world.restore()


@pytest.mark.parametrize("part", range(PARTS))
def test_no_string_is_too_naughty_for_any_field(world: World, part: int, count: Count) -> None:
    typists = Typists(world)
    for text in list(parts())[part]:
        typists.type(text)
    count("naughty strings: submissions", typists.sent)
    count("naughty strings: accepted", typists.done)
    count("naughty strings: 5xx", len(typists.errors))
    count("naughty strings: refusals without a word", len(typists.silent))
    assert typists.errors == []
    assert typists.silent == []
    assert typists.sent > (10_000 // PARTS if WHOLE else 400)
    assert typists.done > typists.sent // 10


def test_an_answer_that_is_an_error_or_says_nothing_is_noticed(world: World) -> None:
    world.app.add_url_rule("/bare", "planted.bare", lambda: ("<p></p>", 422), methods=["POST"])
    world.app.add_url_rule("/broken", "planted.broken", lambda: ("", 500), methods=["POST"])
    typists = Typists(world)
    for name in ("bare", "broken"):
        form = TextForm(f"planted.{name}", f"/{name}", ("fan",), {}, ("body",))
        typists.send("fan", form, {"body": "x"}, "x")
    assert typists.silent == ["planted.bare as fan, x: 422"]
    assert typists.errors == ["planted.broken as fan, x: 500"]
