"""What makes a page calm to read, and a film's: its poster in sight, lines of a fair length."""

import pytest

from tests.browser.conftest import Arrives
from tests.browser.house import Stage

CHARACTERS_A_LINE = """(body) => {
    const { firstChild: text } = body.querySelector("p");
    const range = document.createRange();
    const lines = {};
    for (let at = 0; at < text.length; at++) {
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        const { top } = range.getBoundingClientRect();
        lines[top] = (lines[top] ?? 0) + 1;
    }
    return Object.values(lines).slice(0, -1);
}"""
"""Of the first paragraph, but for its last line."""


@pytest.fixture
def stage(evening_stage: Stage) -> Stage:
    """Pages with everything on them."""
    return evening_stage


@pytest.mark.parametrize("width", [820, 1280])
def test_a_theorys_lines_have_about_65_characters(
    arrives: Arrives, stage: Stage, width: int
) -> None:
    fan = arrives("hana", width=width)
    fan.opens(stage.places["theory"])
    lines = fan.page.locator(".theory-body").evaluate(CHARACTERS_A_LINE)
    assert 58 <= sum(lines) / len(lines) <= 68
    assert max(lines) <= 72


@pytest.mark.parametrize("place", ["{film}", "{thread}", "{theory}"])
def test_on_a_phone_the_films_poster_is_in_the_first_view(
    arrives: Arrives, stage: Stage, place: str
) -> None:
    guest = arrives(width=390)
    guest.opens(place.format_map(stage.places))
    poster = guest.page.locator("main .poster").first.bounding_box()
    assert poster is not None
    assert poster["width"] >= 64
    assert poster["y"] + poster["height"] < 300


@pytest.mark.parametrize("width", [390, 820])
def test_a_theorys_title_on_the_films_page_is_not_broken_at_the_end_of_its_bar(
    arrives: Arrives, stage: Stage, width: int
) -> None:
    fan = arrives("hana", width=width)
    fan.opens(stage.places["film"])
    title = fan.page.get_by_role("link", name="To belong and be seen, in any city", exact=True)
    box = title.bounding_box()
    assert box is not None
    assert box["height"] < 40


@pytest.mark.parametrize("width", [760, 1024, 1280])
def test_a_note_beside_a_questions_title_leaves_it_room(
    arrives: Arrives, stage: Stage, width: int
) -> None:
    fan = arrives("hana", width=width)
    fan.opens(stage.places["locked thread"])
    assert fan.page.get_by_text("This question is locked").first.is_visible()
    title = fan.page.locator("h1").bounding_box()
    assert title is not None
    assert title["width"] >= 300


@pytest.mark.parametrize("width", [820, 1280])
def test_beside_a_long_question_the_poster_stays_at_the_top(
    arrives: Arrives, stage: Stage, width: int
) -> None:
    fan = arrives("hana", width=width)
    fan.opens(stage.places["long thread"])
    poster = fan.page.locator(".thread-head-row > .poster").bounding_box()
    title = fan.page.locator(".thread-title").bounding_box()
    assert poster is not None
    assert title is not None
    assert title["height"] > poster["height"]
    assert poster["y"] == pytest.approx(title["y"], abs=8)


@pytest.mark.parametrize("width", [390, 820, 1280])
@pytest.mark.parametrize("place", ["{thread}", "/fans/the_archive", "/votes", "/"])
def test_what_is_cut_is_cut_between_words(
    arrives: Arrives, stage: Stage, place: str, width: int
) -> None:
    fan = arrives("hana", width=width)
    fan.opens(place.format_map(stage.places))
    texts = fan.page.locator(".excerpt:visible")
    # A phone's front page has no room for the summary of the film that is argued about.
    assert texts.count() > 0 or (place, width) == ("/", 390)
    assert not [
        text.inner_text()
        for text in texts.all()
        # A browser that has to end a text at its last line ends it wherever that line does.
        if text.evaluate("(text) => text.scrollHeight > text.clientHeight")
    ]
