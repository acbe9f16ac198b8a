"""Why something can't be answered: the real reason first, whoever asks."""

import pytest

from tests.factories import (
    a_fan,
    a_film,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    in_state,
    lock_question,
    thread_of,
)

LOCKED = "This question is locked"
INVITATIONS = ("Log in to reply", "to vote", "Log in to post")
STATES = {
    "withdrawn": "Its author withdrew this.",
    "hidden": "This is hidden until the moderators have looked at it.",
    "removed": "This was taken down.",
}


@pytest.fixture
def film(app):
    return a_film()


@pytest.fixture
def author(film):
    return a_user()


@pytest.fixture
def theory(film, author):
    return a_theory(a_thread(film), by=a_fan(author, seen=(film,)))


def assert_not_invited(page):
    assert not [words for words in INVITATIONS if words in page]


def test_a_guest_is_told_that_a_question_is_locked_and_not_to_log_in(guest, film, theory):
    guest.open_seal(film.slug)
    page = guest.see(f"/posts/{theory.id}")
    assert all(words in page for words in INVITATIONS[:2])
    lock_question(thread_of(theory))
    for post in (theory, thread_of(theory)):
        page = guest.see(f"/posts/{post.id}")
        assert LOCKED in page
        assert_not_invited(page)
    for address in (f"/posts/{theory.id}/replies/new", f"/threads/{theory.thread_id}/theories/new"):
        answer = guest.get(address)
        assert answer.status_code == 403
        assert LOCKED in answer.text


@pytest.mark.parametrize("state", STATES)
def test_what_is_said_under_a_post_that_is_down_fits_its_state(app, guest, film, theory, state):
    in_state(theory, state)
    guest.open_seal(film.slug)
    for visitor in (guest, a_visitor(app, seen=(film,))):
        page = visitor.see(f"/posts/{theory.id}")
        assert_not_invited(page)
        assert [words for words in STATES.values() if words in page] == [STATES[state]]


@pytest.mark.parametrize("state", STATES)
def test_an_author_has_no_ballot_on_what_is_down(app, film, author, theory, state):
    visitor = a_visitor(app, author, seen=(film,))
    assert "Yours: the others vote" in visitor.see(f"/posts/{theory.id}")
    in_state(theory, state)
    assert "Yours: the others vote" not in visitor.see(f"/posts/{theory.id}")
