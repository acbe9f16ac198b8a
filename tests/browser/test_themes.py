"""Dark like the auditorium or light like the programme: as the system has it, or as one chooses."""

import pytest
from playwright.sync_api import expect

from tests.browser import behind_the_pages as behind
from tests.browser.conftest import Arrives
from tests.browser.house import House
from tests.browser.people import Person

LIGHT_AT_LEAST, DARK_AT_MOST = 0.9, 0.2


def lightness(person: Person) -> float:
    """How light the page's ground is, from 0 to 1."""
    ground = person.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground.startswith("oklch("), ground
    return float(ground.removeprefix("oklch(").split()[0])


def is_light(person: Person) -> bool:
    """Whether the page is the programme and not the auditorium."""
    light = lightness(person)
    assert light <= DARK_AT_MOST or light >= LIGHT_AT_LEAST
    return light >= LIGHT_AT_LEAST


def choose(person: Person, name: str) -> None:
    """Choose a theme by the menu at the top of the page."""
    person.page.locator("summary", has_text="Theme").click()
    person.presses(name, inside=person.page.get_by_role("banner"))


def test_a_page_is_as_the_system_is(arrives: Arrives) -> None:
    guest = arrives(color_scheme="dark")
    guest.opens("/")
    assert not is_light(guest)
    guest.page.emulate_media(color_scheme="light")
    assert is_light(guest)


@pytest.mark.parametrize("scripting", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_choice_is_kept_on_every_page_and_through_log_in_and_out(
    arrives: Arrives, house: House, scripting: bool
) -> None:
    behind.account(house, "noor")
    guest = arrives(color_scheme="light", java_script_enabled=scripting)
    guest.opens("/films/anora-2024")
    choose(guest, "Dark")
    expect(guest.page).to_have_url(f"{house.url}/films/anora-2024")
    assert not is_light(guest)
    guest.follows("Films")
    assert not is_light(guest)
    guest.follows("Log in")
    guest.logs_in("noor")
    guest.sees("You are in.")
    assert not is_light(guest)
    guest.presses("Log out")
    guest.sees("You are logged out.")
    assert not is_light(guest)
    choose(guest, "As the system")
    assert is_light(guest)
    guest.page.emulate_media(color_scheme="dark")
    assert not is_light(guest)
    choose(guest, "Light")
    assert is_light(guest)
    guest.page.locator("summary", has_text="Theme").click()
    expect(guest.button("Light")).to_have_attribute("aria-pressed", "true")
