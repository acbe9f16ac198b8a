"""What a moderator finds on the page of a case, and on the next one: reasons to take, undoing."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from forum.moderation.models import Decision
from tests.factories import (
    a_case,
    a_fan,
    a_reply,
    a_theory,
    a_user,
    a_visitor,
    again,
    film_of,
    found,
    the_rules,
)

pytestmark = pytest.mark.usefixtures("app")

ADVERTISES = "It advertises something that has nothing to do with the film."


@pytest.fixture(autouse=True)
def rules(app):
    the_rules()


@pytest.fixture
def usher(app):
    return a_visitor(app, a_user(role="moderator"))


def sends(visitor, case, act, **form):
    given = {"version": again(case).version, "act": act, "rule": "2", "reasons": "Rude.", **form}
    return visitor.post(f"/moderation/cases/{case.id}/decision", **given)


def the_notice(page):
    return re.search(r'<p class="notice wrap" role="status">(.*?)</p>', page).group(1)


# --- ready reasons without a script -------------------------------------------------------------


def test_ready_reasons_are_taken_by_a_link_which_keeps_what_the_queue_is_narrowed_to(usher):
    case = a_case()
    page = usher.see(f"/moderation/cases/{case.id}?kind=own")
    links = [unescape(link) for link in re.findall(r'href="([^"]*ready=[^"]*)"', page)]
    assert len(links) == 5
    assert ADVERTISES not in re.search(r"<textarea[^>]*id=\"reasons\"[^>]*>([^<]*)", page).group(1)
    assert "kind=own" in links[2]
    page = usher.see(links[2].partition("#")[0])
    assert ADVERTISES in re.search(r"<textarea[^>]*id=\"reasons\"[^>]*>([^<]*)", page).group(1)
    assert '<option selected value="4">' in page


@pytest.mark.parametrize("ready", ["-1", "5", "x", "99999999999999999999"])
def test_reasons_that_are_not_there_leave_the_form_as_it_is(usher, ready):
    case = a_case()
    page = usher.see(f"/moderation/cases/{case.id}?ready={ready}")
    assert re.search(r"<textarea[^>]*id=\"reasons\"[^>]*>\s*</textarea>", page)


def test_it_is_said_beside_the_reasons_that_everybody_reads_them(usher):
    page = usher.see(f"/moderation/cases/{a_case().id}")
    hint = "Everybody can read them: they must give nothing away."
    assert f'id="reasons-hint">{hint}' in page
    assert 'aria-describedby="reasons-hint"' in page


# --- undoing ------------------------------------------------------------------------------------


def test_after_a_decision_the_next_page_leads_to_undoing_it(usher):
    case = a_case()
    answer = sends(usher, case, "remove")
    [decision] = found(select(Decision))
    undo = f'<a href="/standing/decisions/{decision.id}#undo">Undo</a>'
    assert the_notice(usher.see(answer.location)) == f"Removed. {undo}"
    assert 'id="undo"' in usher.see(f"/standing/decisions/{decision.id}")


def test_what_needs_no_undoing_offers_none(usher):
    answer = sends(usher, a_case(), "no_action")
    assert the_notice(usher.see(answer.location)) == "No action."


def test_who_sweeps_an_account_away_is_told_how_much_went(app, usher):
    spammer = a_user(trust="newcomer")
    theory = a_theory()
    by = a_fan(spammer, seen=(film_of(theory),))
    spam = [a_reply(theory, by=by) for _ in range(3)]
    answer = sends(usher, a_case(spam[0]), "ban_and_remove")
    assert the_notice(usher.see(answer.location)).startswith("Banned. 3 posts were removed. <a ")


@pytest.mark.parametrize("said", ["decided-hide.x", "decided-hide.", f"decided-hide.{'9' * 5000}"])
def test_a_notice_with_nonsense_for_a_number_says_what_it_says(guest, said):
    assert the_notice(guest.see(f"/films?said={said}")) == "Hidden."


def test_nobody_makes_a_notice_tell_numbers_or_offer_an_undoing(usher, guest):
    answer = sends(usher, a_case(), "ban_and_remove")
    signed = answer.location.partition("said=")[2]
    assert signed.startswith("decided-ban_and_remove.1.1.")
    assert "Undo" in the_notice(guest.see(f"/films?said={signed}"))
    for forged in ("decided-ban_and_remove.1.1", signed.replace(".1.1.", ".1.999.")):
        assert the_notice(guest.see(f"/films?said={forged}")) == "Banned."
    for forged in ("logged-out.1", f"logged-out.{signed}"):
        assert the_notice(guest.see(f"/films?said={forged}")) == "You are logged out."


def test_what_is_hidden_is_restored_by_one_button_that_takes_the_reasons(app, usher):
    case = a_case()
    sends(usher, case, "hide")
    page = usher.see(f"/moderation/cases/{case.id}")
    assert 'value="restore"' in page
    assert "Undo it" not in page
    sends(usher, case, "remove")
    assert "Undo it" in usher.see(f"/moderation/cases/{case.id}")


def test_a_moderator_who_reads_a_statement_is_at_the_queue_and_its_author_at_their_standing(
    app, usher
):
    author = a_user()
    theory = a_theory()
    reply = a_reply(theory, by=a_fan(author, seen=(film_of(theory),)))
    case = a_case(reply)
    sends(usher, case, "remove")
    [decision] = found(select(Decision))

    def crumbs(visitor):
        page = visitor.see(f"/standing/decisions/{decision.id}")
        trail = page.partition('class="crumbs"')[2].partition("</nav>")[0]
        return re.findall(r'href="([^"]*)"', trail)

    assert crumbs(usher) == ["/moderation/queue", f"/moderation/cases/{case.id}"]
    assert crumbs(a_visitor(app, author)) == ["/standing"]


def test_with_a_filter_on_the_head_of_the_queue_says_that_it_counts_all(usher):
    a_case()
    assert re.search(r"1 waits, the oldest", usher.see("/moderation/queue"))
    assert re.search(r"1 waits in all, the oldest", usher.see("/moderation/queue?kind=held"))
