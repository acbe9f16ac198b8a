"""What is read of cases and decisions: by the second moderator of a purge, before a seal, and by
authors and reporters afterwards."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.lib import clock
from forum.lib.database import unit_of_work
from forum.moderation.models import Case, Decision
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
)
from tests.moderation.desk import (
    a_moderating_visitor,
    a_reported_case,
    sends,
)

pytestmark = pytest.mark.usefixtures("app")

HOLD_FIRST_POSTS = "2"


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
