"""Fast on a phone with a bad network: little is sent, and nothing moves once it is there."""

import pytest

from tests.browser.conftest import Arrives
from tests.browser.house import Stage

MOST_BYTES = 60_000
_SHIFTS = """() => new Promise((tell) => {
    let sum = 0;
    const watch = new PerformanceObserver((list) => { for (const shift of list.getEntries()) sum += shift.value; });
    watch.observe({ type: "layout-shift", buffered: true });
    setTimeout(() => { watch.disconnect(); tell(sum); }, 250);
})"""
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
    loaded = []
    fan.page.on("requestfinished", lambda request: loaded.append(request))
    fan.opens(place.format_map(stage.places))
    fan.page.wait_for_load_state("networkidle")
    sizes = {request.url: request.sizes()["responseBodySize"] for request in loaded}
    assert len(sizes) > 5
    assert sum(sizes.values()) < MOST_BYTES, sorted(sizes.items(), key=lambda item: -item[1])[:5]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("place", PLACES)
def test_nothing_moves_after_it_was_shown(
    arrives: Arrives, stage: Stage, place: str, width: int
) -> None:
    fan = arrives("hana", width=width)
    fan.opens(place.format_map(stage.places))
    assert fan.page.evaluate(_SHIFTS) < 0.01
