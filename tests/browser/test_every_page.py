"""Every page, in both themes, on a phone and on a desk."""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import Arrives
from tests.browser.house import House, Stage
from tests.browser.pages import FIRST_DAY, PAGES, Spec, show

PHONE, DESK, SMALLEST = 390, 1280, 320

_ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
_RULES = {"light": _ALL_RULES, "dark": _RULES_OF_COLOUR}  # a theme changes nothing but colours
_WIDER_THAN_THE_WINDOW = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = (e) => e && (["auto", "scroll", "hidden"].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
    const wide = [...document.querySelectorAll("body *")]
        .filter((e) => e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement) && !e.closest(".vh, .skip"));
    return document.documentElement.scrollWidth > width ? wide.map((e) => e.outerHTML.slice(0, 120)) : [];
}"""
_LOW_CONTROLS = """() => [...document.querySelectorAll("button, input, textarea, summary, .button, .tab, .nav-link, .choice label")]
    .filter((e) => e.checkVisibility() && e.type !== "hidden" && !e.matches(".choice-input, .veil > summary"))
    .filter((e) => e.getBoundingClientRect().height < 43.5)
    .map((e) => `${e.outerHTML.slice(0, 90)} is ${e.getBoundingClientRect().height} px high`)"""


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Stage:
    """The evening, but for the pages of the first day."""
    first = request.node.callspec.params["name"] in FIRST_DAY
    stage: Stage = request.getfixturevalue("first_day" if first else "evening_stage")
    return stage


@pytest.mark.parametrize("name", [*FIRST_DAY, *PAGES])
def test_a_page_is_whole(name: str, arrives: Arrives, house: House, stage: Stage) -> None:
    spec = (FIRST_DAY | PAGES)[name]
    person = arrives(width=PHONE, reduced_motion="reduce")
    show(person, spec, stage.places)
    assert person.page.title() == f"{_title(spec, house)} | Foyer"
    assert _headings(person.page) == [], "a heading's level follows the one above it, after one h1"
    for width in (SMALLEST, PHONE, DESK):
        person.page.set_viewport_size({"width": width, "height": 900})
        assert person.page.evaluate(_WIDER_THAN_THE_WINDOW) == [], f"too wide at {width} px"
    assert person.page.evaluate(_LOW_CONTROLS) == []
    for width in (PHONE, DESK):
        person.page.set_viewport_size({"width": width, "height": 900})
        for theme, rules in _RULES.items():
            person.page.emulate_media(color_scheme=theme)
            assert _violations(person.page, rules) == [], f"{theme}, {width} px"


def _title(spec: Spec, house: House) -> str:
    return spec.title.format(tagline=house.app.config["FOYER"].tagline)


def _headings(page: Page) -> list[str]:
    """Headings that break the outline: a second h1, none at all, or a level that is skipped."""
    levels = [
        int(tag[1])
        for tag in page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(
            "all => all.map((e) => e.tagName)"
        )
    ]
    if levels.count(1) != 1:
        return [f"{levels.count(1)} h1"]
    return [f"h{b} after h{a}" for a, b in zip(levels, levels[1:], strict=False) if b > a + 1]


def _violations(page: Page, rules: list[str]) -> list[str]:
    """What axe finds by `rules`, as lines that say where."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = page.evaluate(
        "(rules) => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", rules
    )
    return [
        f"{v['id']}: {n['html'][:160]} {n['any'][0]['message'] if n['any'] else ''}"
        for v in found["violations"]
        for n in v["nodes"]
    ]
