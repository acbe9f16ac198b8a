"""Reporting a post, and what comes of it."""

import pytest
from sqlalchemy import select

from forum.events import Event, Kind
from forum.lib.database import unit_of_work
from forum.lib.quotas import TooMany
from forum.moderation.cases import report
from forum.moderation.decisions import Grounds, reverse
from forum.moderation.models import Case, Report
from forum.permissions import Refused
from forum.theories.changes import revise, withdraw
from forum.theories.writing import words
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
    decide,
    film_of,
    found,
    in_state,
    viewer_of,
)

pytestmark = pytest.mark.usefixtures("app")


def reported(post, by, rule=2, words="rude"):
    with unit_of_work():
        return report(post, rule, words, by=by)


def test_two_reports_of_one_post_make_one_case_whose_score_is_their_sum():
    theory = a_theory()
    reported(theory, a_fan(seen=(film_of(theory),)))
    reported(theory, a_fan(trust="newcomer"))
    [case] = found(select(Case))
    assert (case.report_count, case.score, case.kind) == (2, 5 + 1, "report")


def test_reporting_again_changes_ones_report_and_adds_none():
    theory, fan = a_theory(), a_fan()
    reported(theory, fan, 2, "first")
    reported(theory, fan, 4, "second")
    [kept] = found(select(Report))
    assert (kept.rule_number, kept.words) == (4, "second")
    assert again(found(select(Case))[0]).report_count == 1


@pytest.mark.parametrize("make", [a_thread, a_theory, a_reply])
def test_every_kind_of_post_can_be_reported_from_its_page(app, make):
    post = make()
    visitor = a_visitor(app, seen=(film_of(post),))
    page = visitor.see(f"/posts/{post.id}")
    assert f"/posts/{post.id}/reports/new" in page
    assert "Keep endings sealed" in visitor.see(f"/posts/{post.id}/reports/new")
    answer = visitor.post(f"/posts/{post.id}/reports", rule="1", words="it says how it ends")
    assert answer.status_code == 303
    assert "You will hear what came of it" in visitor.see(answer.location)


def test_a_guest_is_sent_to_log_in_and_back_to_the_report(guest):
    theory = a_theory()
    answer = guest.get(f"/posts/{theory.id}/reports/new")
    assert answer.location == f"/login?next=/posts/{theory.id}/reports/new"


def test_a_report_without_a_rule_says_what_to_do_and_keeps_the_words(app):
    theory = a_theory()
    visitor = a_visitor(app)
    answer = visitor.post(f"/posts/{theory.id}/reports", words="my very words")
    assert answer.status_code == 422
    assert "Choose the rule that it breaks." in answer.text
    assert "my very words" in answer.text


def test_nobody_reports_their_own_post_nor_one_that_is_gone(app):
    author = a_fan(seen=(film := a_film(),))
    theory = a_theory(a_thread(film), by=author)
    with pytest.raises(Refused):
        reported(theory, author)
    in_state(theory, "removed")
    with pytest.raises(Refused):
        reported(theory, a_fan())


def test_ten_reports_an_hour_are_enough(app):
    fan = a_fan()
    theories = [a_theory() for _ in range(3)]
    for number in range(5):
        reported(theories[0], fan, words=f"for the {number}. time")
        reported(theories[1], fan, words=f"for the {number}. time")
    with pytest.raises(TooMany) as caught:
        reported(theories[2], fan)
    assert 3500 < caught.value.retry_after <= 3600
    with pytest.raises(TooMany):
        reported(theories[0], fan, words="once more")


def test_saying_the_same_again_changes_nothing_and_costs_nothing():
    theory, fan = a_theory(), a_fan()
    for _ in range(12):
        assert reported(theory, fan, words="rude") is True
    [case] = found(select(Case))
    assert case.version == 2
    assert len(found(select(Event).where(Event.kind == Kind.REPORT_FILED))) == 1


def test_whoever_reports_what_its_author_takes_down_hears_so_and_was_not_wrong(app):
    author, reporter = a_user(), a_user()
    film = a_film()
    theory = a_theory(a_thread(film), by=a_fan(author, seen=(film,)))
    reported(theory, viewer_of(reporter))
    with unit_of_work():
        withdraw(theory, by=viewer_of(author))
    assert found(select(Report.state)) == ["moot"]
    assert "was taken down by its author" in a_visitor(app, reporter).see("/inbox")
    assert "Its author took it down." in a_visitor(app, reporter).see("/standing")


def test_reporters_of_everything_that_a_spammer_wrote_hear_of_the_ban(app):
    film = a_film()
    spammer = a_fan(seen=(film,))
    first, second = (a_theory(a_thread(film), by=spammer) for _ in range(2))
    one, other, moderator = a_user(), a_user(), a_moderator()
    reported(first, viewer_of(one))
    reported(second, viewer_of(other))
    case = found(select(Case).where(Case.post_id == first.id))[0]
    decision = decide(case, "ban_and_remove", a_moderator())
    for user in (one, other):
        assert a_visitor(app, user).see("/inbox").count("was right") == 1
    with unit_of_work():
        reverse(decision, Grounds(reasons="It was wrong."), by=moderator)
    for user in (one, other):
        inbox = a_visitor(app, user).see("/inbox")
        assert inbox.count("was right") == inbox.count("what you reported stands") == 1
    assert found(select(Report.state)) == ["declined", "declined"]


@pytest.mark.parametrize("restores", [True, False], ids=["restored in its case", "undone"])
def test_a_reporter_hears_what_was_undone_and_what_stands(app, restores):
    theory, reporter, moderator = a_theory(safe_title="The coat"), a_user(), a_moderator()
    reported(theory, viewer_of(reporter))
    [case] = found(select(Case))
    decision = decide(case, "remove", a_moderator())
    if restores:
        decide(a_case(theory), "restore", moderator)
    else:
        with unit_of_work():
            reverse(decision, Grounds(), by=moderator)
    inbox = a_visitor(app, reporter).see("/inbox")
    assert "What your report about “The coat” led to was undone: what you reported stands." in inbox
    assert "and it stands" not in inbox


def test_a_reporter_hears_that_it_is_what_they_reported_that_stands(app):
    theory, reporter = a_theory(safe_title="The coat"), a_user()
    reported(theory, viewer_of(reporter))
    decide(found(select(Case))[0], "no_action", a_moderator())
    inbox = a_visitor(app, reporter).see("/inbox")
    assert "The moderators looked at “The coat”, as you asked, and it stands." in inbox


def test_the_reporter_hears_whether_they_were_right(app):
    theory = a_theory()
    right, wrong = a_user(), a_user()
    reported(theory, viewer_of(right))
    [case] = found(select(Case))
    decide(case, "remove", a_moderator())
    other = a_theory()
    reported(other, viewer_of(wrong))
    decide(found(select(Case).where(Case.closed_at.is_(None)))[0], "no_action", a_moderator())
    assert "was right" in a_visitor(app, right).see("/inbox")
    assert "it stands" in a_visitor(app, wrong).see("/inbox")
    assert "You were right" in a_visitor(app, right).see("/standing")


def test_what_was_reviewed_for_a_rule_isnt_put_into_the_queue_again_for_it():
    theory = a_theory()
    reported(theory, a_fan(), 2)
    [case] = found(select(Case))
    decide(case, "no_action", a_moderator())
    assert reported(theory, a_fan(), 2) is False
    assert len(found(select(Case).where(Case.closed_at.is_(None)))) == 0
    assert again(case).report_count == 2
    assert reported(theory, a_fan(), 4) is True
    assert len(found(select(Case).where(Case.closed_at.is_(None)))) == 1


def test_what_was_decided_about_a_report_is_not_rewritten():
    theory, fan = a_theory(), a_fan()
    reported(theory, fan, words="what was judged")
    decide(found(select(Case))[0], "no_action", a_moderator())
    assert reported(theory, fan, words="quite another complaint") is False
    assert found(select(Report.words)) == ["what was judged"]


def test_reports_of_somebody_who_is_mostly_wrong_weigh_nothing():
    fan = a_fan(trust="newcomer")
    moderator = a_moderator()
    for _ in range(6):
        theory = a_theory()
        reported(theory, fan)
        decide(found(select(Case).where(Case.post_id == theory.id))[0], "no_action", moderator)
    theory = a_theory()
    reported(theory, fan)
    assert found(select(Case).where(Case.post_id == theory.id))[0].score == 0


def test_what_was_reported_stands_on_the_page_of_its_case_whatever_became_of_it(app):
    author, film = a_user(), a_film()
    texts = {"body": "OFFENDING words.", "safe_title": "An offending title"}
    theory = a_theory(a_thread(film), by=a_fan(author, seen=(film,)), **texts)
    reported(theory, a_fan())
    changed = {"safe_title": "A safe one", "title": "A title", "kind": "reading"}
    for version, body in ((1, "Nice words."), (2, "Nicer words.")):
        again_words = words(body, **changed)
        with unit_of_work():
            revise(theory, again_words, version, by=viewer_of(author))
    reported(theory, a_fan())
    [case] = found(select(Case))
    seen = a_visitor(app, a_user(role="moderator"), seen=(film,)).see(
        f"/moderation/cases/{case.id}"
    )
    for text in ("OFFENDING", "An offending title", "Nice words.", "Nicer words."):
        assert text in seen
    assert seen.count("which was reported") == 1
    assert "Version 1, which was reported" in seen
    sealed = a_visitor(app, a_user(role="moderator")).see(f"/moderation/cases/{case.id}")
    assert "ffending" not in sealed.lower()
