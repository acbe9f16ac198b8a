"""Fifty replies: the address of one leads to its place; what is withdrawn leaves a trace."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrives
from tests.browser.house import Stage


@pytest.fixture
def stage(evening_stage: Stage) -> Stage:
    """The forum after fans have argued for some days."""
    return evening_stage


def test_a_replys_address_leads_to_its_page_and_place(arrives: Arrives, stage: Stage) -> None:
    fan = arrives("hana")
    fan.opens(stage.places["theory of many replies"])
    expect(fan.page.locator(".reply")).to_have_count(50)
    fan.follows("More")
    expect(fan.page.locator(".reply")).to_have_count(4)
    last = fan.page.locator(".reply").last
    expect(last).to_contain_text("Answer 54 of many.")
    address = last.get_by_role("link", name=re.compile("days ago")).get_attribute("href")
    assert address
    fan.opens(address)
    expect(fan.page.locator(".reply:target")).to_contain_text("Answer 54 of many.")
    expect(fan.page.locator(".reply:target")).to_be_in_viewport()
    fan.follows("Back to the start")
    expect(fan.page.locator(".reply").first).to_contain_text("Answer 1 of many.")


def test_a_withdrawn_reply_leaves_its_answers_and_says_who_acted(
    arrives: Arrives, stage: Stage
) -> None:
    fan = arrives("hana")
    fan.opens(stage.places["theory"])
    mine = fan.page.get_by_role("article").filter(has_text="What persuades me is the wipers").last
    fan.follows("Withdraw", inside=mine)
    fan.follows("Leave it as it is")
    fan.follows("Withdraw", inside=mine)
    fan.presses("Withdraw")
    fan.sees("Withdrawn.")
    fan.sees("Withdrawn by its author.")
    fan.sees("Removed by the moderators.")
    fan.sees("An answer that stays.")
    another = arrives("noor")
    another.opens(stage.places["theory"])
    another.misses("What persuades me is the wipers")
    another.misses("Not fit to be read.")
    another.misses("Taken back.")


def test_another_films_veil_opens_only_to_those_who_have_seen_it(
    arrives: Arrives, stage: Stage
) -> None:
    hana, noor = arrives("hana"), arrives("noor")
    for fan in (hana, noor):
        fan.opens(stage.places["theory"])
        fan.sees("Gives away Inception")
    noor.misses("the top")
    hana.page.locator("summary", has_text="Gives away Inception").click()
    hana.sees("the top")
