"""Deciding by the pages: what of a form counts, what is kept of it, who learns what."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from forum.accounts import operations as accounts
from forum.accounts.viewers import Operator
from forum.lib import clock
from forum.lib.database import unit_of_work
from forum.moderation.models import Case, Decision, Report
from tests.conftest import settings_for
from tests.factories import (
    a_case,
    a_fan,
    a_film,
    a_moderator,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    author_of,
    decide,
    found,
    the_rules,
)

pytestmark = pytest.mark.usefixtures("app")

SUGGESTED = "It argues with the person and not with what they say."


@pytest.fixture
def settings(tmp_path, database_url):
    return settings_for(tmp_path, database_url=database_url, hold_first_posts="2")


@pytest.fixture(autouse=True)
def rules(app):
    the_rules()


def a_moderating_visitor(app, name="", **kwargs):
    return a_visitor(app, a_user(name, role="moderator"), **kwargs)


def a_reported_case(app, post=None, rule="2", words="said in anger"):
    post = post or a_theory()
    a_visitor(app).post(f"/posts/{post.id}/reports", rule=rule, words=words)
    return found(select(Case).where(Case.post_id == post.id))[0]


def sends(visitor, case, act, **form):
    given = {"version": again(case).version, "act": act, **form}
    return visitor.post(f"/moderation/cases/{case.id}/decision", **given)


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


# --- a purge, and its second moderator ----------------------------------------------------------


def test_the_second_moderator_reads_what_they_are_asked_to_confirm(app):
    case = a_case(a_theory(safe_title="To be purged"))
    sends(
        a_moderating_visitor(app, "proposing_mod"),
        case,
        "purge",
        rule="6",
        reasons="It tells an address.",
        note="She asked us.",
    )
    second = a_moderating_visitor(app)
    assert "waits for a second moderator" in second.see("/moderation/queue")
    page = second.see(f"/moderation/cases/{case.id}")
    assert "proposing_mod proposes to purge this." in page
    assert "<dd>It tells an address.</dd>" in page
    assert "<dd>6. " in page
    assert f'name="version" value="{again(case).version}"' in page


def test_another_safe_title_begins_with_the_present_one_and_must_differ(app):
    case = a_case(a_theory(safe_title="It says who dies"))
    visitor = a_moderating_visitor(app)
    page = visitor.see(f"/moderation/cases/{case.id}")
    assert re.search(r'name="safe_title"[^>]* value="It says who dies"', page)
    given = {"rule": "1", "reasons": "It says who dies.", "safe_title": "It says who dies"}
    answer = sends(visitor, case, "retitle", **given)
    assert answer.status_code == 422
    assert "It has this safe title already. Write another." in answer.text
    assert found(select(Decision)) == []
    answer = sends(visitor, case, "retitle", **given | {"safe_title": "It says that somebody goes"})
    assert answer.status_code == 303


def test_the_present_safe_title_is_not_told_to_the_slower_as_what_they_had_written(app):
    case = a_case(a_theory(safe_title="It says who dies"))
    sends(a_moderating_visitor(app), case, "remove", rule="1", reasons="It does.")
    slower = {"rule": "1", "reasons": "My own words.", "safe_title": "It says who dies"}
    page = sends(a_moderating_visitor(app), case, "retitle", **slower).text
    typed = page.partition("What you had written is here")[2].partition("</dl>")[0]
    assert "My own words." in typed
    assert "It says who dies" not in typed


def test_while_a_purge_waits_it_is_said_that_the_text_is_public_and_one_act_hides_it(app):
    theory = a_theory()
    case = a_case(theory)
    proposer, second = a_moderating_visitor(app), a_moderating_visitor(app)
    sends(proposer, case, "purge", rule="6", reasons="It tells an address.")
    public = "Until then everybody who has seen the film can read it."
    for visitor in (second, proposer):
        page = visitor.see(f"/moderation/cases/{case.id}")
        assert public in page
    panel = page.partition('class="second"')[2].partition("</section>")[0]
    hide = panel[panel.index("<form") :]
    assert "Hide it meanwhile" in hide
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', hide))
    action = re.search(r'action="([^"]*)"', hide).group(1)
    assert proposer.post(action, **sent).status_code == 303
    assert again(theory).state == "hidden"
    [decision] = found(select(Decision))
    assert (decision.act, decision.rule_number) == ("hide", 6)
    assert decision.reasons == "It tells an address."

    page = second.see(f"/moderation/cases/{case.id}")
    assert "proposes to purge this." in page
    assert public not in page
    assert "Hide it meanwhile" not in page
    second.post(f"/moderation/cases/{case.id}/purge", version=again(case).version)
    assert again(theory).state == "purged"


def test_a_purge_of_what_nobody_can_read_is_not_said_to_be_public(app):
    case = a_case()
    visitor = a_moderating_visitor(app)
    for act in ("hide", "purge"):
        sends(visitor, case, act, rule="6", reasons="It tells an address.")
    page = visitor.see(f"/moderation/cases/{case.id}")
    assert "proposes to purge this." in page
    assert "can read it." not in page.partition('class="second"')[2]


def test_a_purge_is_confirmed_only_as_it_was_seen(app):
    case = a_case()
    sends(a_moderating_visitor(app), case, "purge", rule="6", reasons="It tells an address.")
    seen = again(case).version
    a_visitor(app).post(f"/posts/{case.post_id}/reports", rule="1")
    second = a_moderating_visitor(app)
    for place in ("purge", "purge/refusal"):
        answer = second.post(f"/moderation/cases/{case.id}/{place}", version=seen)
        assert answer.status_code == 409
    now = again(case).version
    answer = second.post(f"/moderation/cases/{case.id}/purge", version=now)
    assert answer.status_code == 303


# --- the seal -----------------------------------------------------------------------------------


def test_what_reporters_quote_opens_with_the_text(app):
    theory = a_theory(safe_title="Safe here")
    case = a_reported_case(app, theory, words="It says that the sister did it")
    visitor = a_moderating_visitor(app)
    page = visitor.see(f"/moderation/cases/{case.id}")
    assert "the sister did it" not in page
    assert "What they say opens with the text." in page
    assert "2. " in page
    visitor.post(f"/moderation/cases/{case.id}/opening")
    assert "the sister did it" in visitor.see(f"/moderation/cases/{case.id}")


@pytest.mark.parametrize("has_seen_it", [True, False])
def test_opening_a_case_knowingly_opens_every_veil_in_it(app, has_seen_it):
    film, other = a_film(), a_film("The other film")
    body = f"I say >!film:{other.slug} | that the snow is salt!< of it."
    case = a_case(a_theory(a_thread(film), body=body))
    visitor = a_moderating_visitor(app, seen=(film,) if has_seen_it else ())
    page = visitor.see(f"/moderation/cases/{case.id}")
    assert "that the snow is salt" not in page
    assert ("Open the veils" in page) == has_seen_it
    assert ("I say" in page) == has_seen_it
    visitor.post(f"/moderation/cases/{case.id}/opening")
    page = visitor.see(f"/moderation/cases/{case.id}")
    assert "that the snow is salt" in page
    assert "Open the veils" not in page


def test_a_reply_is_read_below_what_it_answers(app):
    film = a_film()
    theory = a_theory(a_thread(film), safe_title="Safe above", title="Sealed above", body="Claim.")
    first = a_reply(theory, body="An earlier answer.")
    case = a_case(a_reply(first, body="You never look."))
    sealed = a_moderating_visitor(app).see(f"/moderation/cases/{case.id}")
    assert "Safe above" in sealed
    assert "Sealed above" not in sealed
    assert "An earlier answer." not in sealed
    page = a_moderating_visitor(app, seen=(film,)).see(f"/moderation/cases/{case.id}")
    for text in ("Sealed above", "Claim.", "An earlier answer.", "You never look."):
        assert text in page


def test_what_came_before_names_what_each_decision_was_about(app):
    film = a_film()
    by = a_fan(seen=(film,))
    thread = a_thread(film)
    decide(a_case(a_theory(thread, by=by, safe_title="The first one")), "remove", a_moderator())
    decide(a_case(a_reply(a_theory(thread, safe_title="Of another"), by=by)), "hide", a_moderator())
    case = a_case(a_theory(thread, by=by))
    page = a_moderating_visitor(app).see(f"/moderation/cases/{case.id}")
    assert "“The first one”" in page
    assert "a reply under “Of another”" in page


# --- what is said of what was decided -----------------------------------------------------------


def test_nobody_hears_of_reports_of_their_post_that_led_nowhere(app):
    film = a_film()
    user = a_user()
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)), safe_title="Never doubted")
    decision = decide(a_reported_case(app, theory), "no_action", a_moderator())
    visitor = a_visitor(app, user)
    assert "Never doubted" not in visitor.see("/standing")
    assert visitor.get(f"/standing/decisions/{decision.id}").status_code == 404
    assert a_moderating_visitor(app).get(f"/standing/decisions/{decision.id}").status_code == 200


def test_a_suspended_moderator_reads_no_notes_and_no_statements_about_others(app):
    decision = decide(a_case(), "remove", a_moderator(), note="Between us.")
    user = a_user(role="moderator")
    visitor = a_visitor(app, user)
    assert "Between us." in visitor.see("/moderation/log")
    with unit_of_work() as work:
        work.refresh(user)
        user.sanction, user.sanctioned_until = "suspended", clock.now() + timedelta(days=3)
    assert "Between us." not in visitor.see("/moderation/log")
    assert visitor.get(f"/standing/decisions/{decision.id}").status_code == 404


@pytest.mark.parametrize(
    ("make", "name", "own"),
    [
        (a_thread, "a question about Erased film", "your question about Erased film"),
        (a_theory, "a theory about Erased film", "your theory about Erased film"),
        (a_reply, "a reply under “Safe above”", "your reply under “Safe above”"),
    ],
)
def test_what_was_purged_has_a_name_wherever_it_is_spoken_of(app, make, name, own):
    film = a_film("Erased film")
    user = a_user()
    by = a_fan(user, seen=(film,))
    if make is a_thread:
        post = a_thread(film, by)
    else:
        thread = a_thread(film)
        post = (
            a_theory(thread, by)
            if make is a_theory
            else a_reply(a_theory(thread, safe_title="Safe above", title="Safe above"), by)
        )
    reporter = a_visitor(app)
    reporter.post(f"/posts/{post.id}/reports", rule="6")
    [case] = found(select(Case))
    for moderator in (a_moderator(), a_moderator()):
        decision = decide(case, "purge", moderator)
    visitor = a_visitor(app, user)
    capital = own[0].upper() + own[1:]
    assert f"{capital} was removed for good." in visitor.see("/inbox")
    assert f"Purged: {own}" in visitor.see("/standing")
    assert capital in visitor.see(f"/standing/decisions/{decision.id}")
    assert f"about {name} was right" in reporter.see("/inbox")
    page = a_moderating_visitor(app).see(f"/moderation/cases/{case.id}")
    heading = page.split('id="case-head" tabindex="-1">')[1].split("<")[0]
    assert heading == ("Safe above" if make is a_reply else name[0].upper() + name[1:])


@pytest.mark.parametrize(
    ("act", "who"),
    [
        ("remove", "only you and the moderators can read it"),
        ("restore", "as it stands for everybody"),
    ],
)
def test_a_statement_says_truly_who_reads_the_text_and_offers_help_where_something_was_taken(
    app, act, who
):
    film = a_film()
    user = a_user()
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    decision = decide(a_case(theory), "remove", a_moderator())
    if act == "restore":
        decision = decide(a_case(theory), "restore", a_moderator())
    page = a_visitor(app, user).see(f"/standing/decisions/{decision.id}")
    assert who in page
    assert ("If you think that it is wrong" in page) == (act == "remove")


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("desk@example.org", 'href="mailto:desk@example.org"'),
        ("https://example.org/desk", 'href="https://example.org/desk"'),
        ("the usher at the door", None),
    ],
)
def test_whom_to_ask_is_a_link_where_it_is_an_address(app, contact, link):
    app.config["FOYER"] = replace(app.config["FOYER"], contact=contact)
    theory = a_theory()
    decision = decide(a_case(theory), "remove", a_moderator())
    page = a_visitor(app, author_of(theory)).see(f"/standing/decisions/{decision.id}")
    assert contact in page
    assert (link is None and "mailto" not in page) or link in page
