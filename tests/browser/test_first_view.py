"""Fast on a phone with a bad network: little is sent, and nothing moves once it is there."""

import pytest
from playwright.sync_api import Request

from tests.browser import checks
from tests.browser.conftest import Arrives
from tests.browser.house import Stage

MOST_BYTES = 60_000
PLACES = ["/", "/films", "{film}", "{thread}", "{theory}", "{compose theory}"]


@pytest.fixture
def stage(evening_stage: Stage) -> Stage:
    """Pages with everything on them."""
    return evening_stage


@pytest.mark.parametrize("place", PLACES)
def test_a_first_view_weighs_less_than_60_kilobytes(
    arrives: Arrives, stage: Stage, place: str
) -> None:
    fan = arrives("hana", width=390)
    sizes: dict[str, int] = {}

    def weigh(request: Request) -> None:
        sizes[request.url] = request.sizes()["responseBodySize"]

    fan.page.on("requestfinished", weigh)
    fan.opens(place.format_map(stage.places))
    fan.page.wait_for_load_state("networkidle")
    assert len(sizes) > 5
    assert sum(sizes.values()) < MOST_BYTES, sizes


@pytest.mark.parametrize("width", [390, 412, 1280])
@pytest.mark.parametrize("place", PLACES)
def test_nothing_moves_after_it_was_shown(
    arrives: Arrives, stage: Stage, place: str, width: int
) -> None:
    fan = arrives("hana", width=width)
    fan.opens(place.format_map(stage.places))
    assert checks.shifts(fan.page) < 0.01


@pytest.mark.parametrize("width", [390, 1280])
def test_a_row_on_the_films_page_stands_alike_without_its_report_link(
    arrives: Arrives, stage: Stage, width: int
) -> None:
    """One's own theories have none, and for the banned no theory has one."""
    fan = arrives("hana", width=width)
    fan.opens(stage.places["film"])
    row = fan.page.locator(".leading-row").first
    parts = [row.locator(f".leading-{part}") for part in ("title", "bar", "figure")]
    before = [part.bounding_box() for part in parts]
    row.locator(".report-link").evaluate("link => link.remove()")
    assert [part.bounding_box() for part in parts] == before
