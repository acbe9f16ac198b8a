"""Finding a film among all: by letter, decade, order and words."""

import re
from html import unescape

import pytest

from forum.films.models import Film
from forum.lib import clock
from forum.lib.database import unit_of_work
from tests.factories import a_film, a_theory, a_thread, a_user, a_visitor


def titles(page: str) -> list[str]:
    return [unescape(t) for t in re.findall(r'film-card-title">([^<]+)<', page)]


@pytest.fixture
def catalogue(app) -> None:
    for title, year, original in [
        ("The Thing", 1982, None),
        ("Amélie", 2001, "Le Fabuleux Destin d'Amélie Poulain"),
        ("A Ghost Story", 2017, None),
        ("8½", 1963, "Otto e mezzo"),
        ("Anora", 2024, None),
        ("Straße der Nacht", 1957, None),
        ("100% Wolf", 2020, None),
        ("映画", 1995, None),
    ]:
        a_film(title, year, original_title=original)


def test_films_stand_by_title_without_articles_and_accents(catalogue, guest):
    assert titles(guest.see("/films")) == [
        "100% Wolf",
        "8½",
        "Amélie",
        "Anora",
        "A Ghost Story",
        "Straße der Nacht",
        "The Thing",
        "映画",
    ]


@pytest.mark.parametrize(
    ("letter", "expected"),
    [
        ("a", ["Amélie", "Anora"]),
        ("t", ["The Thing"]),
        ("T", ["The Thing"]),
        ("0", ["100% Wolf", "8½"]),
        ("%23", ["映画"]),
        ("x", []),
    ],
)
def test_a_letter_leaves_those_under_it(catalogue, guest, letter, expected):
    page = guest.see(f"/films?letter={letter}")
    assert titles(page) == expected
    head = re.search(r'<p class="page-say">(.*?)</p>', page).group(1)
    assert head.startswith("beginning with ")
    if not expected:
        assert head == "beginning with X"
        assert "No such film is listed." in page
        assert "of that name" not in page


def test_a_letter_and_a_decade_stand_in_the_head(catalogue, guest):
    assert "beginning with T, of the 1980s" in guest.see("/films?letter=t&decade=1980")


@pytest.mark.parametrize(
    ("decade", "expected"),
    [("1980", ["The Thing"]), ("2010", ["A Ghost Story"]), ("2020", ["100% Wolf", "Anora"])],
)
def test_a_decade_leaves_its_ten_years(catalogue, guest, decade, expected):
    assert titles(guest.see(f"/films?decade={decade}")) == expected


def test_decades_that_have_films_are_offered(catalogue, guest):
    page = guest.see("/films")
    offered = re.findall(r'decade=(\d+)"', page)
    assert offered == ["2020", "2010", "2000", "1990", "1980", "1960", "1950"]


def test_films_can_stand_by_year(catalogue, guest):
    assert titles(guest.see("/films?order=year"))[:3] == ["Anora", "100% Wolf", "A Ghost Story"]


def test_films_can_stand_by_how_much_is_argued(catalogue, guest):
    thread = a_thread(a_film("Argued", 1999))
    a_theory(thread)
    a_theory(thread)
    a_theory(a_thread(a_film("Argued less", 2000)))
    assert titles(guest.see("/films?order=argued"))[:2] == ["Argued", "Argued less"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("amelie", ["Amélie"]),
        ("AMÉLIE", ["Amélie"]),
        ("poulain destin", ["Amélie"]),
        ("strasse", ["Straße der Nacht"]),
        ("otto", ["8½"]),
        ("thi", ["The Thing"]),
        ("the-thing", ["The Thing"]),
        ("anora 2024", ["Anora"]),
        ("Anora (2024)", ["Anora"]),
        ("anora 2023", []),
        ("2024", []),
        ("-", 8),
        ("映", ["映画"]),
        ("100%", ["100% Wolf"]),
        ("%", ["100% Wolf"]),
        ("_", []),
        ("\\", []),
        ("thing anora", []),
        ("'; DROP TABLE films; --", []),
        ("\0", 8),
        ("   ", 8),
    ],
)
def test_words_find_titles_with_accents_and_case_aside(catalogue, guest, words, expected):
    response = guest.get("/films", query_string={"q": words})
    assert response.status_code == 200
    found = titles(response.text)
    assert (len(found) if isinstance(expected, int) else found) == expected


@pytest.mark.both_databases
def test_search_finds_alike_on_both_databases(catalogue, guest):
    for words, expected in [("amelie", ["Amélie"]), ("100%", ["100% Wolf"]), ("_", [])]:
        assert titles(guest.get("/search", query_string={"q": words}).text) == expected
    assert titles(guest.see("/films?letter=%23")) == ["映画"]


def test_search_shows_the_most_argued_first_and_keeps_what_was_typed(catalogue, guest):
    a_theory(a_thread(a_film("The Other Thing", 2003)))
    page = guest.get("/search", query_string={"q": ' "thing" <b>'}).text
    assert 'value="&#34;thing&#34; &lt;b&gt;"' in page
    assert titles(guest.see("/search?q=thing")) == ["The Other Thing", "The Thing"]
    assert "No film of that name is listed." in guest.see("/search?q=nothing+such")
    on_now = titles(guest.see("/search"))
    assert on_now[0] == "The Other Thing"
    assert set(on_now) == {"The Other Thing", *titles(guest.see("/films"))}
    assert titles(guest.see("/search?q=" + "a" * 3000)) == []


def test_pages_together_show_every_film_once_under_the_same_choice(app, guest):
    with unit_of_work() as work:
        work.add_all(
            Film(
                slug=f"film-{n}",
                title=f"Film {n:03}",
                title_key=f"film {n:03}",
                search_key=f"film {n:03}",
                initial="f",
                year=1990 + n % 10,
                created_at=clock.now(),
            )
            for n in range(101)
        )
    for start in ("/films", "/films?order=year", "/films?order=argued", "/search?q=film"):
        found = [title for page in guest.pages(start) for title in titles(page)]
        assert sorted(found) == [f"Film {n:03}" for n in range(101)]
    page = guest.see("/films?order=year&decade=1990&q=film")
    (more,) = re.findall(r'href="/films\?([^"]+)" rel="next"', page)
    assert {"order=year", "decade=1990", "q=film"} < set(unescape(more).split("&"))


def test_choices_keep_one_another_and_leave_the_page(catalogue, guest):
    page = unescape(guest.see("/films?order=year&after=2001~amelie~1&said=voted"))
    assert 'href="/films?order=year&letter=a"' in page
    assert 'href="/films?order=year&decade=1980"' in page
    assert "said=voted&" not in page


@pytest.mark.parametrize(
    "query",
    [
        "order=sideways",
        "letter=aa",
        "letter=",
        "decade=x",
        "decade=99999999999999999999",
        "decade=-5",
        "after=x~y~z",
        "after=~",
    ],
)
def test_nonsense_is_as_good_as_nothing(catalogue, guest, query):
    assert len(titles(guest.see(f"/films?{query}"))) == 8


@pytest.mark.parametrize("state", ["proposed", "declined", "hidden"])
def test_films_that_are_not_listed_are_found_by_moderators_only(app, guest, state):
    film = a_film("Not yet", 1999)
    a_film("Listed", 2000)
    with unit_of_work() as work:
        work.get_one(Film, film.id).state = state
    moderator = a_visitor(app, a_user(role="moderator"))
    for path in ("/films", "/search?q=not+yet", "/films?decade=1990"):
        assert "Not yet" not in titles(guest.see(path))
        assert "Not yet" in titles(moderator.see(path))
    for path in (f"/films/{film.slug}", f"/films/{film.slug}/poster.svg"):
        assert guest.get(path).status_code == 404
        assert moderator.get(path).status_code == 200
    assert guest.post(f"/films/{film.slug}/viewing").status_code == 404
    assert "decade=1990" not in guest.see("/films")
    assert "1 film" in guest.see("/films")
