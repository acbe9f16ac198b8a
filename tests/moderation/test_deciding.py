"""Deciding by the pages: what of a form counts, what is kept of it, who learns what."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from forum.accounts import operations as accounts
from forum.accounts.viewers import Operator
from forum.lib import clock
from forum.lib.database import unit_of_work
from forum.moderation.models import Case, Decision, Report
from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_moderator,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    decide,
    found,
)
from tests.moderation.desk import (
    a_moderating_visitor,
    a_reported_case,
    sends,
)

pytestmark = pytest.mark.usefixtures("app")

SUGGESTED = "It argues with the person and not with what they say."

HOLD_FIRST_POSTS = "2"


# --- what counts of a half-filled form ----------------------------------------------------------


@pytest.mark.parametrize("act", ["no_action", "approve"])
def test_a_suggested_rule_and_reasons_accuse_nobody_who_did_nothing_wrong(app, guest, act):
    film = a_film()
    newcomer = a_fan(a_user(trust=None), seen=(film,))
    theory = a_theory(a_thread(film), by=newcomer if act == "approve" else None)
    if act == "no_action":
        a_visitor(app).post(f"/posts/{theory.id}/reports", rule="2")
    [case] = found(select(Case))
    answer = sends(a_moderating_visitor(app), case, act, rule="2", reasons=SUGGESTED)
    assert answer.status_code == 303
    [decision] = found(select(Decision))
    assert (decision.rule_number, decision.reasons) == (None, "")
    page = guest.see("/moderation/log")
    assert SUGGESTED not in page
    assert "Rule 2" not in page


def test_what_a_moderator_wrote_themselves_is_told_whatever_the_act(app):
    case = a_case()
    sends(a_moderating_visitor(app), case, "no_action", rule="2", reasons="Sharp, but fair.")
    [decision] = found(select(Decision))
    assert (decision.rule_number, decision.reasons) == (None, "Sharp, but fair.")


def test_a_removal_takes_the_suggested_rule_and_reasons(app):
    case = a_reported_case(app)
    sends(a_moderating_visitor(app), case, "remove", rule="2", reasons=SUGGESTED)
    [decision] = found(select(Decision))
    assert (decision.rule_number, decision.reasons) == (2, SUGGESTED)


def test_the_form_suggests_the_rule_that_most_reports_cite(app):
    theory = a_theory()
    heavy = a_moderating_visitor(app)
    heavy.post(f"/posts/{theory.id}/reports", rule="1")
    for _ in range(2):
        a_visitor(app).post(f"/posts/{theory.id}/reports", rule="5")
    [case] = found(select(Case))
    weights = found(select(Report.weight).order_by(Report.id))
    assert weights[0] > weights[1]
    page = a_moderating_visitor(app).see(f"/moderation/cases/{case.id}")
    assert '<option selected value="5">' in page


# --- nothing typed is lost ----------------------------------------------------------------------


def test_an_act_that_lacks_something_names_the_field_and_leaves_its_panel_open(app):
    case = a_case()
    visitor = a_moderating_visitor(app)
    answer = sends(visitor, case, "suspend", rule="2", reasons="Third time.", note="Patience.")
    assert answer.status_code == 422
    assert "Say for how many days." in answer.text
    assert 'aria-invalid="true" id="days"' in answer.text
    assert '<details class="decide-rare" open>' in answer.text
    assert "Third time." in answer.text
    assert "Patience." in answer.text
    answer = sends(visitor, case, "retitle", rule="2", reasons="It says who dies.")
    assert "Write the new safe title." in answer.text
    assert '<details class="decide-rare">' in visitor.see(f"/moderation/cases/{case.id}")


def test_the_slower_moderator_reads_what_was_decided_and_keeps_all_that_they_wrote(app):
    case = a_case()
    version = case.version
    decide(case, "remove", a_moderator("modbert"))
    with time_machine.travel(clock.now() + timedelta(minutes=2, seconds=5)):
        answer = a_moderating_visitor(app).post(
            f"/moderation/cases/{case.id}/decision",
            act="suspend",
            version=version,
            rule="2",
            reasons="Reasons of my own.",
            note="A note of my own.",
            days="12",
            safe_title="A title of my own",
        )
    assert answer.status_code == 409
    assert "Handled by modbert 2 minutes ago: removed." in answer.text
    for text in ("Reasons of my own.", "A note of my own.", "12", "A title of my own"):
        assert f"<dd>{text}</dd>" in answer.text


def test_being_slower_counts_before_what_was_left_out(app):
    case = a_case()
    version = case.version
    decide(case, "remove", a_moderator())
    answer = a_moderating_visitor(app).post(
        f"/moderation/cases/{case.id}/decision", act="suspend", version=version
    )
    assert answer.status_code == 409


def test_a_closed_case_is_not_claimed_and_shows_what_was_decided_with_the_way_to_undo_it(app):
    case = a_case()
    decision = decide(case, "remove", a_moderator("modbert"), reasons="Said with reasons.")
    visitor = a_moderating_visitor(app)
    page = visitor.see(f"/moderation/cases/{case.id}")
    assert f"/moderation/cases/{case.id}/claim" not in page
    assert "Removed by modbert" in page
    assert "Said with reasons." in page
    assert f'action="/moderation/decisions/{decision.id}/reversal"' in page
    answer = visitor.post(f"/moderation/decisions/{decision.id}/reversal", reasons="It was sharp.")
    assert answer.status_code == 303
    assert "undone since" in visitor.see(f"/moderation/cases/{case.id}")


def test_reasons_for_undoing_that_are_too_long_come_back_whole(app):
    decision = decide(a_case(), "remove", a_moderator())
    answer = a_moderating_visitor(app).post(
        f"/moderation/decisions/{decision.id}/reversal", reasons="x" * 1001
    )
    assert answer.status_code == 422
    assert "x" * 1001 in answer.text
    assert "1001 characters, and 1000 fit." in answer.text
    assert again(decision).reverted_by_id is None


def test_what_cannot_be_undone_says_so_and_keeps_the_reasons(app):
    decision = decide(a_case(), "no_action", a_moderator())
    answer = a_moderating_visitor(app).post(
        f"/moderation/decisions/{decision.id}/reversal", reasons="Written at length."
    )
    assert answer.status_code == 409
    assert "This act can’t be undone." in answer.text


# --- going on in the queue ----------------------------------------------------------------------


def test_what_the_queue_is_narrowed_to_stays_through_a_decision(app):
    film = a_film()
    first, second = (a_reported_case(app, a_theory(a_thread(film))) for _ in range(2))
    other = a_reported_case(app)
    visitor = a_moderating_visitor(app)
    query = f"kind=report&film={film.id}"
    page = visitor.see(f"/moderation/queue?{query}")
    here = f"/moderation/cases/{first.id}?{query}"
    assert here.replace("&", "&amp;") in page
    page = visitor.see(here)
    assert f'action="/moderation/cases/{first.id}/decision?{query}"'.replace("&", "&amp;") in page
    assert f"/moderation/cases/{other.id}" not in page
    answer = visitor.post(
        f"/moderation/cases/{first.id}/decision?{query}", act="no_action", version=first.version
    )
    assert answer.location == f"/moderation/cases/{second.id}?{query}&said=decided-no_action"
    answer = visitor.post(
        f"/moderation/cases/{second.id}/decision?{query}", act="no_action", version=second.version
    )
    assert answer.location == f"/moderation/queue?{query}&said=decided-no_action"
    answer = visitor.post(f"/moderation/cases/{other.id}/claim?kind=report")
    assert answer.location == f"/moderation/cases/{other.id}?kind=report&said=claimed"


def test_a_case_about_ones_own_post_is_neither_listed_nor_next_nor_counted(app):
    film = a_film()
    user = a_user(role="moderator")
    first = a_reported_case(app)
    own = a_reported_case(app, a_theory(a_thread(film), by=a_fan(user, seen=(film,))))
    last = a_reported_case(app)
    visitor = a_visitor(app, user)
    page = visitor.see("/moderation/queue")
    assert f"/moderation/cases/{own.id}" not in page
    assert "2 wait" in page
    assert film.title not in page
    answer = sends(visitor, first, "no_action")
    assert answer.location.startswith(f"/moderation/cases/{last.id}?")


def test_the_page_of_a_case_leads_on_to_the_next_page_of_the_queue(app):
    cases = [a_case() for _ in range(42)]
    visitor = a_moderating_visitor(app)
    page = visitor.see(f"/moderation/cases/{cases[0].id}")
    pages = visitor.pages("/moderation/queue")
    assert len(pages) == 2
    [following] = {
        part.split('"')[0]
        for part in page.split('href="')
        if part.startswith("/moderation/queue?after=")
    }
    assert f"/moderation/cases/{cases[41].id}" in visitor.see(following)


def test_of_two_acts_with_one_key_only_the_likelier_has_it(app):
    film = a_film()
    user = a_user(trust="member")
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    visitor = a_visitor(app, user, seen=(film,))
    with unit_of_work() as work:
        work.refresh(user)
        user.trust_set = "newcomer"
    visitor.post(
        f"/posts/{theory.id}/revisions",
        safe_title="A safe title",
        title="Sealed",
        kind="reading",
        body="Watch it at https://example.org/x",
        version="1",
    )
    [case] = found(select(Case))
    page = a_moderating_visitor(app).see(f"/moderation/cases/{case.id}")
    assert page.count('data-key="r"') == 1
    assert 'value="refuse" data-key="r"' in page


def test_the_archive_is_called_so_in_a_case_and_is_no_newcomer(app):
    with unit_of_work():
        archive = accounts.add_archive("the_archive", by=Operator())
    film = a_film()
    theory = a_theory(a_thread(film), by=Operator(id=archive.id, seen=(film.id,)))
    page = a_moderating_visitor(app).see(f"/moderation/cases/{a_case(theory).id}")
    author = page.partition('id="case-author"')[2].partition("</section>")[0]
    assert ">the archive</a>" in author
    assert "newcomer" not in author
    assert "Here since" not in author
