"""A script that doesn't arrive takes nothing away: the forms of a page work by themselves."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import behind_the_pages as behind
from tests.browser.conftest import Arrives
from tests.browser.house import House

QUESTION = "Did Anora ever really escape?"
THEORY = "The last scenes set her free"
FOLDER = Path(__file__).parents[2] / "static" / "js"
MODULES = sorted({path.name for path in FOLDER.glob("*.js")} - {"keys.js", "typed.js"})
"""All but those of the queue, which are told of where the queue is worked."""


@pytest.mark.parametrize("module", MODULES)
def test_the_page_works_without(module: str, arrives: Arrives, house: House) -> None:
    fan = arrives(behind.account(house, "noor"))
    fan.expects("net::ERR_FAILED")
    fan.context.route(f"**/js/{module}", lambda route: route.abort())

    fan.opens(behind.address(house, THEORY))
    fan.presses("Convinced")
    expect(fan.button("Convinced")).to_have_attribute("aria-pressed", "true")
    fan.presses("Withdraw my vote")
    expect(fan.button("Convinced")).to_have_attribute("aria-pressed", "false")
    fan.chooses("Supports")
    fan.writes("Reply", "Look at the *hands*.")
    fan.presses("Reply")
    expect(fan.page.locator("#reply-list .reply em")).to_have_text("hands")

    fan.opens(f"{behind.address(house, QUESTION)}/theories/new")
    fan.writes("Safe title", "About the ring")
    fan.writes("Title", "She kept the ring")
    fan.writes("The theory", "Look at her *hand*.")
    fan.presses("Preview")
    expect(fan.page.get_by_role("region", name="Preview").locator("em")).to_have_text("hand")
    fan.presses("Publish the theory")
    fan.sees("Your theory is out.")


@pytest.mark.parametrize("module", ["counter.js", "drafts.js", "preview.js"])
def test_one_missing_part_of_the_composer_leaves_the_others_be(
    module: str, arrives: Arrives, house: House
) -> None:
    fan = arrives(behind.account(house, "noor"))
    fan.expects("net::ERR_FAILED")
    fan.context.route(f"**/js/{module}", lambda route: route.abort())
    fan.page.clock.install()
    fan.opens(f"{behind.address(house, QUESTION)}/theories/new")
    fan.writes("Safe title", "Title")
    fan.writes("The theory", "Look at her *hand*.")
    fan.page.clock.run_for(3_500)
    if module != "counter.js":
        fan.sees("5 / 80")
    if module != "drafts.js":
        fan.sees("Saved just now, on our side, not in this tab")
    if module != "preview.js":
        expect(fan.page.get_by_role("region", name="Preview").locator("em")).to_have_text("hand")
