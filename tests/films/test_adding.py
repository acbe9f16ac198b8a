"""Adding films: the same one is never listed twice, and an update loses nothing."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.accounts.viewers import Guest, Operator
from forum.events import Event, Kind
from forum.films import operations
from forum.films.catalogue import CatalogueFilm
from forum.films.models import Bearing, Film, Identifier, Statement
from forum.lib.database import unit_of_work
from forum.permissions import Refused
from tests.factories import a_film, a_theory, a_user, again, film_of, found, viewer_of

pytestmark = pytest.mark.both_databases


def add(title: str, year: int, **fields: Any) -> tuple[Film, bool]:
    with unit_of_work():
        return operations.add_film(CatalogueFilm(title, year, **fields), by=Operator())


def count() -> int:
    return found(select(func.count()).select_from(Film))[0]


FULL = {
    "directors": ("Sean Baker",),
    "runtime": 139,
    "original_title": "Anora!",
    "summary": "Words.",
    "summary_source": "Here",
    "summary_licence": "CC BY-SA 4.0",
    "identifiers": (("wikidata", "Q1"), ("imdb", "tt1")),
}


def test_adding_again_changes_nothing(app):
    film, changed = add("Anora", 2024, **FULL)
    assert changed
    same, changed = add("Anora", 2024, **FULL)
    assert (same.id, changed, count()) == (film.id, False, 1)
    assert found(select(Event.kind)) == [Kind.FILM_ADDED]


def test_an_identifier_says_that_it_is_the_same_film(app):
    film, _ = add("Anora", 2024, **FULL)
    same, changed = add("Anora, renamed", 2025, identifiers=(("imdb", "tt1"),))
    assert (same.id, changed, count()) == (film.id, True, 1)
    film = again(film)
    assert (film.title, film.year, film.slug) == ("Anora, renamed", 2025, "anora-2024")
    assert film.title_key == "anora, renamed"
    assert Kind.FILM_CHANGED in found(select(Event.kind))


def test_what_an_entry_leaves_out_is_kept(app):
    film, _ = add("Anora", 2024, **FULL)
    _, changed = add("Anora", 2024, identifiers=(("wikidata", "Q1"),))
    assert not changed
    film = again(film)
    assert (film.directors, film.runtime, film.summary) == (["Sean Baker"], 139, "Words.")


def test_a_new_identifier_is_added_to_the_film(app):
    film, _ = add("Anora", 2024, **FULL)
    _, changed = add("Anora", 2024, identifiers=(("imdb", "tt1"), ("tmdb", "7")))
    assert changed
    known = found(select(Identifier.scheme).where(Identifier.film_id == film.id))
    assert sorted(known) == ["imdb", "tmdb", "wikidata"]


def test_without_identifiers_title_year_and_makers_say_it(app):
    film, _ = add("The Thing", 1982, directors=("John Carpenter",))
    assert add("thing", 1982)[0].id == film.id
    assert add("The Thing", 1982, directors=("John Carpenter",))[0].id == film.id
    assert add("The Thing", 1982, directors=("Somebody Else",))[0].id != film.id
    assert add("The Thing", 2011)[0].id != film.id
    assert count() == 3


def test_namesakes_that_another_catalogue_tells_apart_are_two_films(app):
    home, _ = add("Home", 2015, identifiers=(("imdb", "tt1"),))
    other, changed = add("Home", 2015, identifiers=(("imdb", "tt2"),))
    assert (other.id != home.id, changed, count()) == (True, True, 2)
    assert other.slug == "home-2015-2"
    assert add("Home", 2015, identifiers=(("imdb", "tt1"),))[0].id == home.id
    assert add("Home", 2015, identifiers=(("imdb", "tt2"),))[0].id == other.id
    # Another scheme says nothing against it; a third value under this one does.
    assert add("Home", 2015, identifiers=(("imdb", "tt2"), ("tmdb", "9")))[0].id == other.id
    assert add("Home", 2015, identifiers=(("tmdb", "8"),))[0].id == home.id
    assert add("Home", 2015, identifiers=(("imdb", "tt3"),))[0].id not in (home.id, other.id)


def test_makers_may_be_learned_later(app):
    film, _ = add("The Thing", 1982)
    same, changed = add("The Thing", 1982, directors=("John Carpenter",))
    assert (same.id, changed) == (film.id, True)
    assert again(film).directors == ["John Carpenter"]


def test_identifiers_that_name_two_films_change_only_the_first(app):
    one, _ = add("One", 2001, identifiers=(("imdb", "tt1"),))
    other, _ = add("Other", 2002, identifiers=(("wikidata", "Q2"),))
    entry = (("imdb", "tt1"), ("wikidata", "Q2"), ("tmdb", "3"), ("tmdb", "3"))
    same, _ = add("One", 2001, identifiers=entry)
    assert (same.id, count()) == (one.id, 2)
    owners = {one.value: one.film_id for one in found(select(Identifier))}
    assert owners == {"tt1": one.id, "Q2": other.id, "3": one.id}


def test_addresses_are_made_of_title_and_year_and_are_unique(app):
    slugs = [
        add(title, year, directors=(f"Maker {n}",))[0].slug
        for n, (title, year) in enumerate(
            [("Anora", 2024), ("Anora", 2024), ("ANORA!", 2024), ("映画", 1995), ("8½", 1963)]
        )
    ]
    assert slugs == ["anora-2024", "anora-2024-2", "anora-2024-3", "film-1995", "81-2-1963"]


def test_an_address_fits_whatever_the_title(app):
    film, _ = add("Very long words " * 12, 1999)
    assert len(film.slug) <= 120
    assert film.slug.endswith("-1999")


@pytest.mark.parametrize("role", ["guest", "fan", "moderator"])
def test_only_the_operator_adds(app, role):
    by = Guest() if role == "guest" else viewer_of(a_user(role=role))
    film = a_film()
    acts = [
        lambda: operations.add_film(CatalogueFilm("New", 2020), by=by),
        lambda: operations.note_production(film, ["x"], "y", by=by),
        lambda: operations.add_statement(film, by=by, **STATEMENT),
    ]
    for act in acts:
        with pytest.raises(Refused), unit_of_work():
            act()
    assert count() == 1


def test_notes_are_kept_once(app):
    film = a_film()
    for _ in range(2):
        with unit_of_work():
            operations.note_production(film, ["A note"], "A book", by=Operator())
    film = again(film)
    assert (film.notes, film.notes_source) == (["A note"], "A book")
    assert found(select(Event.kind)).count(Kind.FILM_CHANGED) == 1


STATEMENT: dict[str, Any] = {
    "seed_key": "anora/statement-1",
    "speaker": "Sean Baker",
    "role": "director",
    "words": "I leave it open.",
    "is_quotation": True,
    "publication": "A magazine",
    "published_on": date(2024, 11, 1),
    "bearings": {},
}


def test_a_statement_is_reported_and_added_once(app):
    theory = a_theory()
    film = film_of(theory)
    for _ in range(2):
        with unit_of_work():
            operations.add_statement(
                film, by=Operator(), **STATEMENT | {"bearings": {theory.id: "leaves_open"}}
            )
    (statement,) = found(select(Statement))
    assert (statement.status, statement.text) == ("reported", "I leave it open.")
    assert found(select(Bearing.bearing)) == ["leaves_open"]
    assert found(select(Event.kind)).count(Kind.STATEMENT_ADDED) == 1
