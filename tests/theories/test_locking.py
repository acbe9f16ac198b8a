"""What was on its way when an account was banned does not come through."""

import pytest
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.lib import clock
from forum.lib.database import unit_of_work
from forum.permissions import Refused
from forum.theories.changes import revise, withdraw
from forum.theories.models import Post
from forum.theories.operations import post_thread
from forum.theories.writing import words
from forum.votes.models import Vote
from forum.votes.operations import cast_vote
from tests.factories import (
    a_fan,
    a_reply,
    a_theory,
    a_user,
    again,
    film_of,
    found,
    thread_of,
)

QUESTION = words("Why?", safe_title="A question", title="Why?", scopes={})


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "meanwhile",
    [
        {"sanction": "banned"},
        {"sanction": "suspended", "sanctioned_until": clock.now().replace(year=9000)},
        {"trust_set": "newcomer"},
        {"role": "moderator"},
    ],
    ids=lambda change: next(iter(change.values())),
)
def test_an_act_counts_only_if_the_account_stands_as_it_did_when_it_was_sent(app, meanwhile):
    theory, user = a_theory(), a_user(trust="trusted")
    thread, film = thread_of(theory), film_of(theory)
    fan = a_fan(user, seen=(film,))
    reply = a_reply(theory, by=fan)
    before = found(select(func.count()).select_from(Post))
    with unit_of_work() as work:
        for name, value in meanwhile.items():
            setattr(work.get_one(User, user.id), name, value)
    changed = words("Changed.", stance="neutral", scopes={})
    acts = [
        lambda: cast_vote(theory.id, 1, by=fan),
        lambda: revise(reply, changed, 1, by=fan),
        lambda: withdraw(reply, by=fan),
        lambda: post_thread(film, QUESTION, by=fan),
    ]
    for act in acts:
        with pytest.raises(Refused, match="changed meanwhile"), unit_of_work():
            act()
    for post in (lambda: a_reply(theory, by=fan), lambda: a_theory(thread, by=fan)):
        with pytest.raises(Refused, match="changed meanwhile"):
            post()
    assert found(select(func.count()).select_from(Post)) == before
    assert found(select(func.count()).select_from(Vote)) == [0]
    assert again(reply).version == 1


def test_a_suspension_that_is_over_is_no_change(app):
    theory, user = a_theory(), a_user()
    fan = a_fan(user, seen=(film_of(theory),))
    with unit_of_work() as work:
        account = work.get_one(User, user.id)
        account.sanction, account.sanctioned_until = "suspended", clock.now()
    with unit_of_work():
        cast_vote(theory.id, 1, by=fan)
    assert again(theory).ups == 1
