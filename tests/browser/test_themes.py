"""Dark like the auditorium or light like the programme: as the system has it, or as one chooses."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import behind_the_pages as behind
from tests.browser.conftest import Arrives
from tests.browser.house import House
from tests.browser.people import Person

# The lightness of the page's ground: the programme's is near 1, the auditorium's near 0.
LIGHT = re.compile(r"^oklch\((0\.9|1)")
DARK = re.compile(r"^oklch\(0\.[01]")


def expect_light(person: Person) -> None:
    """Wait until the page is the programme."""
    expect(person.page.locator("html")).to_have_css("background-color", LIGHT)


def expect_dark(person: Person) -> None:
    """Wait until the page is the auditorium."""
    expect(person.page.locator("html")).to_have_css("background-color", DARK)


def choose(person: Person, name: str) -> None:
    """Choose a theme by the menu at the top of the page."""
    person.page.locator("summary", has_text="Theme").click()
    person.presses(name, inside=person.page.get_by_role("banner"))


def test_a_page_is_as_the_system_is(arrives: Arrives) -> None:
    guest = arrives(color_scheme="dark")
    guest.opens("/")
    expect_dark(guest)
    guest.page.emulate_media(color_scheme="light")
    expect_light(guest)


@pytest.mark.parametrize("scripting", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_choice_is_kept_on_every_page_and_through_log_in_and_out(
    arrives: Arrives, house: House, scripting: bool
) -> None:
    behind.account(house, "noor")
    guest = arrives(color_scheme="light", java_script_enabled=scripting)
    guest.opens("/films/anora-2024")
    choose(guest, "Dark")
    expect(guest.page).to_have_url(f"{house.url}/films/anora-2024")
    expect_dark(guest)
    guest.follows("Films")
    expect_dark(guest)
    guest.follows("Log in")
    guest.logs_in("noor")
    guest.sees("You are in.")
    expect_dark(guest)
    guest.presses("Log out")
    guest.sees("You are logged out.")
    expect_dark(guest)
    choose(guest, "As the system")
    expect_light(guest)
    guest.page.emulate_media(color_scheme="dark")
    expect_dark(guest)
    choose(guest, "Light")
    expect_light(guest)
    guest.page.locator("summary", has_text="Theme").click()
    expect(guest.button("Light")).to_have_attribute("aria-pressed", "true")
