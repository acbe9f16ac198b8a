"""The two hundred films that come with the forum, as data."""

import gzip
import json
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.film_lists import shared

ROOT = Path(__file__).resolve().parents[2]

MUST_BE_THERE = {
    ("Parasite", 2019),
    ("Inception", 2010),
    ("The Thing", 1982),
    ("Mulholland Drive", 2001),
    ("Aftersun", 2022),
    ("Burning", 2018),
    ("Past Lives", 2023),
    ("Blade Runner", 1982),
    ("Stalker", 1979),
    ("Caché", 2005),
    ("Memories of Murder", 2003),
    ("No Country for Old Men", 2007),
    ("Portrait of a Lady on Fire", 2019),
    ("The Vanishing", 1988),
    ("L'Eclisse", 1962),
    ("Solaris", 1972),
    ("Chinatown", 1974),
    ("Picnic at Hanging Rock", 1975),
    ("2001: A Space Odyssey", 1968),
}


@pytest.fixture(scope="module")
def films() -> list[dict[str, Any]]:
    document = tomllib.loads((ROOT / "forum" / "seeds" / "films.toml").read_text("utf-8"))
    assert set(document) == {"film"}
    rows: list[dict[str, Any]] = document["film"]
    return rows


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(ch for ch in plain if ch.isalnum())


def test_there_are_two_hundred_and_none_twice(films: list[dict[str, Any]]) -> None:
    assert len(films) == 200
    assert len({(folded(film["title"]), film["year"]) for film in films}) == 200


def test_the_films_of_the_drawings_are_among_them(films: list[dict[str, Any]]) -> None:
    assert {(film["title"], film["year"]) for film in films} >= MUST_BE_THERE


def test_anora_is_not_among_them_as_it_has_a_file_of_its_own(films: list[dict[str, Any]]) -> None:
    assert "Anora" not in {film["title"] for film in films}


def test_every_film_has_only_facts_of_the_right_shape(films: list[dict[str, Any]]) -> None:
    allowed = {"title", "original_title", "year", "directors", "runtime"}
    for film in films:
        assert allowed >= set(film) >= {"title", "year", "directors"}, film
        for text in (film["title"], film.get("original_title", "?"), *film["directors"]):
            assert isinstance(text, str)
            assert text == unicodedata.normalize("NFC", text).strip()
            assert 0 < len(text) <= 200
        assert film.get("original_title") != film["title"]
        assert 1895 <= film["year"] <= 2024
        assert film["directors"]
        assert len(set(film["directors"])) == len(film["directors"])
        assert 20 <= film.get("runtime", 90) <= 240


def test_a_director_is_spelled_in_one_way(films: list[dict[str, Any]]) -> None:
    names = {name for film in films for name in film["directors"]}
    assert len({folded(name) for name in names}) == len(names)


def test_they_stand_in_order_of_year(films: list[dict[str, Any]]) -> None:
    years = [film["year"] for film in films]
    assert years == sorted(years)


def test_they_agree_with_the_shared_list_where_it_has_them(films: list[dict[str, Any]]) -> None:
    """The list dates some films by their opening in America, so its own lead text decides."""
    listed: dict[tuple[str, int], list[str]] = {}
    with gzip.open(shared("data/films-full.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            listed.setdefault((folded(row["title"]), row["year"]), []).append(row["extract"])
    found = 0
    for film in films:
        for year in (film["year"], film["year"] + 1):
            for extract in listed.get((folded(film["title"]), year), []):
                if film["directors"][0].split()[-1] not in extract:
                    continue
                found += 1
                assert str(film["year"]) in extract or year == film["year"], film
    assert found > 80
