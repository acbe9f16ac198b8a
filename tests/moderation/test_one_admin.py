"""A forum with one admin, as the README sets it up: what the admin wrote can be reported, too."""

import pytest
from sqlalchemy import select

from forum.lib.database import unit_of_work
from forum.moderation import cases
from forum.moderation.models import Case, Decision, Report
from forum.permissions import Refused
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

HIGHER = "This is about somebody of a higher role"


@pytest.fixture
def film(app):
    the_rules()
    return a_film()


@pytest.fixture
def boss(film):
    return a_user("boss", role="admin")


@pytest.fixture
def theirs(film, boss):
    return a_reply(a_theory(a_thread(film)), by=a_fan(boss, seen=(film,)))


@pytest.fixture
def case(app, theirs):
    a_visitor(app).post(f"/posts/{theirs.id}/reports", rule="2", words="Rude.")
    return found(select(Case))[0]


def sends(visitor, case, act, **form):
    given = {"version": again(case).version, "act": act, "rule": "2", "reasons": "Rude.", **form}
    return visitor.post(f"/moderation/cases/{case.id}/decision", **given)


def test_a_moderator_finds_that_what_the_only_admin_wrote_stands_and_the_reporter_hears(app, case):
    visitor = a_visitor(app, a_user(role="moderator"))
    assert visitor.post(f"/moderation/cases/{case.id}/claim").status_code == 303
    assert visitor.post(f"/moderation/cases/{case.id}/opening").status_code == 303
    page = visitor.see(f"/moderation/cases/{case.id}")
    assert HIGHER in page
    assert 'value="no_action"' in page
    assert sends(visitor, case, "no_action").status_code == 303
    assert again(case).outcome == "declined"
    assert [report.state for report in found(select(Report))] == ["declined"]


def test_a_moderator_takes_nothing_down_that_an_admin_wrote(app, case):
    visitor = a_visitor(app, a_user(role="moderator"))
    page = visitor.see(f"/moderation/cases/{case.id}")
    for act in ("hide", "remove", "purge", "ban"):
        assert f'value="{act}"' not in page
        answer = sends(visitor, case, act)
        assert answer.status_code == 403
        assert HIGHER in answer.text
    assert found(select(Decision)) == []


def test_another_admin_decides_all_of_it(app, case):
    page = a_visitor(app, a_user(role="admin")).see(f"/moderation/cases/{case.id}")
    assert HIGHER not in page
    assert 'value="remove"' in page


def test_the_button_that_opens_a_case_stands_only_where_something_can_come_of_it(app, film, theirs):
    theory = a_theory(a_thread(film))
    usher = a_visitor(app, a_user(role="moderator"), seen=(film,))
    opens = 'action="/posts/{}/cases"'
    assert opens.format(theirs.id) not in usher.see(f"/posts/{theirs.theory_id}")
    assert opens.format(theory.id) in usher.see(f"/posts/{theory.id}")
    answer = usher.post(f"/posts/{theirs.id}/cases")
    assert answer.status_code == 403
    assert HIGHER in answer.text
    assert found(select(Case)) == []


def test_a_moderator_is_offered_to_pin_an_admins_question_and_not_to_lock_it(app, film, boss):
    thread = a_thread(film, by=a_fan(boss, seen=(film,)))
    page = a_visitor(app, a_user(role="moderator"), seen=(film,)).see(f"/posts/{thread.id}")
    assert f'action="/threads/{thread.id}/pin"' in page
    assert f'action="/threads/{thread.id}/lock"' not in page


def test_a_case_can_be_closed_by_whoever_opened_it_though_its_author_rose_meanwhile(app, film):
    author, usher = a_user(), a_user(role="moderator")
    case = a_case(a_theory(a_thread(film), by=a_fan(author, seen=(film,))), a_fan(usher))
    with unit_of_work() as work:
        work.refresh(author)
        author.role = "admin"
    visitor = a_visitor(app, usher)
    assert f"/moderation/cases/{case.id}/removal" in visitor.see(f"/moderation/cases/{case.id}")
    assert visitor.post(f"/moderation/cases/{case.id}/removal").status_code == 303
    assert again(case).outcome == "discarded"


def test_the_operations_hold_the_same_lock(app, case, theirs):
    usher, boss = a_moderator(), a_fan(author_of(theirs))
    with pytest.raises(Refused, match=HIGHER):
        decide(case, "remove", usher)
    with pytest.raises(Refused, match="your own post"), unit_of_work():
        cases.claim(case, by=boss)
