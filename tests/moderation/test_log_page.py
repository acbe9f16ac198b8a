"""The log as a page: narrowing it, going on in it, what it says of whom."""

import pytest

from forum.lib.database import unit_of_work
from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_moderator,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    decide,
)

pytestmark = pytest.mark.usefixtures("app")


def test_the_log_goes_on_below_the_entry_that_it_was_opened_at(app, guest):
    theory = a_theory()
    moderator = a_moderator()
    for _ in range(55):
        decide(a_case(theory, moderator), "no_action", moderator)
    pages = guest.pages("/moderation/log?entry=53")
    assert len(pages) == 2
    assert 'id="entry-53"' in pages[0]
    assert 'id="entry-54"' not in pages[0]
    assert 'id="entry-1"' in pages[1]
    assert 'id="entry-53"' not in pages[1]
    assert 'rel="first"' in pages[0]


@pytest.mark.parametrize("query", ["film=nowhere-1999", "who=nobody_here", "act=sing", "who=%00"])
def test_what_the_log_doesnt_know_matches_nothing(app, guest, query):
    decide(a_case(), "no_action", a_moderator())
    page = guest.see(f"/moderation/log?{query}")
    assert "No such entry." in page
    assert 'id="entry-1"' not in page


def test_who_has_left_the_moderators_is_still_found_in_the_log(app, guest):
    user = a_user("past_mod", role="moderator")
    decide(a_case(), "no_action", a_fan(user))
    a_moderator("idle_mod")
    with unit_of_work() as work:
        work.refresh(user)
        user.role = "fan"
    page = guest.see("/moderation/log?who=past_mod")
    assert '<option value="past_mod" selected>' in page
    assert 'id="entry-1"' in page
    assert "idle_mod" not in page


def test_each_act_is_offered_once(guest):
    page = guest.see("/moderation/log")
    assert page.count(">Banned</option>") == 1
    assert page.count(">Banned, and removed everything</option>") == 1


def test_both_moderators_of_a_purge_are_named(app, guest):
    case = a_case()
    decide(case, "purge", a_moderator("proposing_mod"))
    decide(case, "purge", a_moderator("agreeing_mod"))
    assert "proposing_mod, confirmed by agreeing_mod" in guest.see("/moderation/log")


def test_a_film_that_is_hidden_later_is_not_named_in_the_log(app, guest):
    film = a_film("Hidden later")
    decide(a_case(a_theory(a_thread(film))), "no_action", a_moderator())
    assert "Hidden later" in guest.see("/moderation/log")
    with unit_of_work() as work:
        work.refresh(film)
        film.state = "hidden"
    page = guest.see(f"/moderation/log?film={film.slug}")
    assert 'id="entry-1"' not in page
    assert "Hidden later" not in page
    assert "Hidden later" not in guest.see("/moderation/log")


def test_moderators_are_led_from_a_line_to_undoing_it(app, guest):
    decision = decide(a_case(), "remove", a_moderator())
    place = f"/standing/decisions/{decision.id}#undo"
    assert place in a_visitor(app, a_user(role="moderator")).see("/moderation/log")
    assert place not in guest.see("/moderation/log")


@pytest.mark.parametrize("query", ["film=anora-2024", "who=quiet_mod", "who=QUIET_mod"])
def test_the_filter_names_what_was_asked_for_though_no_entry_is_about_it(app, guest, query):
    a_film("Anora", year=2024)
    a_user("quiet_mod")
    decide(a_case(), "no_action", a_moderator())
    name, _, wanted = query.lower().partition("=")
    page = guest.see(f"/moderation/log?{query}")
    assert "No such entry." in page
    assert f'<option value="{wanted}" selected>' in page
    assert page.count(f'<option value="{wanted}"') == 1
    assert " selected" not in guest.see(f"/moderation/log?{name}=")
