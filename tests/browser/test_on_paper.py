"""A theory printed: ink on paper, what was argued and where it stands, nothing to press."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrives
from tests.browser.house import Stage

BLACK, WHITE = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
CONTROLS = (
    "button, input:not([type=hidden]), textarea, summary:not(.veil > *), .button, .masthead a"
)


@pytest.fixture
def stage(evening_stage: Stage) -> Stage:
    """A theory with replies of every kind."""
    return evening_stage


def test_a_theory_on_paper(arrives: Arrives, stage: Stage) -> None:
    fan = arrives("hana", color_scheme="dark")
    page = fan.page
    fan.opens(stage.places["theory"])
    fan.page.emulate_media(media="print")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("I think it belongs to")).to_be_visible()
    expect(page.get_by_text("100% convinced")).to_be_visible()
    address = page.get_by_text(f"Foyer, {fan.house.url}{stage.places['theory']}")
    expect(address).to_be_visible()
    expect(page.locator(".crumbs")).to_be_visible()
    assert page.locator(CONTROLS).locator("visible=true").all() == []
    for property, colour in {"color": BLACK, "background-color": WHITE}.items():
        expect(page.locator("html")).to_have_css(property, colour)


def test_on_the_screen_no_address_stands_at_the_foot(arrives: Arrives, stage: Stage) -> None:
    fan = arrives()
    fan.opens(stage.places["theory"])
    expect(fan.page.locator(".printed")).to_be_hidden()


def test_a_question_on_paper_has_its_title_from_edge_to_edge(
    arrives: Arrives, stage: Stage
) -> None:
    fan = arrives("hana")
    fan.opens(stage.places["thread"])
    fan.page.emulate_media(media="print")
    title = fan.page.locator("h1").bounding_box()
    assert title is not None
    assert title["width"] > 400
    assert not fan.page.locator(".thread-head-row .poster").is_visible()
