"""With JavaScript a reply appears where it was written; what is typed is previewed and kept."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import behind_the_pages as behind
from tests.browser.conftest import Arrives
from tests.browser.house import House
from tests.browser.people import PATIENCE, Person

QUESTION = "Did Anora ever really escape?"
THEORY = "The last scenes set her free"
AUTOSAVE = 3_500
"""Milliseconds after the last key by which a draft is on its way."""


@pytest.fixture
def fan(arrives: Arrives, house: House) -> Person:
    """Somebody with an account, who has opened the film."""
    return arrives(behind.account(house, "noor"))


def test_a_reply_appears_below_the_others_and_the_form_is_empty_again(fan, house):
    behind.reply_by(house, "lastreel", "Look at the hands.", THEORY)
    fan.opens(behind.address(house, THEORY))
    fan.page.evaluate("window.stayed = true")
    fan.chooses("Supports")
    fan.writes("Reply", "And at the *wipers*.")
    fan.presses("Reply")
    expect(fan.page.locator("#reply-list .reply")).to_have_count(2)
    mine = fan.page.locator("#reply-list .reply").last
    expect(mine).to_contain_text("you support it, now")
    expect(mine.locator("em")).to_have_text("wipers")
    expect(mine).to_be_in_viewport()
    expect(fan.page.get_by_role("heading", name="2 replies")).to_be_visible()
    expect(fan.page.get_by_label("Reply", exact=True)).to_have_value("")
    expect(fan.page.get_by_role("radio", name="Neutral")).to_be_checked()
    assert fan.page.evaluate("window.stayed === true")


def test_words_are_counted_as_they_are_typed(fan, house):
    fan.opens(f"{behind.address(house, QUESTION)}/theories/new")
    counted = fan.page.locator(".writing .counter")
    for text, said in (("", "0 words"), ("Look", "1 word"), ("Look at it.", "3 words")):
        fan.writes("The theory", text)
        expect(counted).to_have_text(said)


@pytest.mark.parametrize(("button", "sees"), [("Preview", "wipers"), ("Keep as a draft", "kept")])
def test_what_else_is_done_with_a_reply_shows_on_a_page_of_its_own(fan, house, button, sees):
    fan.opens(behind.address(house, THEORY))
    fan.writes("Reply", "And at the *wipers*.")
    fan.presses(button)
    expect(fan.page.get_by_role("heading", name="Your reply", level=1)).to_be_visible()
    expect(fan.page.get_by_label("Reply", exact=True)).to_have_value("And at the *wipers*.")
    fan.sees(sees)


def test_a_reply_that_was_a_draft_doesnt_come_back_once_it_is_posted(fan, house):
    fan.page.clock.install()
    fan.opens(behind.address(house, THEORY))
    fan.writes("Reply", "Half a thought")
    fan.page.clock.run_for(AUTOSAVE)
    fan.sees("Saved just now, on our side, not in this tab")
    fan.page.reload()
    expect(fan.page.get_by_label("Reply", exact=True)).to_have_value("Half a thought")
    fan.writes("Reply", "A whole thought")
    fan.presses("Reply")
    expect(fan.page.locator("#reply-list .reply")).to_have_count(1)
    expect(fan.page.get_by_label("Reply", exact=True)).to_have_value("")
    fan.opens("/drafts")
    fan.sees("Nothing half written.")


def test_a_draft_under_way_when_its_reply_is_posted_is_given_up(fan, house):
    fan.page.clock.install()
    fan.page.route("**/drafts/reply/*", lambda _route: None)  # it is on its way, and stays there
    fan.opens(behind.address(house, THEORY))
    fan.writes("Reply", "A whole thought")
    with fan.page.expect_request("**/drafts/reply/*") as late:
        fan.page.clock.run_for(AUTOSAVE)
    fan.presses("Reply")
    expect(fan.page.locator("#reply-list .reply")).to_have_count(1)
    assert late.value.failure == "net::ERR_ABORTED"
    assert behind.drafts(house) == []


def test_the_preview_follows_what_is_typed(fan, house):
    fan.opens(f"{behind.address(house, QUESTION)}/theories/new")
    fan.writes("The theory", "Look at the *hands*, >!and the ring!<.")
    preview = fan.page.get_by_role("region", name="Preview")
    expect(preview.locator("em")).to_have_text("hands")
    expect(preview).not_to_contain_text("and the ring", use_inner_text=True)
    preview.locator("summary").click()
    expect(preview).to_contain_text("and the ring", use_inner_text=True)
    fan.writes("The theory", "<script>alert(1)</script>")
    expect(preview).to_contain_text("<script>alert(1)</script>")


def test_what_fits_is_counted(fan, house):
    fan.opens(f"{behind.address(house, QUESTION)}/theories/new")
    fan.sees("0 / 80")
    fan.writes("Safe title", "Twenty characters 🎬🎬")
    fan.sees("20 / 80")
    fan.writes("The theory", "Four words, no more.")
    fan.sees("4 words")


def test_what_is_typed_is_kept_a_few_seconds_after_the_last_key(fan, house):
    fan.page.clock.install()
    fan.opens(f"{behind.address(house, QUESTION)}/theories/new")
    fan.writes("Safe title", "About the ring")
    fan.writes("The theory", "She never took it off, and")
    fan.page.clock.run_for(AUTOSAVE)
    fan.sees("Saved just now, on our side, not in this tab")
    fan.page.reload()
    expect(fan.page.get_by_label("Safe title", exact=True)).to_have_value("About the ring")
    expect(fan.page.get_by_label("The theory", exact=True)).to_have_value(
        "She never took it off, and"
    )


def test_what_is_typed_is_kept_when_the_page_is_left_at_once(fan, house):
    composer = f"{behind.address(house, QUESTION)}/theories/new"
    fan.opens(composer)
    fan.writes("The theory", "She never took it off")
    fan.opens("/about")
    for _ in range(PATIENCE // 20):  # it outlives its page by a moment
        if "She never took it off" in behind.drafts(house):
            break
        fan.page.wait_for_timeout(20)
    fan.opens(composer)
    expect(fan.page.get_by_label("The theory", exact=True)).to_have_value("She never took it off")


def test_a_text_too_long_to_outlive_its_page_is_kept_while_it_is_there(fan, house):
    text = "Ї" * 18_000
    fan.page.clock.install()
    fan.opens(f"{behind.address(house, QUESTION)}/theories/new")
    fan.writes("The theory", text)
    fan.page.clock.run_for(AUTOSAVE)
    fan.sees("Saved just now, on our side, not in this tab")
    assert behind.drafts(house) == [text]


def test_nothing_is_kept_of_what_was_published(fan, house):
    fan.opens(f"{behind.address(house, QUESTION)}/theories/new")
    fan.writes("Safe title", "About the ring")
    fan.writes("Title", "She kept the ring")
    fan.writes("The theory", "Look at her *hand*.")
    fan.presses("Publish the theory")
    fan.sees("Your theory is out.")
    fan.opens("/drafts")
    fan.sees("Nothing half written.")


def test_times_are_told_as_people_tell_them_and_the_date_stays_at_hand(fan, house):
    fan.opens(behind.theory_by(house, "lastreel", "Listen to the engine", QUESTION))
    time = fan.page.locator(".theory-by time")
    expect(time).to_have_text(re.compile(r"^now$|^\d+ seconds? ago$"))
    expect(time).to_have_attribute("title", re.compile(r"^\d+ \w+ \d{4}$"))


def test_a_notice_is_said_once(fan):
    fan.opens("/films/anora-2024")
    fan.presses("Seal it again")
    fan.sees("The film is sealed again.")
    expect(fan.page).to_have_url(f"{fan.house.url}/films/anora-2024")
    fan.page.reload()
    expect(fan.page.get_by_text("The film is sealed again.")).to_have_count(0)
