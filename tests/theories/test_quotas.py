"""How much one account may post; what is refused is still on the page."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.lib.database import session, unit_of_work
from forum.lib.quotas import TooMany
from forum.theories.changes import revise, withdraw
from forum.theories.models import PendingRevision, Post
from forum.theories.writing import words
from forum.votes.operations import cast_vote
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
    decide,
    film_of,
    found,
    the_rules,
    thread_of,
    viewer_of,
)

POSTERS = {"thread": a_thread, "theory": a_theory, "reply": a_reply}


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        yield moment


def post_until_refused(kind: str, trust: str) -> tuple[int, int]:
    """How many posts of `kind` an account may make at once, and when it may try again."""
    film = a_film()
    user = a_user(trust=trust, role="moderator" if kind == "thread" else "fan")
    target = {"thread": film, "theory": a_thread(film), "reply": a_theory(a_thread(film))}[kind]
    fan = a_fan(user, seen=(film,))
    for count in range(30):
        try:
            POSTERS[kind](target, by=fan)
        except TooMany as refusal:
            return count, refusal.retry_after
    raise AssertionError("no quota held")


@pytest.mark.parametrize(
    ("kind", "trust", "most"),
    [
        ("thread", "trusted", 5),
        ("thread", "member", 5),
        ("theory", "member", 10),
        ("theory", "newcomer", 3),
        ("reply", "member", 4),
        ("reply", "newcomer", 5),
    ],
)
def test_an_account_may_post_so_much_at_once(app, kind, trust, most):
    count, retry_after = post_until_refused(kind, trust)
    assert count == most
    assert retry_after > 0


def test_whoever_waits_as_long_as_was_said_may_post_again(app, at_noon):
    theory = a_theory()
    fan = a_fan(seen=(film_of(theory),))
    for _ in range(4):
        a_reply(theory, by=fan)
        at_noon.shift(timedelta(seconds=3))
    for wait, left in ((0, 48), (47.5, 1)):
        at_noon.shift(timedelta(seconds=wait))
        with pytest.raises(TooMany) as caught:
            a_reply(theory, by=fan)
        assert caught.value.retry_after == left
    at_noon.shift(timedelta(seconds=1))
    a_reply(theory, by=fan)


@pytest.mark.parametrize(("trust", "most"), [("member", 30), ("newcomer", 10)])
def test_what_one_wrote_may_be_changed_so_often_in_an_hour(app, at_noon, trust, most):
    theory, user = a_theory(), a_user(trust=trust)
    fan = a_fan(user, seen=(film_of(theory),))
    pair = [a_reply(theory, by=fan, body=f"One two three four. {n}") for n in "AB"]

    def change(version: int) -> None:
        text = words(f"One two three four. {version + 1}", stance="neutral", scopes={})
        with unit_of_work():
            revise(pair[version % 2], text, 1 + version // 2, by=fan)

    for version in range(most):
        change(version)
    with pytest.raises(TooMany) as caught:
        change(most)
    assert caught.value.retry_after == 3600
    at_noon.shift(timedelta(hours=1))
    change(most)


def test_a_change_that_waits_counts_like_one_that_stands(app):
    theory, user = a_theory(), a_user(trust="newcomer")
    reply = a_reply(theory, by=a_fan(user, seen=(film_of(theory),)))
    stamp = ""

    def change(number: int) -> None:
        text = words(f"See https://film.example/{number}", stance="neutral", scopes={})
        with unit_of_work():
            assert not revise(reply, text, 1, by=viewer_of(user), change=stamp)

    for number in range(10):
        change(number)
        [stamp] = [waiting.stamp for waiting in found(select(PendingRevision))]
    with pytest.raises(TooMany):
        change(10)


def test_what_a_moderator_does_to_others_texts_costs_none_of_their_own_changes(app):
    the_rules()
    theory, moderator = a_theory(), a_moderator()
    own = a_reply(theory, by=a_fan(session().get_one(User, moderator.id), seen=(film_of(theory),)))
    for number in range(30):
        decide(a_case(theory, moderator), "retitle", moderator, safe_title=f"Safer {number}")
    with unit_of_work():
        assert revise(own, words("Changed.", stance="neutral", scopes={}), 1, by=moderator)


def test_a_new_moderator_has_a_members_quotas(app, at_noon):
    film = a_film()
    moderator = a_fan(a_user(trust="newcomer", role="moderator"), seen=(film,))
    for _ in range(5):
        thread = a_thread(film, by=moderator)
    for _ in range(10):
        theory = a_theory(thread, by=moderator)
    with pytest.raises(TooMany):
        a_theory(thread, by=moderator)
    theory = a_theory(thread)
    for value in [1, 0] * 31:  # newcomers have 60 votes an hour
        with unit_of_work():
            cast_vote(theory.id, value, by=moderator)
        at_noon.shift(timedelta(seconds=2))


def test_a_quota_is_free_again_when_its_window_is_over(app, at_noon):
    theory = a_theory()
    fan = a_fan(seen=(film_of(theory),))
    for _ in range(4):
        a_reply(theory, by=fan)
    with pytest.raises(TooMany):
        a_reply(theory, by=fan)
    at_noon.shift(timedelta(minutes=1))
    a_reply(theory, by=fan)


def test_sixty_replies_an_hour_are_enough(app, at_noon):
    theory = a_theory()
    fan = a_fan(seen=(film_of(theory),))
    for _ in range(60):
        a_reply(theory, by=fan)
        at_noon.shift(timedelta(seconds=20))
    with pytest.raises(TooMany):
        a_reply(theory, by=fan)


def test_what_was_withdrawn_still_counts(app):
    theory = a_theory()
    user = a_user(trust="newcomer")
    a_fan(user, seen=(film_of(theory),))
    thread = thread_of(theory)
    for _ in range(3):
        mine = a_theory(thread, by=viewer_of(user))
        with unit_of_work():
            withdraw(mine, by=viewer_of(user))
    with pytest.raises(TooMany):
        a_theory(thread, by=viewer_of(user))


def test_the_operator_who_seeds_has_no_quota(app):
    theory = a_theory()
    admin = a_fan(a_user(role="admin"), seen=(film_of(theory),))
    for _ in range(20):
        a_reply(theory, by=admin)
    assert found(select(func.count()).where(Post.author_id == admin.id)) == [20]


def test_a_refused_post_keeps_its_text_and_says_when_to_come_back(app):
    theory = a_theory()
    film = film_of(theory)
    visitor = a_visitor(app, a_user(), seen=(film,))
    path = f"/posts/{theory.id}/replies"
    for n in range(4):
        assert visitor.post(path, stance="neutral", body=f"Reply {n}").status_code == 303
    response = visitor.post(path, stance="supports", body="THE FIFTH REPLY")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert "That was a lot at once. Try again in 60 seconds." in response.text
    assert "THE FIFTH REPLY" in response.text
    assert found(select(func.count()).where(Post.type == "reply")) == [4]


def test_a_newcomer_is_told_of_three_theories_a_day_before_and_after(app, at_noon):
    film = a_film()
    thread = a_thread(film)
    newcomer = a_visitor(app, a_user(trust="newcomer"), seen=(film,))
    path = f"/threads/{thread.id}/theories"
    assert "A newcomer posts three theories a day." in newcomer.see(f"{path}/new")
    assert "a newcomer" not in a_visitor(app, seen=(film,)).see(f"{path}/new").lower()
    form = {"safe_title": "A safe title", "kind": "reading", "body": "Words."}
    for n in range(3):
        assert newcomer.post(path, title=f"Title {n}", **form).status_code == 303
    at_noon.shift(timedelta(hours=10))
    refused = newcomer.post(path, title="ONE MORE", **form)
    assert "A newcomer posts three theories a day. Try again in 14 hours." in refused.text
    assert "Keep it as a draft until then." in refused.text
    assert "a lot at once" not in refused.text
    assert newcomer.post(path, title="ONE MORE", **form, act="draft").status_code == 303


def test_a_refused_theory_and_question_keep_their_text_too(app):
    film = a_film()
    thread = a_thread(film)
    visitor = a_visitor(app, a_user(role="moderator", trust="newcomer"), seen=(film,))
    form = {"safe_title": "A safe title", "kind": "reading", "body": "Words."}
    for path, most in ((f"/threads/{thread.id}/theories", 10), (f"/films/{film.slug}/threads", 5)):
        for n in range(most):
            assert visitor.post(path, title=f"Title {n}", **form).status_code == 303
        response = visitor.post(path, title="ONE MORE", **form)
        assert response.status_code == 429
        assert 'value="ONE MORE"' in response.text
