"""Every page, in both themes, on a phone and on a desk."""

import pytest

from tests.browser import checks
from tests.browser.conftest import Arrives
from tests.browser.house import House, Stage
from tests.browser.pages import FIRST_DAY, PAGES, show

pytestmark = pytest.mark.at_length

SMALLEST, PHONE, DESK = 320, 390, 1280
RULES = {"light": checks.ALL_RULES, "dark": checks.RULES_OF_COLOUR}
"""A theme changes nothing but colours, so the second one is asked about colours alone."""


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Stage:
    """The evening, but for the pages of the first day."""
    first = request.node.callspec.params["name"] in FIRST_DAY
    stage: Stage = request.getfixturevalue("first_day" if first else "evening_stage")
    return stage


@pytest.mark.parametrize("name", [*FIRST_DAY, *PAGES])
def test_a_page_is_whole(name: str, arrives: Arrives, house: House, stage: Stage) -> None:
    spec = (FIRST_DAY | PAGES)[name]
    person = arrives(width=PHONE, reduced_motion="reduce")  # colours are there at once
    page = person.page
    show(person, spec, stage.places)
    tagline = house.app.config["FOYER"].tagline
    assert page.title() == f"{spec.title.format(tagline=tagline)} | Foyer"
    assert checks.headings_out_of_order(page) == []
    for width in (SMALLEST, PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 900})
        assert checks.too_wide(page) == [], f"{width} px"
        assert checks.too_low(page) == [], f"{width} px"
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": 900})
        for theme, rules in RULES.items():
            page.emulate_media(color_scheme=theme)
            assert checks.violations(page, rules) == [], f"{theme}, {width} px"

    # As wide as a desk, for those who see little, want no motion, or have no mouse:
    assert checks.moving(page) == []
    stops = checks.stops(page)
    assert len(stops) > 5
    assert [stop["what"] for stop in stops if not stop["ring"]] == []
    assert [stop["what"] for stop in stops if not stop["onscreen"]] == []
    checks.zoom_to_twice(page)
    assert checks.too_wide(page) == [], "200 %"
