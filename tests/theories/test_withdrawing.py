"""Taking back what one wrote: a tombstone stands, and what was answered stays."""

import pytest
from sqlalchemy import select

from forum.events import Event, Kind
from forum.theories.queries import posts_with
from tests.factories import (
    a_fan,
    a_film,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    again,
    found,
    in_state,
    viewer_of,
)

TOMBSTONE = "Withdrawn by its author."


@pytest.fixture
def user(app):
    return a_user("igor")


@pytest.fixture
def film(app):
    return a_film("Anora", 2024)


@pytest.fixture
def theory(film, user):
    return a_theory(
        a_thread(film),
        by=a_fan(user, seen=(film,)),
        safe_title="The safe title",
        title="THE TITLE",
        body="THE BODY",
    )


@pytest.fixture
def author(app, user):
    return a_visitor(app, user)


@pytest.fixture
def reader(app, film):
    return a_visitor(app, seen=(film,))


def test_somebody_who_withdraws_is_asked_first(author, theory):
    page = author.see(f"/posts/{theory.id}/withdrawal")
    assert "Withdraw it?" in page
    assert "THE TITLE" in page
    assert "Leave it as it is" in page
    assert again(theory).state == "published"


def test_a_tombstone_stands_for_others_and_the_author_still_reads(author, reader, theory, film):
    reply = a_reply(theory, body="THE ANSWER")
    response = author.post(f"/posts/{theory.id}/withdrawal")
    assert (response.status_code, response.location) == (303, f"/posts/{theory.id}?said=withdrawn")
    page = reader.see(f"/theories/{theory.id}")
    assert TOMBSTONE in page
    assert "The safe title" in page
    assert "THE TITLE" not in page
    assert "THE BODY" not in page
    assert "THE ANSWER" in page
    assert 'name="body"' not in page
    assert "Convinced" not in page
    own = author.see(f"/theories/{theory.id}")
    assert TOMBSTONE in own
    assert "THE BODY" in own
    assert again(reply).theory_state == "withdrawn"
    event = found(select(Event).where(Event.kind == Kind.POST_WITHDRAWN))[0]
    assert (event.post_id, event.film_id) == (theory.id, film.id)


def test_a_withdrawn_theory_leaves_every_count_and_list(author, reader, theory, film):
    author.post(f"/posts/{theory.id}/withdrawal")
    assert again(film).theory_count == 0
    page = reader.see(f"/threads/{theory.thread_id}")
    assert TOMBSTONE in page
    assert "THE TITLE" not in page
    assert "THE TITLE" not in reader.see(f"/films/{film.slug}")
    assert "The safe title" not in reader.see("/fans/igor")


def test_a_withdrawn_reply_keeps_what_answers_it(author, reader, theory, film, user):
    reply = a_reply(theory, by=viewer_of(user), body="MY REPLY", stance="supports")
    answer = a_reply(reply, by=a_fan(seen=(film,)), body="AN ANSWER")
    author.post(f"/posts/{reply.id}/withdrawal")
    page = reader.see(f"/theories/{theory.id}")
    assert TOMBSTONE in page
    assert "MY REPLY" not in page
    assert "AN ANSWER" in page
    now = again(theory)
    assert (now.reply_count, now.supports_count) == (1, 0)
    assert reader.get(f"/posts/{answer.id}/replies/new").status_code == 200
    assert reader.get(f"/posts/{reply.id}/replies/new").status_code == 403


def test_a_withdrawn_question_keeps_its_theories(app, user, film):
    thread = a_thread(film, by=a_fan(user, seen=(film,)), title="MY QUESTION", body="MY WORDS")
    theory = a_theory(thread, title="A LASTING THEORY")
    author, reader = a_visitor(app, user), a_visitor(app, seen=(film,))
    author.post(f"/posts/{thread.id}/withdrawal")
    page = reader.see(f"/threads/{thread.id}")
    assert TOMBSTONE in page
    assert "MY QUESTION" not in page
    assert "MY WORDS" not in page
    assert "A LASTING THEORY" in page
    assert "A LASTING THEORY" in reader.see(f"/theories/{theory.id}")
    assert reader.get(f"/threads/{thread.id}/theories/new").status_code == 403
    assert TOMBSTONE in reader.see(f"/films/{film.slug}")


@pytest.mark.parametrize("role", ["fan", "moderator"])
def test_nobody_withdraws_what_somebody_else_wrote(app, theory, film, role):
    visitor = a_visitor(app, a_user(role=role), seen=(film,))
    for response in (
        visitor.get(f"/posts/{theory.id}/withdrawal"),
        visitor.post(f"/posts/{theory.id}/withdrawal"),
    ):
        assert response.status_code == 403
        assert "Only the author withdraws a post." in response.text
    assert again(theory).state == "published"


def test_a_guest_is_sent_to_log_in(guest, theory):
    path = f"/posts/{theory.id}/withdrawal"
    assert guest.get(path).location == f"/login?next={path}"
    assert guest.post(path).location == "/login"
    assert again(theory).state == "published"


def test_nothing_is_withdrawn_twice_or_edited_after(author, theory):
    author.post(f"/posts/{theory.id}/withdrawal")
    assert author.post(f"/posts/{theory.id}/withdrawal").status_code == 403
    assert "You withdrew this already." in author.get(f"/posts/{theory.id}/withdrawal").text
    edit = author.get(f"/posts/{theory.id}/edit")
    assert edit.status_code == 403
    assert "You withdrew this: it can’t be edited." in edit.text
    assert len(found(select(Event).where(Event.kind == Kind.POST_WITHDRAWN))) == 1


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("hidden", "Hidden until the moderators have looked at it."),
        ("removed", "Removed by the moderators."),
        ("withdrawn", TOMBSTONE),
    ],
)
def test_each_tombstone_says_who_acted(theory, reader, state, said):
    in_state(theory, state)
    assert said in reader.see(f"/theories/{theory.id}")


def test_posts_are_read_together_by_number(theory):
    assert set(posts_with([theory.id, theory.thread_id, 999])) == {theory.id, theory.thread_id}
    assert posts_with([]) == {}
