"""A moderator pins a question, locks it, and opens it again; a fan meets each."""

from playwright.sync_api import expect

from tests.browser import behind_the_pages as behind
from tests.browser.conftest import Arrives
from tests.browser.house import House
from tests.browser.people import Person

QUESTION = "What does the ending stand for?"
THEORY = "A fairy tale taken at its word"


def decides(usher: Person, act: str) -> None:
    """Press the button of an act on the page of a case, among the rarer ones."""
    more = usher.page.locator("details:has(button[name=act])").first
    if more.count() and more.get_attribute("open") is None:
        more.locator("summary").first.click()
    usher.presses(act)


def test_a_moderator_pins_locks_and_unlocks_a_question(arrives: Arrives, house: House) -> None:
    usher = arrives(behind.account(house, "lantern", role="moderator"))
    fan = arrives(behind.account(house, "noor"))

    usher.opens(behind.address(house, QUESTION))
    usher.presses("Pin")
    usher.sees("The question is pinned.")
    fan.opens("/films/anora-2024")
    expect(fan.page.locator(".question h3").first).to_have_text(QUESTION)
    fan.follows(QUESTION)
    expect(fan.button("Lock")).to_have_count(0)
    fan.presses("Convinced", inside=fan.post(THEORY))
    expect(fan.button("Convinced", inside=fan.post(THEORY))).to_have_attribute(
        "aria-pressed", "true"
    )

    usher.presses("Lock")  # which leads to a decision, with a rule and reasons
    usher.page.get_by_label("Rule", exact=True).select_option("2")
    usher.page.get_by_label("Reasons").fill("It got personal.")
    decides(usher, "Lock")
    fan.page.reload()
    fan.sees("This question is locked: it can be read, and no longer changed.")
    expect(fan.button("Convinced")).to_have_count(0)
    expect(fan.post(THEORY).locator(".ballot-figure")).to_have_text(("1", "0"))
    expect(fan.page.get_by_role("link", name="Your theory")).to_have_count(0)
    fan.follows(THEORY)
    fan.sees("This question is locked: it can be read, and no longer changed.")
    expect(fan.page.get_by_label("Reply", exact=True)).to_have_count(0)

    usher.opens("/moderation/log")
    usher.sees("It got personal.")
    usher.opens(behind.address(house, QUESTION))
    usher.presses("Unlock")
    decides(usher, "Unlock")
    usher.opens(behind.address(house, QUESTION))
    usher.presses("Unpin")
    usher.sees("The question is no longer pinned.")
    fan.page.reload()
    fan.presses("Not convinced")
    expect(fan.button("Not convinced")).to_have_attribute("aria-pressed", "true")
