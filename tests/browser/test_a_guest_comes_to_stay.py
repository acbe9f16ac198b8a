"""What a guest opens and writes comes along when they take a seat."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrives

SCRIPTING = pytest.mark.parametrize(
    "scripting", [True, False], ids=["with JavaScript", "without JavaScript"]
)


@SCRIPTING
def test_a_guest_who_wants_to_vote_signs_up_and_is_back_where_they_were(
    arrives: Arrives, scripting: bool
) -> None:
    guest = arrives(java_script_enabled=scripting)
    guest.opens("/films/anora-2024")
    guest.misses("The last scenes set her free")
    guest.presses("I have seen it")
    guest.follows("Did Anora ever really escape?")
    guest.follows("The last scenes set her free")
    expect(guest.button("Convinced")).to_have_count(0)
    guest.follows("Log in", inside=guest.page.get_by_role("complementary"))
    guest.follows("Sign up", inside=guest.page.get_by_role("main"))
    guest.signs_up("marlowe")
    expect(guest.page.get_by_role("heading", level=1)).to_have_text("The last scenes set her free")
    guest.sees("Welcome. Your seat is kept.")
    guest.presses("Convinced")
    expect(guest.button("Convinced").first).to_have_attribute("aria-pressed", "true")
    guest.opens("/settings/films")
    expect(guest.page.get_by_role("main").get_by_role("link", name="Anora")).to_be_visible()


@SCRIPTING
def test_a_guest_who_wants_to_write_comes_to_the_composer_through_sign_up(
    arrives: Arrives, scripting: bool
) -> None:
    guest = arrives(java_script_enabled=scripting)
    guest.opens("/films/anora-2024")
    guest.presses("I have seen it")
    guest.follows("What does the ending stand for?")
    guest.follows("Your theory")
    guest.follows("Sign up", inside=guest.page.get_by_role("main"))
    guest.signs_up("marlowe")
    expect(guest.page.get_by_role("heading", level=1)).to_have_text("Your theory")
    guest.follows("What does the ending stand for?")
    guest.follows("A fairy tale taken at its word")
    guest.presses("Log out")
    guest.opens("/films/anora-2024")
    guest.misses("A fairy tale taken at its word")


@SCRIPTING
def test_what_was_typed_survives_the_end_of_the_session_and_even_a_new_account(
    arrives: Arrives, scripting: bool
) -> None:
    fan = arrives(java_script_enabled=scripting)
    fan.expects("status of 401")
    fan.expects("status of 403")
    fan.expects("status of 422")
    fan.opens("/films/anora-2024")
    fan.presses("I have seen it")
    fan.follows("Sign up")
    fan.signs_up("marlowe")
    fan.opens("/films/anora-2024")
    fan.follows("What does the ending stand for?")
    fan.follows("Your theory")
    fan.writes("Safe title", "On the last sound")
    fan.writes("Title", "It is the “engine” & nothing <else>")
    fan.chooses("Allegory")
    fan.writes("The theory", "Listen to *it*.\n\nNot to >!them!<. Ünïcödé too: 映画.")
    elsewhere = fan.context.new_page()
    elsewhere.goto("/")
    elsewhere.get_by_role("button", name="Log out").click()
    expect(elsewhere.get_by_text("You are logged out.")).to_be_visible()
    elsewhere.close()
    fan.presses("Publish the theory")
    fan.sees("What you wrote is kept. It comes back once you are in.")
    fan.presses("Sign up", inside=fan.page.get_by_role("main"))
    fan.sees("What you wrote is kept. It comes back once you are in.")
    fan.presses("Log in", inside=fan.page.get_by_role("main"))
    fan.presses("Sign up", inside=fan.page.get_by_role("main"))
    fan.writes("Name", "m")
    fan.presses("Sign up", inside=fan.page.get_by_role("main"))
    fan.signs_up("quietcar")
    fan.sees("Open the film first: say that you have seen it.")
    fan.follows("To the film")
    fan.presses("I have seen it")
    fan.follows("What does the ending stand for?")
    fan.follows("Your theory")
    expect(fan.page.get_by_label("Safe title", exact=True)).to_have_value("On the last sound")
    expect(fan.page.get_by_label("Title", exact=True)).to_have_value(
        "It is the “engine” & nothing <else>"
    )
    expect(fan.page.get_by_role("radio", name="Allegory")).to_be_checked()
    expect(fan.page.get_by_label("The theory", exact=True)).to_have_value(
        "Listen to *it*.\n\nNot to >!them!<. Ünïcödé too: 映画."
    )
