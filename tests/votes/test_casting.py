"""Casting, changing and withdrawing votes: one for each account and post, each change kept."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from forum.lib.database import unit_of_work
from forum.lib.quotas import TooMany
from forum.permissions import Refused
from forum.theories.models import Post
from forum.votes.models import Vote, VoteChange
from forum.votes.operations import NoSuchVote, cast_vote
from tests.factories import (
    a_fan,
    a_reply,
    a_theory,
    a_user,
    again,
    author_of,
    film_of,
    found,
    in_state,
    thread_of,
    viewer_of,
)

pytestmark = pytest.mark.both_databases


@pytest.fixture
def theory(app) -> Post:
    return a_theory()


@pytest.fixture
def fan(theory):
    return a_fan(seen=(film_of(theory),))


def cast(post: Post, value: int, by):
    with unit_of_work():
        return cast_vote(post.id, value, by=by)


def figures(post: Post) -> tuple[int, int, int]:
    now = again(post)
    return now.ups, now.downs, now.vote_count


def journal() -> list[tuple[int, int]]:
    return [(c.old_value, c.new_value) for c in found(select(VoteChange).order_by(VoteChange.id))]


def test_a_vote_is_counted_once_however_often_it_is_cast(theory, fan):
    for _ in range(20):
        told = cast(theory, 1, fan)
        assert (told.ups, told.downs, told.vote_count) == (1, 0, 1)
    assert figures(theory) == (1, 0, 1)
    assert journal() == [(0, 1)]


def test_a_vote_can_be_changed_and_withdrawn_and_every_change_is_kept(theory, fan):
    for value, expected in [
        (1, (1, 0, 1)),
        (-1, (0, 1, 1)),
        (1, (1, 0, 1)),
        (0, (0, 0, 0)),
        (-1, (0, 1, 1)),
        (0, (0, 0, 0)),
    ]:
        cast(theory, value, fan)
        assert figures(theory) == expected
    assert journal() == [(0, 1), (1, -1), (-1, 1), (1, 0), (0, -1), (-1, 0)]
    assert found(select(Vote)) == []


def test_withdrawing_what_was_never_cast_is_nothing(theory, fan):
    cast(theory, 0, fan)
    assert figures(theory) == (0, 0, 0)
    assert journal() == []


def test_a_changed_vote_keeps_its_first_moment(theory, fan):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        cast(theory, 1, fan)
        moment.shift(timedelta(hours=1))
        cast(theory, -1, fan)
    (vote,) = found(select(Vote))
    assert (vote.value, vote.weight) == (-1, 1.0)
    assert vote.updated_at - vote.created_at == timedelta(hours=1)


def test_votes_of_several_fans_add_up_in_theory_question_and_film(theory):
    film = film_of(theory)
    other = a_theory(thread_of(theory))
    fans = [a_fan(seen=(film,)) for _ in range(5)]
    for fan, value in zip(fans, (1, 1, 1, -1, -1), strict=True):
        cast(theory, value, fan)
    cast(other, 1, fans[0])
    assert figures(theory) == (3, 2, 5)
    thread = again(thread_of(theory))
    assert (thread.vote_count, thread.ups) == (6, 0)
    assert again(film).vote_count == 6
    cast(theory, 0, fans[0])
    assert again(film).vote_count == 5


def test_a_good_point_is_counted_on_its_reply_alone(theory, fan):
    reply = a_reply(theory)
    film = film_of(theory)
    for value, expected in [(1, (1, 0, 1)), (1, (1, 0, 1)), (0, (0, 0, 0)), (1, (1, 0, 1))]:
        cast(reply, value, fan)
        assert figures(reply) == expected
    assert figures(theory) == (0, 0, 0)
    assert again(film).vote_count == 0


@pytest.mark.parametrize("value", [2, -2, 5])
def test_there_are_no_other_votes(theory, fan, value):
    with pytest.raises(NoSuchVote), unit_of_work():
        cast_vote(theory.id, value, by=fan)
    assert figures(theory) == (0, 0, 0)


def test_a_reply_takes_no_vote_against_it(theory, fan):
    reply = a_reply(theory)
    with pytest.raises(NoSuchVote), unit_of_work():
        cast_vote(reply.id, -1, by=fan)


def refused(post: Post, by) -> str:
    with pytest.raises(Refused) as caught, unit_of_work():
        cast_vote(post.id, 1, by=by)
    return caught.value.verdict.code


def test_nobody_votes_on_what_is_their_own(theory):
    reply = a_reply(theory)
    for post in (theory, reply):
        assert refused(post, viewer_of(author_of(post))) == "own"


def test_a_question_takes_no_votes(theory, fan):
    assert refused(thread_of(theory), fan) == "state"


def test_what_is_sealed_takes_no_votes(theory):
    assert refused(theory, a_fan()) == "sealed"


@pytest.mark.parametrize("state", ["hidden", "removed", "withdrawn"])
def test_what_was_taken_down_takes_no_votes_and_keeps_those_it_has(theory, fan, state):
    cast(theory, 1, fan)
    in_state(theory, state)
    assert refused(theory, a_fan(seen=(film_of(theory),))) == "tombstone"
    assert figures(theory) == (1, 0, 1)


def test_what_others_do_not_find_takes_no_votes(theory, fan):
    in_state(theory, "purged")
    assert refused(theory, fan) == "absent"


def test_a_vote_that_changes_nothing_costs_no_quota(theory, fan):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        for number in range(60):
            cast(theory, 1 if number % 2 == 0 else -1, fan)
        cast(theory, -1, fan)
        with pytest.raises(TooMany) as caught, unit_of_work():
            cast_vote(theory.id, 1, by=fan)
    assert caught.value.retry_after == 60
    assert figures(theory) == (0, 1, 1)


def test_a_minute_later_there_is_room_for_votes_again(theory, fan):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        for number in range(60):
            cast(theory, 1 if number % 2 == 0 else -1, fan)
        moment.shift(timedelta(seconds=60))
        cast(theory, 1, fan)
    assert figures(theory) == (1, 0, 1)


def test_a_newcomer_has_sixty_votes_an_hour(theory):
    newcomer = a_fan(a_user(trust="newcomer"), seen=(film_of(theory),))
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        for number in range(60):
            cast(theory, 1 if number % 2 == 0 else -1, newcomer)
            moment.shift(timedelta(seconds=30))
        with pytest.raises(TooMany), unit_of_work():
            cast_vote(theory.id, 1, by=newcomer)
