"""A row of a film list becomes a film, or is refused in a sentence that says what to do."""

import io
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.films.catalogue import CatalogueFilm, Refusal, Row, read_catalogue
from forum.films.catalogue.entries import shortened
from tests.film_lists import kept, read, refused

WIKIPEDIA_ROW = {
    "title": "The Lodger",
    "year": 1927,
    "directors": ["Alfred Hitchcock"],
    "cast": ["Ivor Novello"],
    "genres": ["Silent"],
    "wikipedia": "The_Lodger:_A_Story_of_the_London_Fog",
    "extract": "The Lodger is a silent film.\nIt is set in fog.",
}


def test_a_wikipedia_row_brings_its_article_and_its_first_sentences() -> None:
    assert kept(WIKIPEDIA_ROW) == CatalogueFilm(
        "The Lodger",
        1927,
        directors=("Alfred Hitchcock",),
        summary="The Lodger is a silent film. It is set in fog.",
        summary_source="Wikipedia: The Lodger: A Story of the London Fog",
        summary_licence="CC BY-SA 4.0",
        identifiers=(("wikipedia", "en:The_Lodger:_A_Story_of_the_London_Fog"),),
    )


@pytest.mark.parametrize(
    ("page", "value"),
    [
        ("Caché (film)", "en:Caché_(film)"),
        ("Tony_n%27_Tina%27s_Wedding", "en:Tony_n'_Tina's_Wedding"),
        ("fr:Caché_(film)", "fr:Caché_(film)"),
        ("https://de.wikipedia.org/wiki/M_(1931)", "de:M_(1931)"),
        ("Naked_Gun_33_1/3:_The_Final_Insult", "en:Naked_Gun_33_1/3:_The_Final_Insult"),
    ],
)
def test_an_article_is_known_by_language_and_page(page: str, value: str) -> None:
    assert kept({"title": "X", "year": 2000, "href": page}).identifiers == (("wikipedia", value),)


def test_identifiers_are_understood_beside_the_title_or_in_their_own_object() -> None:
    pairs = (("imdb", "tt0111161"), ("wikidata", "Q172241"), ("tmdb", "278"))
    row = {"title": "X", "year": 1994}
    assert kept({**row, **dict(pairs)}).identifiers == pairs
    assert kept({**row, "identifiers": {**dict(pairs), "tmdb": 278}}).identifiers == pairs


def test_an_original_title_equal_to_the_title_says_nothing() -> None:
    assert kept({"title": "M", "year": 1931, "original_title": " M "}).original_title is None


def test_directors_are_kept_once_each_and_trimmed() -> None:
    row = {"title": "M", "year": 1931, "directors": [" Fritz  Lang", "Fritz Lang", ""]}
    assert kept(row).directors == ("Fritz Lang",)


def test_a_summary_of_one_s_own_brings_source_and_licence() -> None:
    row = {"title": "M", "year": 1931, "summary": "A city hunts."}
    assert "whose it is" in refused(row)
    film = kept({**row, "summary_source": "Foyer", "summary_licence": "CC0"})
    assert (film.summary, film.summary_source, film.summary_licence) == (
        "A city hunts.",
        "Foyer",
        "CC0",
    )


def test_an_extract_without_an_article_is_left_out() -> None:
    assert kept({"title": "M", "year": 1931, "extract": "A film."}).summary is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": "The Cord of Life[1]"}, r"footnote mark in the title, \[1\]"),
        ({"title": "A [note 2] B"}, "footnote mark"),
        ({"title": "33 .mw-parser-output .frac{white-space:nowrap}1/3"}, "CSS in the title"),
        ({"title": "{" + ":" * 200_000}, "longer than 200"),
        ({"title": ""}, "title is empty"),
        ({"title": " \t\n "}, "title is empty"),
        ({"title": None}, "no title"),
        ({"title": 42}, "no title"),
        ({"title": "x" * 201}, "longer than 200"),
        ({"title": "Bell\x07"}, r"control character \(U\+0007\) in the title"),
        ({"title": "Escape\x9b31m"}, r"U\+009B"),
        ({"title": "Half \ud83c"}, r"U\+D83C"),
        ({"title": "back\u202ewards"}, r"U\+202E"),
        ({"title": "Z" + "\u0300" * 30}, "too many marks"),
        ({"year": None}, "no year"),
        ({"year": "1931"}, "whole number from 1870 to 2100"),
        ({"year": 1931.0}, "whole number"),
        ({"year": True}, "whole number"),
        ({"year": 1869}, "whole number"),
        ({"year": 2101}, "whole number"),
        ({"year": 10**30}, "whole number"),
        ({"href": None}, "names no article"),
        ({"wikipedia": None, "genres": []}, "names no article"),
        ({"cast": []}, "names no article"),
        ({"href": "King_Lear#Film_adaptations"}, "part of an article"),
        ({"href": "King_Lear%23Films"}, "part of an article"),
        ({"href": "  "}, "can't be the name"),
        ({"href": "a|b"}, "can't be the name"),
        ({"href": "%ff"}, "can't be the name"),
        ({"href": "x" * 181}, "can't be the name"),
        ({"href": 5}, "page is not text"),
        ({"imdb": "nm0000001"}, "must look like tt0111161"),
        ({"imdb": "tt0111161\n"}, "must look like"),
        ({"wikidata": "Q0"}, "must look like Q172241"),
        ({"tmdb": "١٢"}, "must look like 278"),
        ({"tmdb": ["278"]}, "must look like 278"),
        ({"runtime": 0}, "whole minutes from 1 to 6000"),
        ({"runtime": "99"}, "whole minutes"),
        ({"directors": "Fritz Lang"}, "list of at most 50 names"),
        ({"directors": ["x"] * 51}, "list of at most 50 names"),
        ({"directors": [None]}, "director is not text"),
        ({"directors": ["x" * 101]}, "longer than 100"),
        ({"directors": ["a\x00b"]}, "name of a director"),
        ({"original_title": 5}, "original title is not text"),
        ({"original_title": "x" * 201}, "original title is longer than 200"),
        ({"summary": {"en": "x"}}, "summary is not text"),
        ({"extract": ["x"]}, "extract is not text"),
    ],
)
def test_a_bad_row_is_refused_in_a_sentence_that_says_what_to_do(
    change: dict[str, Any], said: str
) -> None:
    assert re.search(said, refused({"title": "M", "year": 1931, **change}))


@pytest.mark.parametrize("title", ["[REC]", "[REC]²", "{Proof}", "M", "1984", "Am I OK?"])
def test_a_title_that_only_looks_odd_is_kept(title: str) -> None:
    assert kept({"title": title, "year": 2007}).title == title


def test_of_rows_that_share_an_article_the_first_is_kept() -> None:
    rows = [{"title": f"Part {n}", "year": 1990 + n, "href": "The_Cycle"} for n in range(3)]
    content = "\n".join(json.dumps(row) for row in rows)
    first, *others = read(content)
    assert isinstance(first, Row)
    assert [type(row) for row in others] == [Refusal, Refusal]
    assert others[1] == Refusal(
        3,
        "Part 2",
        "The row at line 1 has the same wikipedia identifier, en:The_Cycle: "
        "leave one of the two out.",
    )


def test_a_refused_title_is_shown_fit_for_a_terminal() -> None:
    (refusal,) = read(json.dumps([{"title": "\x1b[31mRed\n" + "x" * 300, "year": 1999}]))
    assert isinstance(refusal, Refusal)
    assert refusal.title.isprintable()
    assert len(refusal.title) == 80


@pytest.mark.parametrize(
    ("text", "longest", "result"),
    [
        ("Short.", 600, "Short."),
        ("One two. Three four. Five", 22, "One two. Three four."),
        (
            "By D. W. Griffith and Mr. Smith. Then more words",
            40,
            "By D. W. Griffith and Mr. Smith.",
        ),
        ("He said “no.” She left the room", 20, "He said “no.”"),
        ("It is 3.5 hours long and more", 15, "It is 3.5…"),
        ("x" * 50, 20, "x" * 19 + "…"),
    ],
)
def test_a_long_text_ends_with_a_sentence(text: str, longest: int, result: str) -> None:
    assert shortened(text, longest) == result
    assert len(shortened(text, longest)) <= longest


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    (
        *("title", "year", "directors", "runtime", "href", "wikipedia", "extract", "identifiers"),
        *("summary", "summary_source", "summary_licence", "imdb", "tmdb", "original_title"),
    )
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.dictionaries(FIELDS, ANY_JSON), max_size=4))
def test_no_values_whatever_raise(rows: list[dict[str, Any]]) -> None:
    for content in (json.dumps(rows), "\n".join(["{}", *map(json.dumps, rows)])):
        for row in read_catalogue(io.BytesIO(content.encode())):
            if isinstance(row, Row):
                row.film.title.encode()
                assert 0 < len(row.film.title) <= 200
                assert 1870 <= row.film.year <= 2100
