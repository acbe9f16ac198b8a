"""The one state machine of posts, and what a move carries with it."""

from itertools import product

import pytest
from sqlalchemy import select

from forum.lib import clock
from forum.lib.database import unit_of_work
from forum.theories.models import STATES, IllegalMove, Post, Theory
from forum.theories.moving import leave
from tests.factories import a_reply, a_theory, again, film_of, found, in_state, thread_of

LEGAL = {
    ("held", "published"),
    ("held", "removed"),
    ("held", "withdrawn"),
    ("held", "purged"),
    ("published", "hidden"),
    ("published", "removed"),
    ("published", "withdrawn"),
    ("published", "purged"),
    ("hidden", "published"),
    ("hidden", "removed"),
    ("hidden", "purged"),
    ("removed", "published"),
    ("removed", "held"),  # undone: back to where it was
    ("removed", "hidden"),
    ("removed", "withdrawn"),
    ("removed", "purged"),
    ("withdrawn", "removed"),
    ("withdrawn", "purged"),
}


def a_post(state: str) -> Theory:
    return Theory(state=state, body="Words", html="<p>Words</p>", excerpt="Words")


@pytest.mark.parametrize(("before", "after"), list(product(STATES, [*STATES, "elsewhere"])))
def test_a_post_goes_only_where_it_may(before, after):
    post = a_post(before)
    if (before, after) in LEGAL:
        post.move_to(after)
        assert post.state == after
        return
    with pytest.raises(IllegalMove, match=f"a {before} post can't become {after}"):
        post.move_to(after)
    assert post.state == before


def test_a_purged_post_has_lost_its_text_and_others_have_not():
    for state in ("hidden", "removed", "withdrawn"):
        post = a_post("published")
        post.move_to(state)
        assert (post.body, post.html, post.excerpt) == ("Words", "<p>Words</p>", "Words")
    post = a_post("published")
    post.move_to("purged")
    assert (post.body, post.html, post.excerpt) == ("", "", "")


def test_a_post_is_published_once_and_keeps_the_day():
    post = a_post("held")
    first = clock.now()
    post.publish(first)
    post.move_to("hidden")
    post.publish(clock.now())
    assert (post.state, post.published_at) == ("published", first)
    with pytest.raises(IllegalMove):
        post.publish(first)


@pytest.mark.both_databases
@pytest.mark.parametrize("state", ["hidden", "removed", "withdrawn", "purged"])
def test_taking_down_a_theory_counts_it_out_and_tells_the_posts_below(app, state):
    theory = a_theory()
    film = film_of(theory)
    reply = a_reply(theory, stance="supports")
    assert again(film).theory_count == 1
    in_state(theory, state)
    assert again(film).theory_count == 0
    assert again(reply).theory_state == state
    assert again(theory).reply_count == 1


@pytest.mark.both_databases
def test_a_post_that_comes_back_is_counted_in_again(app):
    theory = a_theory()
    reply = a_reply(theory, stance="challenges")
    for post in (reply, theory):
        in_state(post, "removed")
        in_state(post, "published")
    theory, film = again(theory), again(film_of(theory))
    assert (theory.reply_count, theory.challenges_count, film.theory_count) == (1, 1, 1)
    assert again(reply).theory_state == "published"


@pytest.mark.both_databases
def test_taking_down_a_question_tells_everything_below(app):
    theory = a_theory()
    a_reply(theory)
    thread = thread_of(theory)
    in_state(thread, "removed")
    assert set(found(select(Post.thread_state))) == {"removed"}
    assert again(film_of(thread)).thread_count == 0
    assert again(theory).state == "published"


def test_an_illegal_move_changes_nothing(app):
    theory = in_state(a_theory(), "withdrawn")
    with pytest.raises(IllegalMove), unit_of_work():
        leave(theory, "published")
    assert again(theory).state == "withdrawn"
    assert again(film_of(theory)).theory_count == 0
