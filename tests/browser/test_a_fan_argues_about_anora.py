"""The whole of what the forum is for, told once with JavaScript and once without."""

import re
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import expect

import forum.seeds
from tests.browser.conftest import Arrives
from tests.browser.people import Person

QUESTIONS = tomllib.loads((Path(forum.seeds.__file__).parent / "anora.toml").read_text("utf-8"))[
    "thread"
]
THEORIES = [theory for question in QUESTIONS for theory in question["theory"]]


@pytest.mark.parametrize("scripting", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_fan_signs_up_and_argues_about_anora(arrives: Arrives, scripting: bool) -> None:
    fan = arrives(java_script_enabled=scripting)
    fan.expects("status of 422")  # a form that lacks something, a wrong password
    takes_a_seat(fan)
    meets_the_sealed_film(fan)
    opens_it_and_reads_everything(fan)
    votes_and_thinks_again(fan)
    posts_a_theory(fan)
    replies_with_a_stance(fan)
    replies_to_the_reply(fan)
    edits_and_reads_what_changed(fan)
    keeps_a_draft_and_comes_back_to_it(fan)
    looks_at_votes_and_films(fan)
    seals_the_film_again(fan)
    logs_out_and_in(fan)


def takes_a_seat(fan: Person) -> None:
    fan.opens("/")
    fan.follows("Sign up")
    fan.signs_up("frieda")
    fan.sees("Welcome. Your seat is kept.")
    expect(fan.page.get_by_role("banner").get_by_role("link", name="frieda")).to_be_visible()


def meets_the_sealed_film(fan: Person) -> None:
    fan.follows("Films")
    fan.writes("Find a film by its title", "anor")
    fan.presses("Find")
    fan.follows("Anora", inside=fan.page.get_by_role("main"))
    fan.sees("Everything below this line gives the ending away.")
    for question in QUESTIONS:
        fan.sees(question["safe_title"])
    for sealed in (*QUESTIONS, *THEORIES):
        fan.misses(sealed["title"])
    fan.follows(QUESTIONS[0]["safe_title"])
    for theory in QUESTIONS[0]["theory"]:
        fan.sees(theory["safe_title"])
    for sealed in (*QUESTIONS, *THEORIES):
        fan.misses(sealed["title"])


def opens_it_and_reads_everything(fan: Person) -> None:
    fan.opens("/films/anora-2024")
    fan.presses("I have seen it")
    fan.sees("The seal is open.")
    read = set()
    for question in QUESTIONS:
        fan.opens("/films/anora-2024")
        fan.follows(question["title"])
        for theory in question["theory"]:
            fan.follows(theory["title"])
            expect(fan.page.get_by_role("heading", level=1)).to_have_text(theory["title"])
            shown = fan.page.locator(".theory-body").inner_text()
            for paragraph in theory["body"].strip().split("\n\n"):
                assert words(paragraph) in words(shown)
            read.add(theory["title"])
            fan.follows(question["title"])
    assert len(QUESTIONS) == 4
    assert len(read) == 17


def votes_and_thinks_again(fan: Person) -> None:
    fan.opens("/films/anora-2024")
    fan.follows("Was the marriage ever real?")
    theory = fan.post("She comes back as the lawful wife")
    for choice, figures in (
        ("Convinced", ("1", "0")),
        ("Convinced", ("1", "0")),
        ("Not convinced", ("0", "1")),
    ):
        fan.presses(choice, inside=theory)
        expect(fan.button(choice, inside=theory)).to_have_attribute("aria-pressed", "true")
        expect(theory.locator(".ballot-figure")).to_have_text(figures)
        expect(theory.get_by_text(f"You are {choice.lower()}.")).to_be_visible()
    fan.presses("Withdraw my vote", inside=theory)
    expect(fan.button("Withdraw my vote", inside=theory)).to_have_count(0)
    expect(theory.locator(".ballot-figure")).to_have_text(("0", "0"))
    fan.presses("Convinced", inside=theory)
    expect(theory.locator(".ballot-figure")).to_have_text(("1", "0"))


def posts_a_theory(fan: Person) -> None:
    fan.follows("Your theory")
    fan.writes("Safe title", "About a signature")
    fan.presses("Publish the theory")
    fan.sees("2 things need another look")
    expect(fan.page.get_by_label("Safe title", exact=True)).to_have_value("About a signature")
    fan.writes("Title", "Nobody read what they signed")
    fan.chooses("Plot")
    fan.writes("The theory", "Look at the *pen*.\n\nIt never touches the paper.")
    fan.presses("Publish the theory")
    fan.sees("Your theory is out.")
    expect(fan.page.get_by_role("heading", level=1)).to_have_text("Nobody read what they signed")
    fan.sees("Yours: the others vote")
    assert fan.page.locator(".theory-body em").inner_text() == "pen"


def replies_with_a_stance(fan: Person) -> None:
    fan.follows("Was the marriage ever real?")
    fan.follows("She comes back as the lawful wife")
    fan.chooses("Challenges")
    fan.writes("Reply", "The law was *never* on her side.")
    fan.presses("Reply")
    reply = fan.page.get_by_role("article").filter(has_text="never on her side").last
    expect(reply).to_contain_text("you challenge it")
    expect(fan.page.get_by_role("heading", name="1 reply")).to_be_visible()
    expect(fan.page.get_by_label("Reply", exact=True)).to_have_value("")


def replies_to_the_reply(fan: Person) -> None:
    fan.follows("Reply to frieda")
    expect(fan.page.get_by_role("complementary")).to_contain_text("never on her side")
    fan.chooses("Supports")
    fan.writes("Reply", "And I know it.")
    fan.presses("Reply")
    answer = fan.page.locator(".reply-1")
    expect(answer).to_contain_text("And I know it.")
    fan.sees("2 replies")
    fan.opens(fan.page.url.replace("?said=reply-posted", ""))
    fan.follows("1 challenge")
    expect(fan.page.locator(".reply")).to_have_count(1)


def edits_and_reads_what_changed(fan: Person) -> None:
    fan.opens("/fans/frieda")
    fan.follows("Nobody read what they signed")
    fan.follows("Edit", inside=fan.page.get_by_role("article"))
    fan.writes("Title", "Nobody read what she signed")
    fan.writes("The theory", "Look at the *hand*.\n\nIt never touches the paper.")
    fan.presses("Save the changes")
    fan.sees("Saved. The version before is kept.")
    fan.follows("what changed")
    expect(fan.page.locator(".diff del")).to_have_text(["they", "pen"])
    expect(fan.page.locator(".diff ins")).to_have_text(["she", "hand"])
    fan.follows("Version 1")
    expect(fan.page.get_by_role("heading", name="Version 1", exact=True)).to_be_visible()


def keeps_a_draft_and_comes_back_to_it(fan: Person) -> None:
    fan.opens("/films/anora-2024")
    fan.follows("What happens after the last shot?")
    fan.follows("Your theory")
    fan.writes("Safe title", "If I wrote the next day")
    fan.chooses("Alternate")
    fan.writes("The theory", "She sleeps. Then")
    fan.presses("Keep as a draft")
    fan.sees("The draft is kept.")
    fan.opens("/drafts")
    fan.sees("She sleeps. Then")
    fan.follows("If I wrote the next day")
    expect(fan.page.get_by_label("The theory", exact=True)).to_have_value("She sleeps. Then")
    expect(fan.page.get_by_role("radio", name="Alternate")).to_be_checked()
    fan.opens("/drafts")
    fan.presses("Discard")
    fan.sees("Nothing half written.")


def looks_at_votes_and_films(fan: Person) -> None:
    fan.follows("frieda")
    fan.follows("My votes")
    fan.sees("1 vote.")
    theory = fan.post("She comes back as the lawful wife")
    expect(fan.button("Convinced", inside=theory)).to_have_attribute("aria-pressed", "true")
    fan.presses("Not convinced", inside=theory)
    expect(fan.button("Not convinced", inside=theory)).to_have_attribute("aria-pressed", "true")
    fan.follows("frieda")
    fan.follows("My films")
    expect(fan.page.get_by_role("main").get_by_role("listitem")).to_have_count(1)


def seals_the_film_again(fan: Person) -> None:
    fan.presses("Seal it again")
    fan.sees("The film is sealed again.")
    fan.sees("No seal is open yet.")
    fan.opens("/films/anora-2024")
    for sealed in (*QUESTIONS, *THEORIES):
        fan.misses(sealed["title"])


def logs_out_and_in(fan: Person) -> None:
    fan.presses("Log out")
    fan.sees("You are logged out.")
    expect(fan.page.get_by_role("banner").get_by_role("link", name="frieda")).to_have_count(0)
    fan.follows("Log in")
    fan.logs_in("frieda", "not my password, surely")
    fan.sees("Name and password don’t belong together. Check both.")
    fan.logs_in("frieda")
    fan.sees("You are in.")
    expect(fan.page.get_by_role("banner").get_by_role("link", name="frieda")).to_be_visible()


def words(text: str) -> str:
    """`text` without what Markdown and a page's layout add."""
    return " ".join(re.sub(r"[*_]", "", text).split())
