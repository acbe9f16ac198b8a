"""Nothing needs a mouse: the focus is seen, the page can be skipped to, menus open and close."""

import pytest
from playwright.sync_api import expect

from tests.browser import checks
from tests.browser.conftest import Arrives
from tests.browser.house import Stage

MOST_STOPS = 150


@pytest.fixture
def stage(evening_stage: Stage) -> Stage:
    """Pages with everything on them."""
    return evening_stage


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("place", ["/", "{film}", "{theory}", "{compose theory}", "/settings"])
def test_what_has_the_focus_is_seen_at_every_stop(
    arrives: Arrives, stage: Stage, place: str, width: int
) -> None:
    fan = arrives("hana", width=width)
    fan.opens(place.format_map(stage.places))
    stops = []
    for _ in range(MOST_STOPS):
        fan.page.keyboard.press("Tab")
        stop = checks.focus(fan.page)
        if stop is None:
            break
        stops.append(stop)
    assert stop is None, "the page has an end"
    assert len(stops) > 10
    assert [s["what"] for s in stops if not s["ring"]] == []
    assert [s["what"] for s in stops if not s["onscreen"]] == []


def test_the_first_stop_skips_to_the_page(arrives, stage):
    fan = arrives("hana")
    fan.opens(stage.places["thread"])
    fan.page.keyboard.press("Tab")
    skip = fan.page.get_by_role("link", name="Skip to the page")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    fan.page.keyboard.press("Enter")
    expect(fan.page.get_by_role("main")).to_be_focused()
    fan.page.keyboard.press("Tab")
    expect(fan.page.get_by_role("main").get_by_role("link", name="Anora")).to_be_focused()


@pytest.mark.parametrize("scripting", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_menu_of_a_narrow_page_opens_by_keyboard(arrives, stage, scripting):
    fan = arrives("hana", width=390, java_script_enabled=scripting)
    fan.opens("/")
    films = fan.page.get_by_role("banner").get_by_role("link", name="Films")
    expect(films).to_be_hidden()
    fan.page.locator("summary", has_text="Menu").focus()
    fan.page.keyboard.press("Enter")
    fan.page.keyboard.press("Tab")
    expect(films).to_be_focused()
    fan.page.keyboard.press("Enter")
    expect(fan.page.get_by_role("heading", level=1)).to_have_text("Films")


def test_escape_closes_a_menu_and_returns_to_its_button(arrives, stage):
    fan = arrives("hana")
    fan.opens("/")
    menu = fan.page.locator("summary", has_text="Theme")
    menu.focus()
    fan.page.keyboard.press("Space")
    expect(fan.button("Light")).to_be_visible()
    fan.page.keyboard.press("Tab")
    fan.page.keyboard.press("Escape")
    expect(fan.button("Light")).to_be_hidden()
    expect(menu).to_be_focused()


def test_a_click_elsewhere_closes_a_menu(arrives, stage):
    fan = arrives("hana")
    fan.opens("/")
    fan.page.locator("summary", has_text="Theme").click()
    expect(fan.button("Light")).to_be_visible()
    fan.page.get_by_role("heading", level=1).click()
    expect(fan.button("Light")).to_be_hidden()


def test_the_stance_of_a_reply_is_chosen_with_the_arrow_keys(arrives, stage):
    fan = arrives("hana")
    fan.opens(stage.places["theory"])
    fan.page.get_by_role("radio", name="Neutral").focus()
    fan.page.keyboard.press("ArrowLeft")
    expect(fan.page.get_by_role("radio", name="Challenges")).to_be_checked()


def test_a_form_with_errors_puts_the_focus_on_what_is_wrong(arrives, stage):
    guest = arrives()
    guest.expects("status of 422")
    guest.opens("/signup")
    guest.presses("Sign up", inside=guest.page.get_by_role("main"))
    summary = guest.page.get_by_role("alert")
    expect(summary).to_be_focused()
    guest.page.keyboard.press("Tab")
    guest.page.keyboard.press("Enter")
    expect(guest.page.get_by_label("Name", exact=True)).to_be_focused()


def test_a_veil_is_parted_by_keyboard(arrives, stage):
    fan = arrives("hana")
    fan.opens(stage.places["theory"])
    veil = fan.page.locator(".veil summary").first
    body = fan.page.locator(".veil").first
    expect(body).not_to_contain_text("what a veil hides", use_inner_text=True)
    veil.focus()
    fan.page.keyboard.press("Enter")
    expect(body).to_contain_text("what a veil hides", use_inner_text=True)
