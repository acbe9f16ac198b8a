"""The network goes away while somebody writes: they are told what is kept, and it is."""

from playwright.sync_api import expect

from tests.browser import behind_the_pages as behind
from tests.browser.conftest import Arrives
from tests.browser.house import House

OFFLINE = "You are offline. This page and what you typed in it stay: keep the tab open."


def test_offline_says_what_is_kept_and_keeps_it(arrives: Arrives, house: House) -> None:
    fan = arrives(behind.account(house, "noor", trust="trusted"))
    fan.opens(f"{behind.address(house, 'Did Anora ever really escape?')}/theories/new")
    fan.context.set_offline(True)
    fan.sees(OFFLINE)
    fan.expects("net::ERR_INTERNET_DISCONNECTED")
    with fan.page.expect_event("requestfailed", lambda request: request.method == "POST"):
        fan.writes("The theory", "Written in a tunnel.")

    fan.context.set_offline(False)
    expect(fan.page.get_by_text(OFFLINE)).to_have_count(0)
    fan.sees("Saved just now, on our side, not in this tab")
    fan.page.reload()
    expect(fan.page.get_by_label("The theory", exact=True)).to_have_value("Written in a tunnel.")
