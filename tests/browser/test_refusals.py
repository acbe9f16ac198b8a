"""The house says no, or can't be reached: the person is told, and what they typed is there."""

import pytest
from playwright.sync_api import expect

from tests.browser import behind_the_pages as behind
from tests.browser.conftest import Arrives
from tests.browser.house import House
from tests.browser.people import Person

QUESTION = "Did Anora ever really escape?"
THEORY = "The last scenes set her free"
LOCKED = "This question is locked: it can be read, and no longer changed."
SCRIPTING = pytest.mark.parametrize(
    "scripting", [True, False], ids=["with JavaScript", "without JavaScript"]
)


def somebody(
    arrives: Arrives, house: House, scripting: bool = True, trust: str | None = "trusted"
) -> Person:
    """A fan who has opened the film."""
    return arrives(behind.account(house, "noor", trust=trust), java_script_enabled=scripting)


def end_the_session(fan: Person) -> None:
    """Log out in another tab."""
    elsewhere = fan.context.new_page()
    elsewhere.goto("/")
    elsewhere.get_by_role("button", name="Log out").click()
    expect(elsewhere.get_by_text("You are logged out.")).to_be_visible()
    elsewhere.close()


@SCRIPTING
def test_a_vote_in_a_question_locked_meanwhile_is_refused_with_the_reason(
    arrives, house, scripting
):
    fan = somebody(arrives, house, scripting)
    fan.expects("status of 403")
    fan.opens(behind.address(house, THEORY))
    behind.lock(house, QUESTION)
    fan.presses("Convinced")
    fan.sees(LOCKED)
    assert behind.figures(house, THEORY) == (0, 0)
    if not scripting:
        fan.follows("Back to the post")
    expect(fan.page.get_by_role("heading", level=1)).to_have_text(THEORY)


@SCRIPTING
def test_a_reply_to_a_question_locked_meanwhile_stays_in_its_form(arrives, house, scripting):
    fan = somebody(arrives, house, scripting)
    fan.expects("status of 403")
    fan.opens(behind.address(house, THEORY))
    fan.chooses("Challenges")
    fan.writes("Reply", "It took me an hour to write this.")
    behind.lock(house, QUESTION)
    fan.presses("Reply")
    fan.sees(LOCKED)
    expect(fan.page.get_by_label("Reply", exact=True)).to_have_value(
        "It took me an hour to write this."
    )
    expect(fan.page.get_by_role("radio", name="Challenges")).to_be_checked()


@SCRIPTING
def test_a_theory_for_a_question_locked_meanwhile_stays_in_its_form(arrives, house, scripting):
    fan = somebody(arrives, house, scripting)
    fan.expects("status of 403")
    fan.opens(f"{behind.address(house, QUESTION)}/theories/new")
    fan.writes("Safe title", "About the ring")
    fan.writes("Title", "She kept the ring")
    fan.writes("The theory", "It took me an evening to write this.")
    behind.lock(house, QUESTION)
    fan.presses("Publish the theory")
    fan.sees(LOCKED)
    expect(fan.page.get_by_label("The theory", exact=True)).to_have_value(
        "It took me an evening to write this."
    )


@SCRIPTING
def test_who_goes_back_finds_all_that_they_typed(arrives, house, scripting):
    fan = somebody(arrives, house, scripting)
    fan.opens(f"{behind.address(house, QUESTION)}/theories/new")
    typed = {"Safe title": "About the ring", "Title": "She kept it", "The theory": "Words."}
    for label, text in typed.items():
        fan.writes(label, text)
    fan.presses("Publish the theory")
    fan.sees("Your theory is out.")
    fan.page.go_back()
    for label, text in typed.items():
        expect(fan.page.get_by_label(label, exact=True)).to_have_value(text)


@SCRIPTING
def test_a_vote_after_the_session_ended_leads_to_log_in_and_back(arrives, house, scripting):
    fan = somebody(arrives, house, scripting)
    fan.opens(behind.address(house, THEORY))
    end_the_session(fan)
    fan.presses("Convinced")
    expect(fan.page.get_by_role("heading", level=1)).to_have_text("Come back in.")
    fan.logs_in("noor")
    expect(fan.page.get_by_role("heading", level=1)).to_have_text(THEORY)
    fan.presses("Convinced")
    expect(fan.button("Convinced")).to_have_attribute("aria-pressed", "true")


@SCRIPTING
def test_a_reply_after_the_session_ended_is_there_again_after_log_in(arrives, house, scripting):
    fan = somebody(arrives, house, scripting)
    fan.expects("status of 401")
    fan.opens(behind.address(house, THEORY))
    fan.chooses("Supports")
    fan.writes("Reply", "It took me an hour to write this.")
    end_the_session(fan)
    fan.presses("Reply")
    fan.sees("What you wrote is kept. It comes back once you are in.")
    fan.logs_in("noor")
    expect(fan.page.get_by_label("Reply", exact=True)).to_have_value(
        "It took me an hour to write this."
    )
    expect(fan.page.get_by_role("radio", name="Supports")).to_be_checked()
    fan.presses("Reply")
    expect(fan.page.locator("#reply-list .reply")).to_have_count(1)


@SCRIPTING
def test_a_reply_from_a_page_of_an_older_session_is_sent_again_by_one_button(
    arrives, house, scripting
):
    fan = somebody(arrives, house, scripting)
    fan.expects("status of 403")
    fan.opens(behind.address(house, THEORY))
    fan.writes("Reply", "It took me an hour to write this.")
    fan.is_let_in_as("noor")
    fan.presses("Reply")
    expect(fan.page.get_by_role("heading", level=1)).to_have_text("Your session has changed.")
    fan.presses("Send it again")
    expect(fan.page.locator("#reply-list .reply")).to_contain_text(
        "It took me an hour to write this."
    )


@SCRIPTING
def test_one_reply_too_many_stays_in_its_form_with_the_time_to_wait(arrives, house, scripting):
    fan = somebody(arrives, house, scripting, trust=None)
    fan.expects("status of 429")
    fan.opens(behind.address(house, THEORY))
    for number in range(5):
        fan.writes("Reply", f"Reply {number}")
        fan.presses("Reply")
        expect(fan.page.locator("#reply-list .reply")).to_have_count(number + 1)
    fan.writes("Reply", "One more")
    fan.presses("Reply")
    fan.sees("That was a lot at once.")
    expect(fan.page.get_by_label("Reply", exact=True)).to_have_value("One more")


def test_one_vote_too_many_is_refused_with_the_time_to_wait(arrives, house):
    fan = somebody(arrives, house, trust=None)
    fan.expects("status of 429")
    fan.opens(behind.address(house, THEORY))
    behind.changes_mind(house, "noor", THEORY, times=60)
    fan.presses("Convinced")
    fan.sees("That was a lot at once.")
    fan.sees("Try again in")
    expect(fan.page.get_by_role("heading", level=1)).to_have_text(THEORY)


def test_the_page_says_so_when_a_vote_did_not_get_through(arrives, house):
    fan = somebody(arrives, house)
    fan.expects("net::ERR_INTERNET_DISCONNECTED")
    fan.opens(behind.address(house, THEORY))
    fan.context.set_offline(True)
    fan.presses("Convinced")
    fan.sees("That did not get through. Nothing is lost: try again.")
    expect(fan.button("Convinced")).to_have_attribute("aria-pressed", "false")
    fan.context.set_offline(False)
    fan.presses("Convinced")
    expect(fan.button("Convinced")).to_have_attribute("aria-pressed", "true")
    expect(fan.page.get_by_text("That did not get through.")).to_have_count(0)


def test_a_reply_that_did_not_get_through_stays_and_is_kept_once_there_is_a_network(arrives, house):
    fan = somebody(arrives, house)
    fan.expects("net::ERR_INTERNET_DISCONNECTED")
    fan.page.clock.install()
    fan.opens(behind.address(house, THEORY))
    fan.writes("Reply", "It took me an hour to write this.")
    fan.context.set_offline(True)
    fan.presses("Reply")
    fan.sees("That did not get through. Nothing is lost: try again.")
    expect(fan.page.get_by_label("Reply", exact=True)).to_have_value(
        "It took me an hour to write this."
    )
    fan.page.clock.run_for(3_500)
    fan.sees("Not saved on our side yet: keep this tab open")
    fan.context.set_offline(False)
    fan.page.get_by_label("Reply", exact=True).press("End")
    fan.page.keyboard.type("!")
    fan.page.clock.run_for(3_500)
    fan.sees("Saved just now, on our side, not in this tab")
    fan.presses("Reply")
    expect(fan.page.locator("#reply-list .reply")).to_contain_text(
        "It took me an hour to write this.!"
    )


def test_the_page_says_so_when_a_draft_is_refused(arrives, house):
    fan = somebody(arrives, house)
    fan.expects("status of 403")
    fan.page.clock.install()
    fan.opens(f"{behind.address(house, QUESTION)}/theories/new")
    fan.is_let_in_as("noor")
    fan.writes("The theory", "It took me an evening to write this.")
    fan.page.clock.run_for(3_500)
    fan.sees("Not saved on our side yet: keep this tab open")
