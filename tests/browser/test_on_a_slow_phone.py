"""A fan on a slow phone with a bad network argues as others do: nothing moves, nothing is lost or
sent twice, whatever is pressed again while it takes its time."""

import pytest
from playwright.sync_api import expect

from tests.browser import behind_the_pages as behind
from tests.browser import checks
from tests.browser.conftest import Arrives
from tests.browser.house import House
from tests.browser.people import Person

QUESTION = "Did Anora ever really escape?"
THEORY = "The last scenes set her free"

SLOW_NETWORK = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
"""What developer tools call slow 3G: milliseconds there and back, bytes a second."""

TIMES_SLOWER = 6


@pytest.fixture
def fan(arrives: Arrives, house: House) -> Person:
    """Somebody who has opened the film, on a phone like that."""
    fan = arrives(behind.account(house, "noor"), width=390)
    tools = fan.context.new_cdp_session(fan.page)
    tools.send("Network.emulateNetworkConditions", SLOW_NETWORK)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": TIMES_SLOWER})
    return fan


def test_a_page_stands_still_once_it_shows(fan, house):
    fan.opens(behind.address(house, QUESTION))
    fan.sees(THEORY)
    assert checks.shifts(fan.page) < 0.01


def test_a_vote_is_seen_to_be_cast_and_counts_once(fan, house):
    fan.opens(behind.address(house, QUESTION))
    theory = fan.post(THEORY)
    button = fan.button("Convinced", inside=theory)
    button.evaluate("(button) => { for (let i = 0; i < 3; i++) button.click(); }")
    assert button.get_attribute("aria-pressed") == "true"
    expect(theory.locator(".ballot-figure")).to_have_text(("1", "0"))
    assert behind.journal(house, THEORY) == [1]


def test_a_vote_arrives_though_its_page_is_left_at_once(fan, house):
    fan.opens(behind.address(house, QUESTION))
    fan.button("Convinced", inside=fan.post(THEORY)).evaluate(
        "(button) => { button.click(); location.assign('/films'); }"
    )
    expect(fan.page.get_by_role("heading", level=1)).to_have_text("Films")
    fan.opens(behind.address(house, QUESTION))
    expect(fan.post(THEORY).locator(".ballot-figure")).to_have_text(("1", "0"))


def test_a_reply_that_is_sent_twice_stands_once(fan, house):
    fan.opens(behind.address(house, THEORY))
    fan.chooses("Supports")
    fan.writes("Reply", "Look at the hands.")
    send = fan.page.get_by_role("button", name="Reply", exact=True)
    send.evaluate("(button) => { button.click(); button.click(); }")
    replies = fan.page.locator("#reply-list .reply")
    expect(replies).to_have_count(1)
    fan.page.reload()
    expect(replies).to_have_count(1)
    expect(fan.page.get_by_label("Reply", exact=True)).to_have_value("")
