"""The queue and its cases: filters, claims, notes, the seal."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import insert, select

from forum.lib import clock
from forum.lib.database import unit_of_work
from forum.moderation import cases
from forum.moderation.models import Case, Note
from forum.theories.models import Post
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
    found,
)
from tests.laws.test_statements import counted
from tests.moderation.desk import a_moderating_visitor

pytestmark = pytest.mark.usefixtures("app")


def test_only_moderators_see_the_queue(app, guest):
    assert guest.get("/moderation/queue").location.startswith("/login")
    assert a_visitor(app).get("/moderation/queue").status_code == 403
    assert "Nothing waits." in a_moderating_visitor(app).see("/moderation/queue")


def test_the_queue_shows_safe_titles_and_who_holds_a_case(app):
    theory = a_theory(safe_title="Safe in the queue", title="Sealed in the queue")
    case = a_case(theory)
    holder = a_moderating_visitor(app, "holding_mod")
    assert holder.post(f"/moderation/cases/{case.id}/claim").status_code == 303
    page = a_moderating_visitor(app).see("/moderation/queue")
    assert "Safe in the queue" in page
    assert "Sealed in the queue" not in page
    assert "claimed by holding_mod" in page
    assert "yours" in holder.see("/moderation/queue")


def test_what_fans_report_is_among_the_reported_also_in_a_moderators_own_case(app):
    usher = a_moderating_visitor(app)
    theory = a_theory(safe_title="Reported afterwards")
    a_case(theory)
    a_case(a_theory(safe_title="Reported by nobody"))
    assert "Reported afterwards" not in usher.see("/moderation/queue?kind=report")
    a_visitor(app).post(f"/posts/{theory.id}/reports", rule="2")
    page = usher.see("/moderation/queue?kind=report")
    assert "Reported afterwards" in page
    assert "Reported by nobody" not in page
    assert "Reported afterwards" in usher.see("/moderation/queue?kind=own")


def test_a_claim_ends_after_30_minutes(app):
    case = a_case()
    holder = a_moderating_visitor(app, "holding_mod")
    holder.post(f"/moderation/cases/{case.id}/claim")
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert "claimed by" not in a_moderating_visitor(app).see("/moderation/queue")


def test_without_a_script_the_queue_tells_hours_and_that_they_are_utc(app):
    with time_machine.travel(datetime(2026, 11, 26, 14, 31, tzinfo=UTC), tick=False):
        case = a_case()
        usher, holder = (a_moderating_visitor(app, name) for name in ("", "holding_mod"))
        holder.post(f"/moderation/cases/{case.id}/claim")
        page, at = usher.see(f"/moderation/cases/{case.id}"), "2026-11-26T14:31:00+00:00"
    since = f'the oldest <time datetime="{at}" data-age>since 26 Nov, 14:31 UTC</time>'
    assert f"1 waits, {since}" in page
    assert f'<time datetime="{at}" data-age>26 Nov, 14:31 UTC</time>' in page
    until = '<time datetime="2026-11-26T15:01:00+00:00" data-clock>15:01 UTC</time>'
    assert f"claimed by holding_mod until {until}" in page
    assert f"Claimed by holding_mod until {until}." in page


def test_who_claimed_a_case_and_that_it_waits_for_a_second_stand_in_one_line(app):
    case = a_case()
    decide(case, "purge", a_moderator())
    a_moderating_visitor(app, "holding_mod").post(f"/moderation/cases/{case.id}/claim")
    page = a_moderating_visitor(app).see("/moderation/queue")
    [line] = re.findall(r'<span class="case-row-holder">(.*?)</span>', page)
    assert line.startswith("claimed by holding_mod until <time ")
    assert line.endswith("</time>, waits for a second moderator")


def test_a_claim_can_be_taken_over_and_let_go(app):
    case = a_case()
    first, second = a_moderating_visitor(app, "first_mod"), a_moderating_visitor(app, "next_mod")
    first.post(f"/moderation/cases/{case.id}/claim")
    second.post(f"/moderation/cases/{case.id}/claim")
    assert "Claimed by next_mod" in first.see(f"/moderation/cases/{case.id}")
    first.post(f"/moderation/cases/{case.id}/release")
    assert again(case).claimed_by_id is not None
    second.post(f"/moderation/cases/{case.id}/release")
    assert again(case).claimed_by_id is None


def test_sealed_text_is_opened_knowingly(app):
    theory = a_theory(title="Sealed for this moderator", body="And its body.")
    case = a_case(theory)
    visitor = a_moderating_visitor(app)
    page = visitor.see(f"/moderation/cases/{case.id}")
    assert "Sealed for this moderator" not in page
    assert "And its body." not in page
    visitor.post(f"/moderation/cases/{case.id}/opening")
    page = visitor.see(f"/moderation/cases/{case.id}")
    assert "Sealed for this moderator" in page
    assert "And its body." in page


def test_a_case_about_a_reply_is_called_after_its_theory(app):
    theory = a_theory(safe_title="Above the reply")
    case = a_case(a_reply(theory))
    assert "Above the reply" in a_moderating_visitor(app).see(f"/moderation/cases/{case.id}")


def test_a_moderator_never_learns_who_reported_their_own_post(app):
    film = a_film()
    user = a_user(role="moderator")
    theory = a_theory(a_thread(film), by=a_fan(user, seen=(film,)))
    a_visitor(app).post(f"/posts/{theory.id}/reports", rule="2", words="said in confidence")
    [case] = found(select(Case))
    answer = a_visitor(app, user).get(f"/moderation/cases/{case.id}")
    assert answer.status_code == 403
    assert "said in confidence" not in answer.text


def test_notes_are_kept_for_moderators(app):
    case = a_case()
    visitor = a_moderating_visitor(app)
    visitor.post(f"/moderation/cases/{case.id}/notes", **{"note-text": "Second time this week."})
    assert "Second time this week." in a_moderating_visitor(app).see(f"/moderation/cases/{case.id}")
    assert len(found(select(Note))) == 1


def test_an_empty_note_says_so(app):
    case = a_case()
    answer = a_moderating_visitor(app).post(f"/moderation/cases/{case.id}/notes")
    assert answer.status_code == 422
    assert "This is needed." in answer.text


def test_a_moderator_opens_a_case_from_any_post_and_finds_the_open_one(app):
    theory = a_theory()
    visitor = a_moderating_visitor(app)
    first = visitor.post(f"/posts/{theory.id}/cases").location
    assert visitor.post(f"/posts/{theory.id}/cases").location == first
    assert len(found(select(Case))) == 1


def test_filters_narrow_the_queue_by_kind_and_film(app):
    film = a_film("Narrow film")
    here = a_theory(a_thread(film), safe_title="Of the narrow film")
    a_case(here)
    other = a_theory(safe_title="Of another film")
    visitor = a_visitor(app)
    visitor.post(f"/posts/{other.id}/reports", rule="1")
    moderator = a_moderating_visitor(app)
    by_film = moderator.see(f"/moderation/queue?film={film.id}")
    assert "Of the narrow film" in by_film
    assert "Of another film" not in by_film
    by_kind = moderator.see("/moderation/queue?kind=report")
    assert "Of another film" in by_kind
    assert "Of the narrow film" not in by_kind


def test_after_a_decision_the_next_case_follows(app):
    first, second = a_case(), a_case()
    answer = a_moderating_visitor(app).post(
        f"/moderation/cases/{first.id}/decision",
        version=again(first).version,
        act="no_action",
        rule="",
    )
    assert answer.location.startswith(f"/moderation/cases/{second.id}?said=decided-no_action")


def test_a_decision_without_grounds_keeps_what_was_typed(app):
    case = a_case()
    answer = a_moderating_visitor(app).post(
        f"/moderation/cases/{case.id}/decision",
        version=case.version,
        act="remove",
        rule="",
        reasons="Typed with care.",
    )
    assert answer.status_code == 422
    assert "Name the rule" in answer.text
    assert "Typed with care." in answer.text


def test_an_act_that_leads_nowhere_is_refused_in_words(app):
    case = a_case()
    answer = a_moderating_visitor(app).post(
        f"/moderation/cases/{case.id}/decision", version=case.version, act="approve", rule=""
    )
    assert answer.status_code == 422
    assert "As it stands now, this can be done:" in answer.text
    assert (
        a_moderating_visitor(app)
        .post(f"/moderation/cases/{case.id}/decision", version=1, act="sing")
        .status_code
        == 400
    )


def test_the_form_is_half_filled_from_the_reports(app):
    film = a_film()
    theory = a_theory(a_thread(film))
    a_visitor(app).post(f"/posts/{theory.id}/reports", rule="4", words="an advert")
    [case] = found(select(Case))
    page = a_moderating_visitor(app, seen=(film,)).see(f"/moderation/cases/{case.id}")
    assert '<option selected value="4">' in page
    assert "an advert" in page


def test_an_empty_queue_says_what_was_done_this_week(app):
    decide(a_case(), "no_action", a_moderator())
    page = a_moderating_visitor(app).see("/moderation/queue")
    assert "1 case decided in the last seven days" in page


def test_ten_thousand_cases_cost_the_queue_no_statement_more(app):
    theory = a_theory()
    moderator = a_moderating_visitor(app)
    a_case(theory)
    with counted() as few:
        moderator.see("/moderation/queue")
    _many_cases(theory, 10_000)
    with counted() as many:
        page = moderator.see("/moderation/queue")
    assert "10,001" in page
    assert len(many) == len(few)
    assert len(many) <= 8


def _many_cases(theory: Post, count: int) -> None:
    now = clock.now()
    with unit_of_work() as work:
        columns = {c.name for c in Post.__table__.columns} - {"id", "seed_key"}
        row = {name: getattr(theory, name) for name in columns}
        work.execute(insert(Post.__table__), [row] * count)
        ids = work.scalars(select(Post.id).where(Post.id > theory.id)).all()
        work.execute(
            insert(Case),
            [
                {
                    "kind": "report",
                    "post_id": id,
                    "film_id": theory.film_id,
                    "post_version": 1,
                    "opened_at": now,
                }
                for id in ids
            ],
        )
        # They stand outside of what is counted: this is about the queue's cost alone.
        work.execute(Post.__table__.update().where(Post.id > theory.id).values(state="removed"))


def test_whoever_works_on_a_case_that_they_hold_holds_it_on(app):
    theory, judge, other = a_theory(), a_moderator(), a_moderator()
    case = a_case(theory)
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        with unit_of_work():
            cases.claim(case, by=judge)
        for act in (
            lambda by: cases.unseal(case, by=by),
            lambda by: cases.add_note(case, "Hm.", by=by),
        ):
            moment.shift(20 * 60)
            for by in (judge, other):
                with unit_of_work():
                    act(by)
            assert (again(case).claimed_by_id, case.claimed_until) == (
                judge.id,
                clock.now() + cases.LEASE,
            )
            moment.shift(60)
        moment.shift(30 * 60)
        with unit_of_work():
            cases.add_note(case, "Hm.", by=judge)
        assert again(case).claimed_until < clock.now()
