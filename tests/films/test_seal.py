""" "I have seen it": opening and closing a film's seal, for fans and for guests."""

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.accounts.viewers import Guest
from forum.events import Event, Kind
from forum.films import operations
from forum.films.models import Film, Viewing
from forum.films.queries import seen_by
from forum.lib.database import session, unit_of_work
from forum.permissions import Refused
from forum.theories.models import Theory, Thread
from tests.factories import (
    a_fan,
    a_film,
    a_theory,
    a_thread,
    a_user,
    a_visitor,
    found,
    in_state,
    viewer_of,
)
from tests.visitors import Visitor

OPEN, SHUT = "You have seen it", "I have seen it"


@pytest.fixture
def film(app) -> Film:
    film = a_film("Anora", 2024)
    thread = a_thread(film, safe_title="A safe question", title="SECRETQUESTION", body="SECRETASK")
    a_theory(thread, safe_title="A safe theory", title="SECRETTHEORY", body="SECRETBODY")
    return film


@pytest.fixture(params=["guest", "fan"])
def visitor(request, app) -> Visitor:
    return Visitor(app) if request.param == "guest" else a_visitor(app)


def test_a_seal_opens_and_closes_again(film, visitor):
    path = f"/films/{film.slug}"
    assert SHUT in visitor.see(path)
    response = visitor.post(f"{path}/viewing")
    assert (response.status_code, response.location) == (303, f"{path}?said=seal-opened")
    page = visitor.see(response.location)
    assert "The seal is open." in page
    assert OPEN in page
    assert "SECRETQUESTION" in page
    response = visitor.post(f"{path}/viewing/withdrawal")
    assert response.location == f"{path}?said=seal-closed"
    page = visitor.see(response.location)
    assert "The film is sealed again." in page
    assert SHUT in page
    assert "SECRET" not in page


def test_that_the_theories_are_sealed_is_said_once_above_them(film, visitor):
    page = visitor.see("/threads/1-a-safe-question")
    assert "Theories, named so that they give nothing away" in page
    assert "A safe theory" in page
    assert "(sealed)" not in page


def test_one_comes_back_to_the_page_that_asked(film, visitor):
    thread_path = "/threads/1-a-safe-question"
    response = visitor.post(f"/films/{film.slug}/viewing", next=thread_path)
    assert response.location == f"{thread_path}?said=seal-opened"
    response = visitor.post(f"/films/{film.slug}/viewing", next="//evil.test")
    assert response.location.startswith(f"/films/{film.slug}?")


def test_opening_twice_is_opening_once(film):
    fan = a_fan()
    for _ in range(2):
        with unit_of_work():
            operations.open_seal(film, by=fan)
    assert found(select(Viewing.film_id).where(Viewing.user_id == fan.id)) == [film.id]
    kinds = found(select(Event.kind).where(Event.by_id == fan.id))
    assert kinds == [Kind.SEAL_OPENED]


def test_closing_what_is_shut_is_nothing(film):
    fan = a_fan()
    with unit_of_work():
        operations.close_seal(film, by=fan)
    assert found(select(Event.kind).where(Event.by_id == fan.id)) == []


def test_one_persons_seal_is_nobody_elses(app, film, guest):
    a_visitor(app, seen=(film,))
    guest.open_seal(film.slug)
    assert SHUT in Visitor(app).see(f"/films/{film.slug}")
    assert SHUT in a_visitor(app).see(f"/films/{film.slug}")


def test_a_film_that_is_not_listed_cannot_be_opened(film):
    fan = a_fan()
    with unit_of_work() as work:
        work.get_one(Film, film.id).state = "hidden"
    for act in (operations.open_seal, operations.close_seal):
        with pytest.raises(Refused, match="Nothing is showing"), unit_of_work():
            act(film, by=fan)
    assert seen_by(fan.id) == frozenset()


def test_no_film_no_seal(app, guest):
    assert guest.post("/films/nothing-1900/viewing").status_code == 404
    assert guest.post(f"/films/{'x' * 121}/viewing").status_code == 404
    assert guest.post("/films/a%00b/viewing/withdrawal").status_code == 404


def test_lists_are_sealed_for_every_guest_whatever_they_opened(film, guest):
    guest.open_seal(film.slug)
    for path in ("/", "/films", "/search?q=anora"):
        assert "SECRET" not in guest.see(path)
    assert "SECRETQUESTION" in guest.see(f"/films/{film.slug}")


def test_front_page_opens_for_a_fan_who_has_seen_the_film(app, film):
    assert "SECRETQUESTION" in a_visitor(app, seen=(film,)).see("/")
    page = a_visitor(app).see("/")
    assert "A safe question" in page
    assert "SECRET" not in page


def test_my_films_lists_what_is_open_where_it_can_be_sealed_again(app, film):
    a_film("Zodiac", 2007)
    other = a_film("The Birds", 1963)
    visitor = a_visitor(app, seen=(film, other))
    page = visitor.see("/settings/films")
    assert page.index("Anora") < page.index("The Birds")
    assert "Zodiac" not in page
    visitor.post(f"/films/{film.slug}/viewing/withdrawal", next="/settings/films")
    page = visitor.see("/settings/films")
    assert "Anora" not in page
    visitor.post(f"/films/{other.slug}/viewing/withdrawal")
    assert "No seal is open yet." in visitor.see("/settings/films")


def test_what_one_wrote_stays_ones_own_when_the_film_is_sealed_again(app):
    film = a_film()
    user = a_user()
    visitor = a_visitor(app, user, seen=(film,))
    theory = a_theory(a_thread(film), by=viewer_of(user), title="MY OWN TITLE", body="MY OWN BODY")
    visitor.post(f"/films/{film.slug}/viewing/withdrawal")
    page = visitor.see(f"/theories/{theory.id}")
    assert "MY OWN TITLE" in page
    assert "MY OWN BODY" in page


def test_a_guest_has_seen_what_the_cookie_says():
    assert Guest(seen=frozenset({3})).seen == {3}
    assert Guest().id == 0


def test_a_sealed_list_says_what_was_taken_down(app, film, visitor):
    theory = session().scalars(select(Theory)).one()
    in_state(theory, "removed")
    page = visitor.see("/threads/1-a-safe-question")
    assert "A safe theory" in page
    assert "Removed by the moderators" in page


def test_authors_know_their_own_theories_by_their_titles(app, film):
    author = a_fan(seen=(film,))
    thread = session().scalars(select(Thread)).one()
    a_theory(thread, by=author, title="MY OWN TITLE")
    with unit_of_work():
        operations.close_seal(film, by=author)
    visitor = a_visitor(app, session().get_one(User, author.id))
    page = visitor.see("/threads/1-a-safe-question")
    assert "Theories, named so that they give nothing away" in page
    assert "MY OWN TITLE" in page
    assert "SECRETTHEORY" not in page
