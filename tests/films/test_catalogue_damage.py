"""A film list that breaks off, or was made to do harm, costs its bad rows and nothing else."""

import gzip
import io
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.films.catalogue import CatalogueError, CatalogueFilm, Refusal, Row, read_catalogue
from forum.films.catalogue.source import MAX_ROW_CHARACTERS
from tests.film_lists import IMDB_HEADER, read


@pytest.mark.parametrize("row_end", ["\n", ",\n"])
def test_a_truncated_gzip_gives_its_good_rows_and_says_where_it_broke(row_end: str) -> None:
    rows = [json.dumps({"title": f"Film {n}", "year": 1990, "runtime": n}) for n in range(1, 3000)]
    text = row_end.join(rows)
    packed = gzip.compress((f"[\n{text}]" if row_end == ",\n" else text).encode())
    for share in (0.2, 0.6, 0.97):
        read_rows = list(read_catalogue(io.BytesIO(packed[: int(len(packed) * share)])))
        *good, last = read_rows
        assert all(isinstance(row, Row) for row in good)
        assert len(good) > 100
        assert isinstance(last, Refusal)
        assert "cut off or damaged" in last.reason
        assert last.line > len(good)


def test_gzip_members_in_a_row_are_one_list() -> None:
    packed = gzip.compress(b'{"title":"M","year":1931}\n') + gzip.compress(
        b'{"title":"Ran","year":1985}\n'
    )
    assert len(list(read_catalogue(io.BytesIO(packed + b"\0\0")))) == 2
    *good, last = read_catalogue(io.BytesIO(packed + b"tail"))
    assert len(good) == 2
    assert isinstance(last, Refusal)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("", "ends without its closing ]"),
        (",", "ends without its closing ]"),
        (" 5]", "Invalid JSON at line 3, where , was expected"),
        (",\n{'title': 1}]", "Invalid JSON at line 4, where a film was expected"),
        (",]", "Invalid JSON at line 3"),
        ("] []", "after the list's end"),
        (", " + "[" * 100_000, "Invalid JSON at line 3"),
        (', {"title": "' + "x" * 2_000_000, "Invalid JSON at line 3"),
    ],
)
def test_a_list_that_breaks_off_keeps_what_came_before(rest: str, said: str) -> None:
    content = '[\n{"title": "M",\n"year": 1931}' + rest
    first, last = read_catalogue(io.BytesIO(content.encode()))
    assert first == Row(2, CatalogueFilm("M", 1931))
    assert isinstance(last, Refusal)
    assert said in last.reason


def test_elements_of_a_list_that_are_no_objects_are_refused_one_by_one() -> None:
    rows = read('[1, "x", null, [], 1234567, {"title": "M", "year": 1931}, true]')
    assert [type(row) for row in rows] == [Refusal] * 5 + [Row, Refusal]


def test_an_empty_list_has_no_rows() -> None:
    assert read(" [ \n ] ") == []


@pytest.mark.parametrize(
    ("begin", "row", "end"),
    [
        (b"[", b'{"title": "%s", "year": 1931}', b',{"title": "Ran", "year": 1985}]'),
        (b"", b'{"title": "%s", "year": 1931}', b'\n{"title": "Ran", "year": 1985}'),
        (b"title,year\n", b"%s,1931", b"\nRan,1985"),
        (
            IMDB_HEADER.encode() + b"\n",
            b"tt0000001\tmovie\t%s\t\\N\t0\t1931\t\\N\t\\N\t\\N",
            b"\ntt0000002\tmovie\tRan\t\\N\t0\t1985\t\\N\t\\N\t\\N",
        ),
    ],
)
def test_a_row_that_is_not_utf8_is_refused_and_the_next_is_read(
    begin: bytes, row: bytes, end: bytes
) -> None:
    broken, good = read(begin + row % b"Cach\xe9" + end)
    assert isinstance(broken, Refusal)
    assert "UTF-8" in broken.reason
    assert isinstance(good, Row)
    assert good.film.title == "Ran"


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ('{"title": "', '"}\n{"title": "M", "year": 1931}'),
        ("title,year\n", ",1931\nM,1931"),
        (IMDB_HEADER + "\n", "\ntt0000001\tmovie\tM\t\\N\t0\t1931\t\\N\t\\N\t\\N"),
    ],
)
def test_a_line_without_end_is_refused_without_being_kept(begin: str, end: str) -> None:
    content = (begin + "x" * (MAX_ROW_CHARACTERS * 3) + end).encode()
    if begin.startswith("{"):  # the first line shows the format
        content = b'{"title": "Ran", "year": 1985}\n' + content
    *_, long, good = read_catalogue(io.BytesIO(content))
    assert isinstance(long, Refusal)
    assert "longer than a million" in long.reason
    assert isinstance(good, Row)
    only = list(read_catalogue(io.BytesIO(content[: -len(end)])))
    assert isinstance(only[-1], Refusal)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([b"", b"[", b'{"title":"', b"title,year\n", IMDB_HEADER.encode() + b"\n"]),
    st.binary(max_size=400),
)
def test_no_bytes_whatever_raise_anything_but_catalogue_error(begin: bytes, rest: bytes) -> None:
    for raw in (begin + rest, gzip.compress(begin + rest), b"\x1f\x8b\x08" + rest):
        try:
            rows = list(read_catalogue(io.BytesIO(raw)))
        except CatalogueError:
            continue
        assert all(isinstance(row, Row) or row.reason for row in rows)


def test_a_gzip_bomb_is_read_in_bounded_memory() -> None:
    bomb = gzip.compress(b'{"title": "M", "year": 1931}\n' + b"x" * 200_000_000)
    tracemalloc.start()
    first, last = read_catalogue(io.BytesIO(bomb))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(first, Row)
    assert isinstance(last, Refusal)
    assert peak < 20_000_000
