"""Naughty strings, each typed into each field of each form by whoever may send it, and by others:
the answer is never an error of ours, and says what to do."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest

from tests.figures import WHOLE, Count, sample
from tests.film_lists import SHARED
from tests.trust.places import says_what_to_do
from tests.trust.test_junk import NAUGHTY
from tests.trust.text_forms import EVERYBODY, TextForm, fields_on_pages, text_forms
from tests.visitors import Visitor
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


@dataclass
class Typists:
    """One of each role, who send forms; what was done is undone, so that no quota is used up.

    Attributes:
        sent: how many forms were sent; done: how many of them did something.
        errors: answers that are errors of ours; silent: refusals that say nothing.
    """

    world: World
    sent: int = 0
    done: int = 0
    errors: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    _present: dict[str, Visitor] = field(default_factory=dict)

    def send(self, role: str, form: TextForm, fields: dict[str, str], about: str) -> None:
        """Send `form` as `role`, and look at the answer."""
        visitor = self._present.setdefault(role, self.world.visitor(role))
        if form.method == "GET":
            response = visitor.get(form.path, query_string=fields)
        else:
            response = visitor.post(form.path, **fields)
        self.sent += 1
        said = f"{form.endpoint} as {role}, {about}: {response.status_code}"
        if response.status_code >= 500:
            self.errors.append(said)
        elif response.status_code >= 400 and not says_what_to_do(response):
            self.silent.append(said)
        if response.status_code < 400 and form.method != "GET":
            self.done += 1
            self.world.restore()
            self._present.clear()
        elif form.who == ("guest",):  # a wrong try counts, and the tenth would be refused as such
            self.world.restore()

    def type(self, text: str) -> None:
        """Send every form with `text` in it: field by field by those whom it is for, and in all
        its fields at once by one of those whom it is not for."""
        for form in text_forms(self.world):
            for role in form.who:
                for name, fields in zip(form.typed, form.with_text(text), strict=True):
                    self.send(role, form, fields, f"{name} {text[:40]!r}")
            others = [role for role in EVERYBODY if role not in form.who]
            if others:
                role = others[self.sent % len(others)]
                self.send(role, form, dict.fromkeys(form.typed, text), f"all {text[:40]!r}")


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
