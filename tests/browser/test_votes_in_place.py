"""With JavaScript a vote is cast where one stands: the page stays, and says what happened."""

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser import behind_the_pages as behind
from tests.browser.conftest import Arrives
from tests.browser.house import House
from tests.browser.people import Person

QUESTION = "Did Anora ever really escape?"
THEORY = "The last scenes set her free"


@pytest.fixture
def fan(arrives: Arrives, house: House) -> Person:
    """Somebody with an account who has opened the film and reads the question."""
    fan = arrives(behind.account(house, "noor"))
    fan.opens(behind.address(house, QUESTION))
    stay(fan)
    return fan


def stay(person: Person) -> None:
    """Leave a mark in the page that is gone as soon as another one is loaded."""
    person.page.evaluate("window.stayed = true")


def stayed(person: Person) -> bool:
    """Whether the page is still the one that was marked."""
    return bool(person.page.evaluate("window.stayed === true"))


def pressed(person: Person, name: str, where: Locator) -> None:
    """The button called `name` is the chosen one, and the server has counted it."""
    chosen(person, name, where)
    expect(where.locator("[aria-busy]")).to_have_count(0)


def chosen(person: Person, name: str, where: Locator) -> None:
    """The button called `name` shows as the chosen one."""
    expect(person.button(name, inside=where)).to_have_attribute("aria-pressed", "true")


def test_a_vote_is_cast_changed_and_withdrawn_without_leaving_the_page(fan, house):
    theory = fan.post(THEORY)
    fan.presses("Convinced", inside=theory)
    pressed(fan, "Convinced", theory)
    expect(fan.button("Convinced", inside=theory)).to_be_focused()
    fan.presses("Not convinced", inside=theory)
    pressed(fan, "Not convinced", theory)
    assert behind.figures(house, THEORY) == (0, 1)
    fan.presses("Withdraw my vote", inside=theory)
    expect(theory.locator(".ballot-figure")).to_have_text(("0", "0"))
    expect(fan.button("Convinced", inside=theory)).to_be_focused()
    assert behind.figures(house, THEORY) == (0, 0)
    assert stayed(fan)


def test_the_figures_of_the_question_follow_a_vote(fan, house):
    theory = fan.post(THEORY)
    head, picture = fan.page.locator("#thread-votes"), fan.page.locator("#shares")
    expect(head).to_have_text("no votes yet")
    fan.presses("Convinced", inside=theory)
    expect(head).to_have_text("1 vote")
    expect(picture.locator(".shares-legend li")).to_have_count(1)
    picture.get_by_text("as a table").click()
    fan.presses("Not convinced", inside=theory)
    expect(picture).to_contain_text("no convinced votes yet")
    fan.presses("Withdraw my vote", inside=theory)
    expect(head).to_have_text("no votes yet")
    assert stayed(fan)


def test_twenty_clicks_are_one_vote(fan, house):
    theory = fan.post(THEORY)
    button = fan.button("Convinced", inside=theory)
    button.evaluate("(button) => { for (let i = 0; i < 20; i++) button.click(); }")
    pressed(fan, "Convinced", theory)
    for _ in range(5):
        button.click()
    expect(theory.locator(".ballot-figure")).to_have_text(("1", "0"))
    assert behind.journal(house, THEORY) == [1]
    assert stayed(fan)


def test_a_vote_is_cast_by_keyboard(fan, house):
    theory = fan.post(THEORY)
    fan.button("Convinced", inside=theory).focus()
    fan.page.keyboard.press("Tab")
    expect(fan.button("Not convinced", inside=theory)).to_be_focused()
    fan.page.keyboard.press("Space")
    pressed(fan, "Not convinced", theory)
    expect(fan.button("Not convinced", inside=theory)).to_be_focused()
    fan.page.keyboard.press("Shift+Tab")
    fan.page.keyboard.press("Enter")
    pressed(fan, "Convinced", theory)
    assert behind.figures(house, THEORY) == (1, 0)


def test_the_focus_stays_where_it_was_moved_to_while_a_vote_was_on_its_way(fan):
    theory = fan.post(THEORY)
    fan.button("Not convinced", inside=theory).focus()
    held = held_back(fan)
    fan.page.keyboard.press("Enter")
    fan.page.keyboard.press("Shift+Tab")
    let_go_on(fan, held)
    expect(theory.locator(".ballot-figure")).to_have_text(("0", "1"))
    expect(fan.button("Convinced", inside=theory)).to_be_focused()
    elsewhere = fan.page.get_by_role("link", name="Foyer").first
    held = held_back(fan)
    fan.presses("Convinced", inside=theory)
    elsewhere.focus()
    let_go_on(fan, held)
    expect(theory.locator(".ballot-figure")).to_have_text(("1", "0"))
    expect(elsewhere).to_be_focused()


def test_what_changed_is_said_to_screen_readers(fan, house):
    behind.votes(house, THEORY, ups=3, downs=1)
    fan.presses("Convinced", inside=fan.post(THEORY))
    expect(fan.page.locator("#said")).to_have_text("80% convinced 5 votes")


def test_a_share_shows_from_five_votes_on(fan, house):
    behind.votes(house, THEORY, ups=2, downs=1)
    theory = fan.post(THEORY)
    fan.presses("Convinced", inside=theory)
    expect(theory).to_contain_text("3 convinced, 1 not")
    expect(theory).to_contain_text("needs 5 for a share")
    behind.votes(house, THEORY, ups=1, downs=0)
    fan.presses("Not convinced", inside=theory)
    expect(theory).to_contain_text("60% convinced")
    expect(theory.get_by_role("img", name="3 of 5 convinced")).to_be_visible()


def test_figures_are_hidden_until_one_has_voted(fan, house):
    title = "Listen to the engine"
    fan.opens(behind.theory_by(house, "lastreel", title, QUESTION))
    behind.votes(house, title, ups=6, downs=1)
    stay(fan)
    expect(fan.page.locator(".ballot-figure")).to_have_count(0)
    fan.sees("Figures show once you vote")
    fan.presses("Convinced")
    expect(fan.page.locator(".ballot-figure")).to_have_text(("7", "1"))
    fan.presses("Withdraw my vote")
    fan.sees("Figures show once you vote")
    expect(fan.page.locator(".ballot-figure")).to_have_count(0)
    assert stayed(fan)


def test_show_me_shows_figures_before_a_vote_and_from_then_on(fan, house):
    title = "Listen to the engine"
    fan.opens(behind.theory_by(house, "lastreel", title, QUESTION))
    behind.votes(house, title, ups=6, downs=1)
    stay(fan)
    fan.presses("Show me")
    expect(fan.page.locator(".ballot-figure")).to_have_text(("6", "1"))
    expect(fan.button("Convinced")).to_be_focused()
    assert stayed(fan)
    fan.page.reload()
    expect(fan.page.locator(".ballot-figure")).to_have_text(("6", "1"))


def test_a_good_point_is_made_and_taken_back(fan, house):
    behind.reply_by(house, "lastreel", "Look at the hands.", THEORY)
    fan.opens(behind.address(house, THEORY))
    stay(fan)
    fan.presses("Good point")
    expect(fan.button("Good point")).to_have_text("Good point 1")
    expect(fan.button("Good point")).to_have_attribute("aria-pressed", "true")
    expect(fan.button("Good point")).to_be_focused()
    fan.presses("Good point")
    expect(fan.button("Good point")).to_have_text("Good point")
    expect(fan.button("Good point")).to_have_attribute("aria-pressed", "false")
    assert stayed(fan)


def test_a_vote_on_the_front_page_is_cast_there_too(fan, house):
    fan.opens("/")
    stay(fan)
    theory = (
        fan.page.get_by_role("region", name="Waiting for your vote").get_by_role("article").first
    )
    fan.presses("Convinced", inside=theory)
    pressed(fan, "Convinced", theory)
    expect(theory).to_contain_text("You are convinced.")
    assert stayed(fan)


def held_back(person: Person) -> list[Route]:
    """From now on votes stay on their way until they are let go on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    person.page.route("**/votes", hold)
    return held


def let_go_on(person: Person, held: list[Route]) -> None:
    """Let the vote that is on its way arrive, and others after it."""
    held.pop().continue_()
    person.page.unroute("**/votes")


def test_a_choice_shows_before_the_server_has_counted_it(fan, house):
    theory = fan.post(THEORY)
    held = held_back(fan)
    fan.presses("Convinced", inside=theory)
    chosen(fan, "Convinced", theory)
    expect(theory.locator(".ballot-yes .ballot-box path")).to_be_visible()
    expect(theory.locator(".ballot-no .ballot-box path")).to_be_hidden()
    expect(theory.locator(".ballot-figure")).to_have_text(("0", "0"))
    let_go_on(fan, held)
    expect(theory.locator(".ballot-figure")).to_have_text(("1", "0"))
    assert stayed(fan)


def test_who_changes_their_mind_while_the_vote_is_on_its_way_is_heard(fan, house):
    theory = fan.post(THEORY)
    held = held_back(fan)
    fan.presses("Convinced", inside=theory)
    fan.presses("Not convinced", inside=theory)
    chosen(fan, "Not convinced", theory)
    let_go_on(fan, held)
    expect(theory.locator(".ballot-figure")).to_have_text(("0", "1"))
    pressed(fan, "Not convinced", theory)
    expect(fan.button("Not convinced", inside=theory)).to_be_focused()
    assert behind.journal(house, THEORY) == [1, -1]
    assert stayed(fan)


def test_a_vote_is_withdrawn_while_its_change_is_on_its_way(fan, house):
    theory = fan.post(THEORY)
    fan.presses("Convinced", inside=theory)
    expect(theory.locator(".ballot-figure")).to_have_text(("1", "0"))
    held = held_back(fan)
    fan.presses("Not convinced", inside=theory)
    fan.presses("Withdraw my vote", inside=theory)
    let_go_on(fan, held)
    expect(fan.button("Withdraw my vote", inside=theory)).to_have_count(0)
    assert behind.journal(house, THEORY) == [1, -1, 0]


def test_a_choice_that_did_not_arrive_is_taken_back_on_the_page(fan, house):
    fan.expects("net::ERR_FAILED")
    theory = fan.post(THEORY)
    fan.page.route("**/votes", lambda route: route.abort())
    fan.presses("Convinced", inside=theory)
    expect(fan.page.locator("#said")).to_be_visible()
    expect(fan.button("Convinced", inside=theory)).to_have_attribute("aria-pressed", "false")
    assert behind.journal(house, THEORY) == []
