"""Film lists of every format are known by their content and read row by row."""

import gzip
import io
import json
import tracemalloc
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from forum.films.catalogue import CatalogueError, CatalogueFilm, Refusal, Row, read_catalogue
from tests.film_lists import IMDB_HEADER, films, read, shared


def test_a_json_list_gives_films_with_the_line_of_each() -> None:
    content = '[\n{\n"title": "M",\n"year": 1931\n},\n\n{"title": "8½", "year": 1963}\n]\n'
    assert read(content) == [
        Row(2, CatalogueFilm("M", 1931)),
        Row(7, CatalogueFilm("8½", 1963)),
    ]


def test_json_lines_give_films_and_a_bad_line_costs_only_itself() -> None:
    content = '{"title": "M", "year": 1931}\n\n{"title": \n42\n{"title": "Ran", "year": 1985}\r\n'
    first, broken, number, last = read(content)
    assert first == Row(1, CatalogueFilm("M", 1931))
    assert broken == Refusal(3, "", "Invalid JSON at line 3: correct the line.")
    assert isinstance(number, Refusal)
    assert "not an object" in number.reason
    assert last == Row(5, CatalogueFilm("Ran", 1985))


def test_json_lines_may_begin_with_a_long_one() -> None:
    first = {"title": "M", "year": 1931, "href": "M", "extract": "It is a film. " * 3000}
    film, next_film = films(json.dumps(first) + '\n{"title": "Ran", "year": 1985}')
    assert film.summary is not None
    assert len(film.summary) <= 600
    assert next_film.title == "Ran"


def test_csv_is_read_by_its_header_in_any_order() -> None:
    content = (
        "Year,Title,Original Title,directors,runtime,imdb,tmdb,notes\n"
        '2007,"No Country, for Old Men",,Joel Coen; Ethan Coen,122,tt0477348,6977,x\n'
        "\n"
        '1954,"Two\nlines",七人の侍,Akira Kurosawa,,,,\n'
        "1931,M,,,,,,\n"
    )
    rows = read(content)
    assert [row.line for row in rows] == [2, 4, 6]
    assert films(content)[0] == CatalogueFilm(
        "No Country, for Old Men",
        2007,
        directors=("Joel Coen", "Ethan Coen"),
        runtime=122,
        identifiers=(("imdb", "tt0477348"), ("tmdb", "6977")),
    )
    assert films(content)[1].title == "Two lines"
    assert films(content)[1].original_title == "七人の侍"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_may_be_separated_as_spreadsheets_do(delimiter: str) -> None:
    content = f"\ufefftitle{delimiter}year\r\nM{delimiter}1931\r\n"
    assert films(content) == [CatalogueFilm("M", 1931)]


def test_a_csv_row_with_loose_quotation_marks_or_cells_costs_only_itself() -> None:
    content = 'title,year\n"M" by Lang,1931\nM,1931,x\nM\nRan,1985\n"never closed,1999\n'
    rows = read(content)
    reasons = [row.reason for row in rows if isinstance(row, Refusal)]
    assert [row.line for row in rows] == [2, 3, 4, 5, 6]
    assert "quotation marks" in reasons[0]
    assert "3 columns and the header 2" in reasons[1]
    assert "1 columns and the header 2" in reasons[2]
    assert "quotation marks" in reasons[3]
    assert rows[3] == Row(5, CatalogueFilm("Ran", 1985))


def test_imdb_rows_of_other_kinds_are_passed_and_quotes_mean_nothing() -> None:
    lines = [
        'tt0000001\tmovie\t"Q" Planes\tClouds\t0\t1939\t\\N\t82\tComedy',
        "tt0000002\ttvSeries\tA Series\tA Series\t0\t1990\t\\N\t\\N\t\\N",
        "tt0000003\tmovie\tAdult\tAdult\t1\t1990\t\\N\t\\N\t\\N",
        "tt0000004\tshort\tNo Year\tNo Year\t0\t\\N\t\\N\t\\N\t\\N",
        "tt0000005\ttvMovie\tLong\tLong\t0\t1987\t\\N\t51420\t\\N",
        "tt0000006\tmovie\tToo few",
    ]
    first, no_year, long, few = read("\n".join([IMDB_HEADER, *lines, ""]))
    assert first == Row(
        2,
        CatalogueFilm(
            '"Q" Planes',
            1939,
            original_title="Clouds",
            runtime=82,
            identifiers=(("imdb", "tt0000001"),),
        ),
    )
    assert no_year == Refusal(5, "No Year", 'There is no year: give it as a number under "year".')
    assert isinstance(long, Row)
    assert long.film.runtime is None
    assert isinstance(few, Refusal)
    assert (few.line, "3 columns" in few.reason) == (7, True)


def test_a_list_may_be_given_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "anything.bin"
    path.write_bytes(gzip.compress(b'{"title": "M", "year": 1931}'))
    assert [row.line for row in read_catalogue(path)] == [1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (b"\x1f\x8b\x08\x00garbage", "cut off or damaged"),
        ("[]".encode("utf-16"), "not UTF-8"),
        (b"PK\x03\x04\x00\x00zip", "not UTF-8"),
        (b"{\n", "no whole film"),
        (b"hello\n", "no known format"),
        (b"name,when\nM,1931\n", "no known format"),
        (b"tconst\tdirectors\twriters\n", "title.basics"),
        (b'title,"year"x\nM,1931\n', "no known format"),
        (b'title,year,"a"b\nM,1931,\n', "header"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(content: bytes, said: str) -> None:
    with pytest.raises(CatalogueError, match=said):
        list(read_catalogue(io.BytesIO(content)))


def test_a_file_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(CatalogueError, match="can't be opened"):
            list(read_catalogue(path))


def test_a_file_that_fails_while_it_is_read_gives_what_came_before() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 20:
                raise OSError(5, "Input/output error")
            return super().read(30)

    first, last = read_catalogue(Failing(b'{"title":"M","year":1931}\n' * 3))
    assert isinstance(first, Row)
    assert isinstance(last, Refusal)
    assert "Input/output error" in last.reason


def test_the_dirty_rows_are_refused_each_for_its_reason() -> None:
    rows = list(read_catalogue(shared("data/films-dirty.json")))
    reasons = Counter(" ".join(row.reason.split()[:5]) for row in rows if isinstance(row, Refusal))
    assert reasons == {
        "The row names no article,": 40,
        "The address leads to a": 8,
        "There is a footnote mark": 4,
        "The row at line 465": 2,
        "The row at line 516": 2,
        "There is CSS in the": 1,
    }
    kept_titles = [row.film.title for row in rows if isinstance(row, Row)]
    assert kept_titles == ["The Crown of Courage", "The Cremaster Cycle"]


def test_every_row_of_the_clean_list_is_kept() -> None:
    rows = list(read_catalogue(shared("data/films.json")))
    assert len(rows) == 5000
    assert not [row for row in rows if isinstance(row, Refusal)]
    summaries = [row.film.summary for row in rows if isinstance(row, Row)]
    assert all(summary and len(summary) <= 600 for summary in summaries)


def test_the_full_list_is_read_in_bounded_memory() -> None:
    rows = iter(read_catalogue(shared("data/films-full.jsonl.gz")))
    # Tracing makes reading ten times slower: a part of the list shows whether memory grows with it.
    tracemalloc.start()
    traced = sum(isinstance(row, Row) for row in islice(rows, 8_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert traced + sum(isinstance(row, Row) for row in rows) == 33_890
    # This part unpacks to 4 MB; what is kept is one piece and the identifiers met so far.
    assert peak < 4_000_000
