"""A question's page; locked and pinned questions; who moderates them."""

import pytest
from sqlalchemy import select

from forum.events import Event, Kind
from forum.moderation.models import Case
from forum.theories.models import Post
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
    author_of,
    decide,
    film_of,
    found,
    lock_question,
    viewer_of,
)


@pytest.fixture
def film(app):
    return a_film("Anora", 2024, runtime=139)


@pytest.fixture
def thread(film) -> Post:
    return a_thread(film, safe_title="A safe question", title="THE QUESTION", body="THE **WORDS**")


@pytest.fixture
def reader(app, film):
    return a_visitor(app, seen=(film,))


@pytest.fixture
def moderator(app, film):
    return a_visitor(app, a_user(role="moderator"), seen=(film,))


def test_a_sealed_question_shows_safe_titles_only(app, guest, thread):
    a_theory(thread, safe_title="A safe theory", title="THE THEORY", body="THE BODY")
    for visitor in (guest, a_visitor(app)):
        page = visitor.see(f"/threads/{thread.id}")
        assert "A safe question" in page
        assert "A safe theory" in page
        assert "I have seen it" in page
        for secret in ("THE QUESTION", "THE WORDS", "WORDS", "THE THEORY", "THE BODY"):
            assert secret not in page


def test_an_open_question_shows_all(reader, thread):
    a_theory(thread, title="THE THEORY", body="THE BODY")
    page = reader.see(f"/threads/{thread.id}")
    for text in ("THE QUESTION", "<strong>WORDS</strong>", "THE THEORY", "THE BODY", "A reading"):
        assert text in page
    assert "Your theory" in page


def test_a_question_without_an_answer_invites_the_first(reader, guest, film, thread):
    assert "Write the first theory" in reader.see(f"/threads/{thread.id}")
    guest.open_seal(film.slug)
    page = guest.see(f"/threads/{thread.id}")
    assert f'href="/login?next=/threads/{thread.id}/theories/new"' in page


def test_an_address_with_other_words_leads_to_the_right_one(reader, thread):
    response = reader.get(f"/threads/{thread.id}-otherwise?order=new")
    assert (response.status_code, response.location) == (
        301,
        f"/threads/{thread.id}-a-safe-question?order=new",
    )


def test_numbers_of_other_posts_are_no_questions(reader, thread):
    theory = a_theory(thread)
    reply = a_reply(theory)
    for path in (f"/threads/{theory.id}", f"/theories/{thread.id}", f"/theories/{reply.id}"):
        assert reader.get(path).status_code == 404
    for number in (0, 999, 2**31, 2**63):
        assert reader.get(f"/threads/{number}").status_code == 404
        assert reader.get(f"/theories/{number}").status_code == 404
        assert reader.get(f"/posts/{number}").status_code == 404


@pytest.mark.both_databases
def test_a_locked_question_is_read_and_no_longer_changed(app, film, thread):
    user = a_user("igor")
    theory = a_theory(thread, by=a_fan(user, seen=(film,)))
    reply = a_reply(theory, by=viewer_of(user))
    author = a_visitor(app, user)
    reader = a_visitor(app, seen=(film,))
    lock_question(thread)
    assert set(found(select(Post.thread_locked))) == {True}
    said = "This question is locked: it can be read, and no longer changed."
    form = {"safe_title": "Safe title", "title": "Title", "kind": "plot", "body": "KEPT WORDS"}
    for visitor, path in [
        (reader, f"/threads/{thread.id}/theories"),
        (reader, f"/posts/{theory.id}/replies"),
        (reader, f"/posts/{reply.id}/replies"),
        (author, f"/posts/{theory.id}/revisions"),
    ]:
        refused = visitor.post(path, version="1", stance="neutral", **form)
        assert refused.status_code == 403
        assert said in refused.text
        assert "KEPT WORDS" in refused.text
    for path in (f"/posts/{theory.id}/votes", f"/posts/{reply.id}/votes"):
        assert reader.post(path, value="1").status_code == 403
    assert reader.get(f"/threads/{thread.id}/theories/new").status_code == 403
    page = reader.see(f"/threads/{thread.id}")
    assert "locked" in page
    assert said in page
    below = reader.see(f"/theories/{theory.id}")
    assert below.count(said) == 1
    for each in (page, below):
        assert f'href="/moderation/log?film={film.slug}&amp;act=lock"' in each
    assert len(found(select(Post))) == 3


def test_what_is_locked_may_still_be_withdrawn(app, film, thread):
    user = a_user("igor")
    theory = a_theory(thread, by=a_fan(user, seen=(film,)))
    lock_question(thread)
    a_visitor(app, user).post(f"/posts/{theory.id}/withdrawal")
    assert again(theory).state == "withdrawn"


def test_an_unlocked_question_goes_on(film, thread, moderator, reader):
    theory = a_theory(thread)
    lock_question(thread)
    response = moderator.post(f"/threads/{thread.id}/lock", value="0")
    [case] = found(select(Case))
    assert response.location == f"/moderation/cases/{case.id}?act=unlock#decide-head"
    decide(case, "unlock", a_moderator())
    assert reader.post(f"/posts/{theory.id}/votes", value="1").status_code == 303
    assert a_theory(thread).thread_locked is False


def test_pinned_is_pinned_until_it_is_let_go(thread, moderator):
    response = moderator.post(f"/threads/{thread.id}/pin", value="1")
    assert "said=pinned" in response.location
    assert again(thread).pinned
    page = moderator.see(f"/threads/{thread.id}")
    assert "Unpin" in page
    assert "said=unpinned" in moderator.post(f"/threads/{thread.id}/pin", value="0").location
    assert not again(thread).pinned


def test_acts_of_moderators_are_written_down_once(thread, moderator):
    for value in ("1", "0", "1", "0"):
        moderator.post(f"/threads/{thread.id}/pin", value=value)
        moderator.post(f"/threads/{thread.id}/pin", value=value)
    kinds = found(select(Event.kind).where(Event.post_id == thread.id).order_by(Event.id))
    assert kinds[1:] == 2 * [Kind.THREAD_PINNED, Kind.THREAD_UNPINNED]


@pytest.mark.parametrize("act", ["lock", "pin"])
def test_only_moderators_moderate(app, thread, guest, reader, act):
    asker = a_visitor(app, author_of(thread))
    for visitor in (guest, reader, asker):
        page = visitor.see(f"/threads/{thread.id}")
        assert f"/threads/{thread.id}/{act}" not in page
        response = visitor.post(f"/threads/{thread.id}/{act}", value="1")
        assert response.status_code == (401 if visitor is guest else 403)
    assert not again(thread).thread_locked
    assert not again(thread).pinned


@pytest.mark.parametrize("form", [{}, {"value": "2"}, {"value": ""}, {"value": "yes"}])
def test_a_switch_has_two_ways(thread, moderator, form):
    assert moderator.post(f"/threads/{thread.id}/lock", **form).status_code == 400


def test_only_questions_are_locked(thread, moderator):
    theory = a_theory(thread)
    assert moderator.post(f"/threads/{theory.id}/lock", value="1").status_code == 404
    assert moderator.post("/threads/999/pin", value="1").status_code == 404


def test_moderators_meet_the_seal_too(app, thread):
    page = a_visitor(app, a_user(role="moderator")).see(f"/threads/{thread.id}")
    assert "THE QUESTION" not in page
    assert "Lock" in page


def test_the_asker_edits_and_withdraws_from_the_page(app, film):
    user = a_user("igor")
    thread = a_thread(film, by=a_fan(user, seen=(film,)))
    page = a_visitor(app, user).see(f"/threads/{thread.id}")
    assert f'href="/posts/{thread.id}/edit"' in page
    assert f'href="/posts/{thread.id}/withdrawal"' in page
    assert film_of(thread).id == film.id
