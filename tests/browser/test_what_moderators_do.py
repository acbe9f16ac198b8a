"""Moderation from end to end, with scripts and without: waiting, reporting, deciding, undoing."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import behind_the_pages as behind
from tests.browser.conftest import Arrives
from tests.browser.house import House
from tests.browser.people import Person

QUESTION = "What does the ending stand for?"
TITLE = "It is about the snow"
REASONS = "Reasons, sent to the author and shown in the log"


@pytest.fixture
def settings_of_the_house() -> dict[str, str]:
    """A house in which the first two posts of a newcomer wait."""
    return {"hold_first_posts": "2"}


scripting = pytest.mark.parametrize(
    "scripting", [True, False], ids=["with JavaScript", "without JavaScript"]
)


def writes_a_first_theory(newcomer: Person, house: House) -> str:
    """Posts a theory that waits; gives its address."""
    newcomer.opens(f"{behind.address(house, QUESTION)}/theories/new")
    newcomer.sees("You are new here: what you post waits for a moderator first.")
    newcomer.writes("Safe title", "About the weather")
    newcomer.writes("Title", TITLE)
    newcomer.writes("The theory", "It falls on *everybody*.")
    newcomer.presses("Publish the theory")
    newcomer.sees("It waits for a moderator. Until then only you and the moderators can find it.")
    return newcomer.page.url.removeprefix(house.url).split("?", maxsplit=1)[0]


def opens_the_case(usher: Person) -> None:
    """Goes from the header to the one case that waits."""
    usher.opens("/")
    usher.page.get_by_role("banner").get_by_role("link", name="Queue 1").click()
    usher.misses(TITLE)
    usher.page.get_by_role("link", name="About the weather").first.click()


def keys_work(usher: Person) -> None:
    """The script of this case's page has come: it puts the focus at the head of the case."""
    expect(usher.page.locator("#case-head")).to_be_focused()


@scripting
def test_a_first_theory_waits_is_approved_reported_removed_once_and_restored(
    arrives: Arrives, house: House, scripting: bool
) -> None:
    def comes(name: str, **account: str | None) -> Person:
        return arrives(behind.account(house, name, **account), java_script_enabled=scripting)

    newcomer = comes("marlowe", trust=None)
    usher, second = comes("lantern", role="moderator"), comes("torch", role="moderator")
    fan = comes("noor")
    fan.expects("status of 404")
    second.expects("status of 409")

    theory = writes_a_first_theory(newcomer, house)
    fan.opens(theory)
    expect(fan.page.get_by_role("heading", level=1)).to_have_text(
        "Nothing is showing at this address."
    )
    opens_the_case(usher)
    usher.presses("Claim")
    usher.sees("The case is yours for 30 minutes.")
    usher.presses("Approve")
    usher.sees("Nothing waits.")
    newcomer.opens("/inbox")
    newcomer.presses(f"“{TITLE}” is approved: everybody who has seen Anora can read it.")
    expect(newcomer.page.get_by_role("heading", level=1)).to_have_text(TITLE)

    fan.page.reload()
    expect(fan.page.get_by_role("heading", level=1)).to_have_text(TITLE)
    fan.follows("Report what marlowe wrote")
    fan.page.get_by_role("radio", name="2. Argue with the theory, not the person").check()
    fan.page.get_by_label("In your own words").fill("It is about people.")
    fan.presses("Report")
    fan.sees("The moderators have your report. You will hear what came of it.")

    opens_the_case(usher)
    usher.sees("It is about people.")
    opens_the_case(second)
    usher.writes(REASONS, "Argue with the theory.")
    usher.presses("Remove")
    usher.sees("Nothing waits.")
    second.writes(REASONS, "My own words about it.")
    second.presses("Hide")
    second.sees("Handled by lantern just now: removed.")
    second.sees("My own words about it.")

    fan.opens("/moderation/log")
    expect(fan.page.locator(".log-row")).to_have_count(2)
    fan.opens("/inbox")
    fan.sees("Your report about “About the weather” was right: the moderators acted on it.")
    expect(fan.page.locator(".inbox-row")).to_have_count(1)
    fan.opens(theory)
    fan.sees("Removed by the moderators, by rule 2.")
    expect(fan.page.get_by_role("link", name="Report")).to_have_count(0)

    newcomer.opens("/inbox")
    newcomer.presses(f"“{TITLE}” was removed.")
    newcomer.sees("Argue with the theory.")
    newcomer.sees("only you and the moderators can read it")
    newcomer.sees("It falls on")

    second.presses("Undo it")
    second.sees("Undone.")
    fan.opens(theory)
    expect(fan.page.get_by_role("heading", level=1)).to_have_text(TITLE)


@scripting
def test_a_spammer_with_200_posts_is_gone_in_one_act(
    arrives: Arrives, house: House, scripting: bool
) -> None:
    theory = "A fairy tale taken at its word"
    behind.spam_by(house, "bargain_bin", 200, theory)
    usher = arrives(
        behind.account(house, "lantern", role="moderator"), java_script_enabled=scripting
    )
    fan = arrives(behind.account(house, "noor"), java_script_enabled=scripting)
    fan.opens(behind.address(house, theory))
    fan.sees("200 replies")

    usher.opens(behind.address(house, theory))
    spam = usher.page.get_by_role("article").filter(has_text="Buy it here, number 0.").last
    usher.presses("Moderate", inside=spam)
    usher.page.get_by_text("More that can be done").click()
    usher.page.get_by_label("Rule", exact=True).select_option("4")
    usher.writes(REASONS, "Nothing but advertising.")
    usher.presses("Ban and remove everything")
    usher.sees("Nothing waits.")

    fan.page.reload()
    fan.misses("Buy it here")
    fan.sees("Removed by the moderators, by rule 4.")
    fan.opens("/moderation/log")
    expect(fan.page.locator(".log-row")).to_have_count(1)
    fan.sees("Nothing but advertising.")


def test_the_queue_is_worked_without_a_mouse(arrives: Arrives, house: House) -> None:
    newcomer = arrives(behind.account(house, "marlowe", trust=None))
    usher = arrives(behind.account(house, "lantern", role="moderator"))
    writes_a_first_theory(newcomer, house)
    behind.reply_by(house, "lastreel", "You never look.", "A fairy tale taken at its word")
    fan = arrives(behind.account(house, "noor"))
    fan.opens(behind.address(house, "A fairy tale taken at its word"))
    fan.follows("Report what lastreel wrote")
    fan.page.get_by_role("radio", name="2. Argue with the theory, not the person").check()
    fan.presses("Report")

    keyboard = usher.page.keyboard
    current = usher.page.locator(".case-link[aria-current]")
    usher.opens("/moderation/queue")
    keyboard.press("j")
    usher.sees("You never look.")
    keys_work(usher)
    keyboard.press("j")
    expect(current).to_contain_text("About the weather")
    keys_work(usher)
    keyboard.press("k")
    expect(current).not_to_contain_text("About the weather")
    keys_work(usher)
    keyboard.press("c")
    usher.sees("The case is yours for 30 minutes.")
    keys_work(usher)
    keyboard.press("?")
    expect(usher.page.get_by_role("dialog")).to_be_visible()
    keyboard.press("Escape")
    keyboard.press("n")
    expect(usher.page.get_by_label("A note for the other moderators")).to_be_focused()
    usher.page.get_by_role("heading", level=2).first.click()
    keyboard.press("r")
    usher.sees("Removed.")
    expect(current).to_contain_text("About the weather")
    keys_work(usher)
    usher.page.wait_for_timeout(400)  # a key that comes sooner was meant for the case before
    keyboard.press("a")
    usher.sees("Nothing waits.")


@pytest.mark.parametrize(("key", "done"), [("h", "Hidden"), ("d", "No action")])
def test_hiding_and_letting_stand_have_keys_of_their_own(
    arrives: Arrives, house: House, key: str, done: str
) -> None:
    behind.reply_by(house, "lastreel", "You never look.", "A fairy tale taken at its word")
    behind.is_reported(house, "You never look.", 2)
    usher = arrives(behind.account(house, "lantern", role="moderator"))
    usher.opens("/moderation/queue")
    usher.page.keyboard.press("j")
    usher.sees("You never look.")
    keys_work(usher)
    usher.page.keyboard.press(key)
    expect(usher.page.get_by_role("status")).not_to_be_empty()
    usher.opens("/moderation/log")
    expect(usher.page.locator(".log-row")).to_contain_text(done)


@scripting
def test_ready_reasons_are_taken_with_one_press(
    arrives: Arrives, house: House, scripting: bool
) -> None:
    theory = "A fairy tale taken at its word"
    behind.reply_by(house, "lastreel", "Buy my hat.", theory)
    usher = arrives(
        behind.account(house, "lantern", role="moderator"), java_script_enabled=scripting
    )
    usher.opens(behind.address(house, theory))
    usher.presses("Moderate", inside=usher.page.locator(".reply").first)
    note, reasons = usher.page.locator("[name=note]"), usher.page.get_by_label(REASONS)
    note.fill("Again.")
    usher.page.get_by_text("Ready reasons").click()
    usher.presses("Take it Advertising")
    expect(reasons).to_have_value(re.compile("^It advertises"))
    expect(usher.page.locator("[name=rule]")).to_have_value("4")
    expect(note).to_have_value("Again.")
    reasons.fill("A hat.")
    usher.page.get_by_text("Ready reasons").click()
    usher.presses("Take it Off the film")
    expect(reasons).to_have_value(re.compile(r"^A hat\.\nIt doesn’t speak"))
    if scripting:
        usher.page.keyboard.press("Control+z")
        expect(reasons).to_have_value("A hat.")
    usher.presses("Remove")
    usher.sees("Removed.")
    usher.page.get_by_role("link", name="Undo", exact=True).click()
    usher.presses("Undo it")
    usher.sees("This was undone.")


@scripting
def test_what_a_moderator_has_typed_stays_whatever_they_press_before_they_decide(
    arrives: Arrives, house: House, scripting: bool
) -> None:
    theory = "A fairy tale taken at its word"
    for name, words in (("lastreel", "Buy my hat."), ("popcorn", "You never look.")):
        behind.reply_by(house, name, words, theory)
        behind.is_reported(house, words, 2)
    usher = arrives(
        behind.account(house, "lantern", role="moderator"), java_script_enabled=scripting
    )
    usher.opens("/moderation/queue")
    usher.follows("Open the first")
    reasons, note = usher.page.get_by_label(REASONS), usher.page.locator("[name=note]")

    def stands() -> None:
        expect(reasons).to_have_value("My own words.")
        expect(note).to_have_value("The third time.")
        expect(usher.page.locator("[name=rule]")).to_have_value("5")

    reasons.fill("My own words.")
    note.fill("The third time.")
    usher.page.locator("[name=rule]").select_option("5")
    usher.presses("Claim")
    usher.sees("The case is yours for 30 minutes.")
    stands()
    usher.presses("Release")
    usher.sees("The case is free again.")
    stands()
    usher.page.get_by_text("Write a note", exact=True).click()
    usher.writes("A note for the other moderators", "Had a word with them.")
    usher.presses("Keep the note")
    usher.sees("The note is kept.")
    usher.sees("Had a word with them.")
    stands()
    if scripting:
        expect(usher.page.get_by_label("A note for the other moderators")).to_have_value("")
        for key in "jk":
            keys_work(usher)
            usher.page.keyboard.press(key)
            expect(reasons).to_have_value(
                re.compile("^It argues" if key == "j" else "^My own words")
            )
        stands()
        usher.page.reload()
        stands()
    case = usher.page.url.removesuffix("/notes")
    usher.presses("Hide")
    usher.sees("Hidden.")
    usher.opens(case)
    expect(reasons).to_have_value(re.compile("^It argues"))
