"""A film's page: sealed, it gives nothing away and is still worth opening; open, it holds all."""

import re
from datetime import date

import pytest

from forum.accounts.viewers import Operator
from forum.films import operations
from forum.films.models import Film
from forum.lib.database import unit_of_work
from forum.theories.changes import pin, withdraw
from forum.theories.models import Thread
from tests.factories import a_fan, a_film, a_theory, a_thread, a_user, a_visitor, viewer_of


@pytest.fixture
def film(app) -> Film:
    return a_film(
        "Anora",
        2024,
        directors=("Sean Baker",),
        runtime=139,
        original_title="Anora!",
        summary="A summary that is safe.",
        summary_source="A magazine",
        summary_licence="CC BY-SA 4.0",
    )


def add_statement(film: Film, bearings: dict[int, str], **changes) -> None:
    fields = {
        "seed_key": "test/1",
        "speaker": "Sean Baker",
        "role": "writer and director",
        "words": "SECRETWORDS of the maker",
        "is_quotation": True,
        "publication": "A magazine",
        "published_on": date(2024, 11, 1),
    } | changes
    with unit_of_work():
        operations.add_statement(film, by=Operator(), bearings=bearings, **fields)


def test_everybody_may_know_the_facts(film, guest):
    page = guest.see(f"/films/{film.slug}")
    for fact in (
        *("Anora", "Sean Baker", "2024", "139 min", "A summary that is safe.", "CC BY-SA 4.0"),
        *("Original title: Anora!", "Summary: A magazine", "I have seen it"),
    ):
        assert fact in page
    assert "Nobody has asked anything about this ending yet." in page


def test_a_film_may_be_known_by_title_and_year_alone(app, guest):
    film = a_film("Bare", 1930)
    page = guest.see(f"/films/{film.slug}")
    assert "1930" in page
    assert "min</" not in page
    assert "Original title" not in page
    assert "Summary:" not in page


def test_sealed_questions_stand_by_their_safe_titles_with_counts(film, guest):
    thread = a_thread(film, safe_title="Safe one", title="SECRETTITLE", body="SECRETBODY")
    a_theory(thread, safe_title="Safe theory", title="SECRETTHEORY")
    add_statement(film, {})
    with unit_of_work():
        operations.note_production(film, ["SECRETNOTE of the making"], "A book", by=Operator())
    page = guest.see(f"/films/{film.slug}")
    assert "Safe one" in page
    assert "1 theory" in page
    assert "SECRET" not in page
    assert "A book" not in page
    assert "Safe theory" not in page


def test_an_open_film_shows_questions_with_their_leading_theories(film, app):
    thread = a_thread(film, title="What of the end?")
    for number in range(5):
        a_theory(thread, title=f"Theory {number}")
    visitor = a_visitor(app, seen=(film,))
    page = visitor.see(f"/films/{film.slug}")
    assert "What of the end?" in page
    assert [n for n in range(5) if f"Theory {n}" in page] == [0, 1, 2]
    assert "and 2 more" in page
    assert "Ask another" in page


def test_an_open_film_without_questions_invites_the_first(film, app, guest):
    guest.open_seal(film.slug)
    page = guest.see(f"/films/{film.slug}")
    assert "Ask the first question" in page
    assert f"/login?next=/films/{film.slug}/threads/new" in page
    assert f'href="/films/{film.slug}/threads/new"' in a_visitor(app, seen=(film,)).see(
        f"/films/{film.slug}"
    )


def test_pinned_questions_stand_first_then_the_latest_active(film, app):
    first, second, third = (a_thread(film, title=f"Question {n}") for n in range(3))
    a_theory(second)
    moderator = a_fan(a_user(role="moderator"), seen=(film,))
    with unit_of_work():
        pin(first, True, by=moderator)
    page = a_visitor(app, seen=(film,)).see(f"/films/{film.slug}")
    places = [page.index(f"Question {n}") for n in (0, 1, 2)]
    assert places == sorted(places)
    assert "pinned" in page
    assert third.id > second.id


def test_makers_words_name_the_theories_that_they_bear_on(film, app):
    thread = a_thread(film)
    supported = a_theory(thread, title="A supported theory")
    doubted = a_theory(thread, title="A doubted theory")
    add_statement(film, {supported.id: "supports", doubted.id: "contradicts"})
    add_statement(
        film,
        {supported.id: "leaves_open", doubted.id: "declined"},
        seed_key="test/2",
        is_quotation=False,
        words="PARAPHRASED words",
        published_on=None,
    )
    visitor = a_visitor(app, seen=(film,))
    page = " ".join(visitor.see(f"/films/{film.slug}").split())
    assert "“SECRETWORDS of the maker”" in page
    assert "2 statements" in page
    for sentence in ("Supports <a", "Contradicts <a", "Leaves open <a", "Declined to say about <a"):
        assert sentence in page
    assert "Paraphrase." in page
    assert "2024-11-01" in page
    assert "reported, not verified" in page
    assert page.count(">A supported theory</a>") == 3
    theory_page = visitor.see(f"/theories/{supported.id}")
    assert "SECRETWORDS" in theory_page
    assert "PARAPHRASED" in theory_page


def test_a_theory_that_was_withdrawn_is_named_by_no_statement(film, app):
    user = a_user()
    fan = a_fan(user, seen=(film,))
    theory = a_theory(a_thread(film), by=fan, title="A withdrawn theory")
    add_statement(film, {theory.id: "supports"})
    with unit_of_work():
        withdraw(theory, by=viewer_of(user))
    page = a_visitor(app, seen=(film,)).see(f"/films/{film.slug}")
    assert "SECRETWORDS" in page
    assert "A withdrawn theory" not in page


def test_how_it_was_made_is_behind_the_seal(film, app):
    with unit_of_work():
        operations.note_production(film, ["A note of the making"], "A book", by=Operator())
    page = a_visitor(app, seen=(film,)).see(f"/films/{film.slug}")
    assert "A note of the making" in page
    assert "A book" in page


def test_a_poster_is_drawn_and_kept_for_ever(film, guest):
    response = guest.get(f"/films/{film.slug}/poster.svg")
    assert response.mimetype == "image/svg+xml"
    assert response.text.startswith("<svg")
    assert "immutable" in response.headers["Cache-Control"]


def test_an_address_that_never_was_shows_nothing(guest):
    assert guest.get("/films/nothing-1900").status_code == 404
    assert "Nothing is showing at this address." in guest.get("/films/nothing-1900").text


@pytest.mark.both_databases
def test_every_question_is_on_one_of_the_pages_the_pinned_first(app, guest):
    film = a_film("Anora", 2024)
    asker = a_fan(a_user(role="admin"), seen=(film,))
    asked = [a_thread(film, asker, safe_title=f"Question {n:03d}") for n in range(104)]
    with unit_of_work() as work:
        for thread in (asked[3], asked[70]):
            work.get_one(Thread, thread.id).pinned = True
    for opened in (False, True):
        if opened:
            guest.open_seal(film.slug)
        pages = guest.pages(f"/films/{film.slug}")
        assert len(pages) == 3
        listed = [int(id) for page in pages for id in re.findall(r'href="/threads/(\d+)-', page)]
        listed = list(dict.fromkeys(listed))
        assert sorted(listed) == [thread.id for thread in asked]
        assert set(listed[:2]) == {asked[3].id, asked[70].id}


@pytest.mark.parametrize("cursor", ["x", "1~2~3", "Maybe~2026-01-01T00:00:00+00:00~1", "True~x~1"])
def test_a_place_that_no_list_has_is_its_beginning(app, guest, cursor):
    thread = a_thread(a_film("Anora", 2024))
    assert f"/threads/{thread.id}-" in guest.see(f"/films/anora-2024?after={cursor}")
