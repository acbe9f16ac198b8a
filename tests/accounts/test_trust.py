"""How far an account is trusted, who has which role, and what follows from both."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from forum.accounts import credentials, operations
from forum.accounts.models import Session, User
from forum.accounts.trust import trust_of
from forum.accounts.viewers import Guest, Operator
from forum.events import Event, Kind
from forum.lib import clock
from forum.lib.database import unit_of_work
from forum.moderation import decisions
from forum.moderation.decisions import Grounds
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
    decide,
    found,
    the_rules,
    viewer_of,
)

NOW = datetime(2026, 5, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "posts", "trust"),
    [
        (timedelta(0), 0, "newcomer"),
        (timedelta(0), 1000, "newcomer"),
        (24 * HOUR - timedelta(seconds=1), 2, "newcomer"),
        (400 * DAY, 1, "newcomer"),
        (24 * HOUR, 2, "member"),
        (400 * DAY, 19, "member"),
        (30 * DAY - timedelta(seconds=1), 20, "member"),
        (30 * DAY, 20, "trusted"),
    ],
)
def test_trust_grows_with_time_and_use(age, posts, trust):
    assert trust_of(NOW - age, posts, None, NOW, None) == trust


@pytest.mark.parametrize(
    ("since", "trust"), [(90 * DAY - timedelta(seconds=1), "member"), (90 * DAY, "trusted")]
)
def test_trust_waits_for_ninety_days_in_which_nothing_is_decided_against_one(since, trust):
    assert trust_of(NOW - 400 * DAY, 400, None, NOW, NOW - since) == trust


@pytest.mark.parametrize("level", ["newcomer", "member", "trusted"])
def test_what_the_operator_set_holds(level):
    assert trust_of(NOW - 400 * DAY, 400, level, NOW, NOW) == level
    assert trust_of(NOW, 0, level, NOW, None) == level


QUESTION = {"safe_title": "A question", "title": "What of the end?", "body": "I ask."}


def test_a_newcomer_opens_no_thread_and_loses_nothing_by_trying(app):
    film = a_film()
    visitor = a_visitor(app, a_user(trust=None), seen=(film,))
    page = visitor.see(f"/films/{film.slug}")
    assert "New questions are asked by members: after a day here and two published posts." in page
    refused = visitor.get(f"/films/{film.slug}/threads/new")
    assert refused.status_code == 403
    assert "New questions are asked by members" in refused.text
    response = visitor.post(f"/films/{film.slug}/threads", **QUESTION)
    assert response.status_code == 403
    assert "What of the end?" in response.text


def test_a_day_and_two_posts_make_a_member_who_opens_threads(app):
    film = a_film()
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        newcomer = a_user(trust=None)
        theory = a_theory(a_thread(film))
        for _ in range(2):
            a_reply(theory, by=a_fan(newcomer, seen=(film,)))
        assert not viewer_of(again(newcomer)).is_member
        moment.shift(DAY)
        assert viewer_of(again(newcomer)).is_member
        visitor = a_visitor(app, newcomer, seen=(film,))
        assert visitor.post(f"/films/{film.slug}/threads", **QUESTION).status_code == 303


def test_what_is_decided_against_somebody_costs_their_trust_until_it_is_undone(app):
    the_rules()
    film, user = a_film(), a_user(trust=None)
    thread = a_thread(film)
    own = a_visitor(app, user, seen=(film,))
    writer = Operator(id=user.id, seen=frozenset({film.id}))  # whom no quota stops
    theory, *_others = [a_theory(thread, by=writer) for _ in range(21)]
    with unit_of_work() as work:
        work.get_one(User, user.id).created_at = clock.now() - 31 * DAY
    assert "trusted member" in own.see("/standing")
    decide(a_case(theory), "no_action", a_moderator())
    assert viewer_of(again(user)).trust == "trusted"
    removal = decide(a_case(theory), "remove", a_moderator())
    assert viewer_of(again(user)).trust == "member"
    assert "trusted member" not in own.see("/standing")
    judge = a_moderator()
    with unit_of_work():
        decisions.reverse(removal, Grounds(reasons="It was wrong."), by=judge)
    assert viewer_of(again(user)).trust == "trusted"


def test_moderators_need_no_trust(app):
    film = a_film()
    visitor = a_visitor(app, a_user(role="moderator", trust=None), seen=(film,))
    assert visitor.post(f"/films/{film.slug}/threads", **QUESTION).status_code == 303


def test_the_operator_sets_trust_and_computes_it_again(app):
    user = a_user(trust=None)
    with unit_of_work():
        operations.set_trust(user, "trusted", by=Operator())
    assert viewer_of(again(user)).trust == "trusted"
    with unit_of_work():
        operations.set_trust(user, None, by=Operator())
    assert viewer_of(again(user)).trust == "newcomer"
    event = found(select(Event).order_by(Event.id))[-1]
    assert (event.kind, event.codes) == (Kind.USER_TRUST_CHANGED, {"trust": None})


def test_a_role_holds_from_the_next_request_on(app):
    user = a_user("igor")
    visitor = a_visitor(app, user)
    theory = a_theory()
    pin = f"/threads/{theory.thread_id}/pin"
    assert visitor.post(pin, value="1").status_code == 403
    with unit_of_work():
        operations.set_role(user, "moderator", by=Operator())
    assert visitor.post(pin, value="1").status_code == 303
    with unit_of_work():
        operations.set_role(user, "fan", by=Operator())
    assert visitor.post(pin, value="0").status_code == 403


@pytest.mark.parametrize("role", ["fan", "moderator", "admin"])
def test_roles_mean_what_they_say(app, role):
    viewer = viewer_of(a_user(role=role))
    assert viewer.is_moderator is (role != "fan")
    assert viewer.is_admin is (role == "admin")


def test_there_are_no_other_roles_and_levels(app):
    user = a_user()
    with pytest.raises(ValueError, match="no role 'king'; there are fan"), unit_of_work():
        operations.set_role(user, "king", by=Operator())
    with pytest.raises(ValueError, match="no trust level 'blind'; there are new"), unit_of_work():
        operations.set_trust(user, "blind", by=Operator())


@pytest.mark.parametrize("role", ["guest", "fan", "moderator"])
def test_only_the_operator_gives_roles_trust_links_and_accounts(app, role):
    by = Guest() if role == "guest" else viewer_of(a_user(role=role))
    user = a_user()
    acts = [
        lambda: operations.set_role(user, "admin", by=by),
        lambda: operations.set_trust(user, "trusted", by=by),
        lambda: credentials.make_reset_link(user, by=by),
        lambda: operations.add_archive("an_archive", by=by),
    ]
    for act in acts:
        with pytest.raises(Refused, match="The operator does"), unit_of_work():
            act()
    assert (again(user).role, user.trust_set) == ("fan", "trusted")


def test_a_guest_has_no_account_to_change(app):
    for act in (
        lambda: credentials.change_password("hash", 0, by=Guest()),
        lambda: operations.touch_session(1, clock.now(), by=Guest()),
        lambda: operations.log_out(1, by=Guest()),
    ):
        with pytest.raises(Refused, match="Log in first"), unit_of_work():
            act()


def test_a_session_that_is_gone_is_not_touched(app):
    fan = viewer_of(a_user())
    with unit_of_work():
        operations.touch_session(999, clock.now(), by=fan)
    assert found(select(Session.id)) == []
