"""Who argues here: the list of fans, and a fan's page, as each visitor may see it."""

import re

import pytest

from forum.accounts import operations
from forum.accounts.models import User
from forum.accounts.viewers import Operator
from forum.lib import clock
from forum.lib.database import unit_of_work
from forum.theories.changes import withdraw
from tests.factories import (
    a_fan,
    a_film,
    a_reply,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    viewer_of,
)


def names(page: str) -> list[str]:
    return re.findall(r'thread-line-title" href="/fans/([^"]+)"', page)


def test_fans_stand_by_how_many_theories_they_have_published(app, guest):
    film = a_film()
    thread = a_thread(film, by=a_fan(a_user("zero"), seen=(film,)))
    for name, count in [("one", 1), ("three", 3), ("two", 2)]:
        fan = a_fan(a_user(name), seen=(film,))
        for _ in range(count):
            a_theory(thread, by=fan)
    page = guest.see("/fans")
    assert names(page) == ["three", "two", "one", "zero"]
    assert "3 theories" in page
    assert "no theory yet" not in page


def test_nobody_is_here_yet(guest):
    assert "The house is empty." in guest.see("/fans")


def test_the_archive_is_no_fan(app, guest):
    with unit_of_work():
        operations.add_archive("the_archive", by=Operator())
    assert "the_archive" not in guest.see("/fans")
    page = guest.see("/fans/the_archive")
    assert "It cannot log in or vote." in page
    assert "here since" not in page


def test_many_fans_come_in_pages(app, guest):
    with unit_of_work() as work:
        work.add_all(
            User(
                name=f"fan{n}",
                name_key=f"fan{n}",
                skeleton=f"fan{n}",
                created_at=clock.now(),
            )
            for n in range(130)
        )
    pages = guest.pages("/fans")
    found = [name for page in pages for name in names(page)]
    assert found == [f"fan{n}" for n in range(130)]
    assert "Back to the start" in pages[-1]
    assert "Back to the start" not in pages[0]


def test_a_page_says_who_somebody_is(app, guest):
    a_user("igor", role="moderator", trust="member")
    page = guest.see("/fans/IGOR")
    assert "<title>igor |" in page
    assert "<li>moderator</li>" in page
    assert "<li>member</li>" in page
    assert page.lower().count("no theory yet") == 1
    assert "example.org" not in page


@pytest.mark.parametrize("name", ["nobody", "x" * 21, "a%00b", "é"])
def test_nobody_has_no_page(app, guest, name):
    assert guest.get(f"/fans/{name}").status_code == 404


def test_theories_are_sealed_or_open_film_by_film(app):
    opened, sealed = a_film("Open Film"), a_film("Sealed Film")
    fan = a_fan(a_user("igor"), seen=(opened, sealed))
    a_theory(a_thread(opened), by=fan, title="Open title", safe_title="Open safe", body="Open body")
    a_theory(a_thread(sealed), by=fan, title="Shut title", safe_title="Shut safe", body="Shut body")
    page = a_visitor(app, seen=(opened,)).see("/fans/igor")
    assert "Open title" in page
    assert "Open body" in page
    assert "Shut safe" in page
    assert "Shut title" not in page
    assert "Shut body" not in page
    assert page.index("Shut safe") < page.index("Open title")


def test_a_guest_finds_every_fans_page_sealed_whatever_they_have_opened(app, guest):
    film = a_film()
    fan = a_fan(a_user("igor"), seen=(film,))
    a_theory(a_thread(film), by=fan, title="The title", safe_title="The safe title")
    guest.open_seal(film.slug)
    page = guest.see("/fans/igor")
    assert "The safe title" in page
    assert "The title" not in page


def test_what_was_withdrawn_leaves_the_page_and_the_count(app, guest):
    film = a_film()
    user = a_user("igor")
    thread = a_thread(film)
    a_theory(thread, by=a_fan(user, seen=(film,)), safe_title="It stands")
    theory = a_theory(thread, by=viewer_of(user), safe_title="It is withdrawn")
    a_reply(theory, by=viewer_of(user))
    with unit_of_work():
        withdraw(theory, by=viewer_of(user))
    page = guest.see("/fans/igor")
    assert "1 theory" in page
    assert "1 reply" in page
    assert "It is withdrawn" not in page


def test_a_page_does_not_name_its_fan_on_every_line(app):
    film = a_film()
    user = a_user("igor")
    visitor = a_visitor(app, user, seen=(film,))
    thread = a_thread(film)
    a_theory(thread, by=viewer_of(user))
    assert "reading by you" in visitor.see(f"/threads/{thread.id}")
    page = visitor.see("/fans/igor")
    assert "a reading, <time" in page
    assert "reading by" not in page


def test_questions_count_like_theories_and_replies(app, guest):
    film = a_film()
    user = a_user("igor")
    a_thread(film, by=a_fan(user, seen=(film,)))
    assert "<li>1 question</li>" in guest.see("/fans/igor")
    assert '<p class="note">1 question</p>' in guest.see("/fans")
    thread = a_thread(film, by=viewer_of(user))
    theory = a_theory(thread, by=viewer_of(user))
    a_reply(theory, by=viewer_of(user))
    assert "<li>2 questions</li>" in guest.see("/fans/igor")
    assert '<p class="note">1 theory, 2 questions, 1 reply</p>' in guest.see("/fans")
    with unit_of_work():
        withdraw(thread, by=viewer_of(user))
    assert "<li>1 question</li>" in guest.see("/fans/igor")


def test_who_has_asked_nothing_has_no_count_of_questions(app, guest):
    a_user("vanya")
    assert "question" not in guest.see("/fans/vanya")
    assert "question" not in guest.see("/fans")
