"""Reporting a post, and what comes of it."""

import pytest
from sqlalchemy import select

from forum.lib.database import unit_of_work
from forum.lib.quotas import TooMany
from forum.moderation.cases import report
from forum.moderation.models import Case, Report
from forum.permissions import Refused
from tests.factories import (
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
    the_rules,
    viewer_of,
)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def rules(app):
    the_rules()


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
    for theory in theories[:2]:
        reported(theory, fan)
    with unit_of_work() as work:
        for number in range(8):
            case = Case(
                kind="report",
                post_id=theories[0].id,
                film_id=theories[0].film_id,
                post_version=1,
                opened_at=theories[0].created_at,
                closed_at=theories[0].created_at,
                outcome="upheld",
            )
            work.add(case)
            work.flush()
            work.add(
                Report(
                    case_id=case.id,
                    reporter_id=fan.id,
                    rule_number=1,
                    words=str(number),
                    weight=1,
                    state="upheld",
                    created_at=fan.now,
                )
            )
    with pytest.raises(TooMany):
        reported(theories[2], fan)


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
    decide(found(select(Case))[0], "no_action", a_moderator())
    assert reported(theory, a_fan(), 2) is False
    assert len(found(select(Case).where(Case.closed_at.is_(None)))) == 0
    assert reported(theory, a_fan(), 4) is True
    assert len(found(select(Case).where(Case.closed_at.is_(None)))) == 1


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
