"""Film lists in columns: CSV with a header, and IMDb's title.basics."""

import csv
import re
from collections.abc import Iterator

from forum.films.catalogue.entries import RUNTIMES
from forum.films.catalogue.source import (
    NOT_UTF8,
    TOO_LONG,
    CatalogueError,
    Found,
    Source,
    has_foreign_bytes,
)

IMDB_KINDS = frozenset(("movie", "tvMovie", "short"))
IMDB_COLUMNS = frozenset(("tconst", "titleType", "primaryTitle", "isAdult", "startYear"))
_CSV_COLUMNS = frozenset((
    "title", "year", "original_title", "directors", "runtime", "summary", "summary_source",
    "summary_licence", "imdb", "wikidata", "tmdb", "wikipedia",
))  # fmt: skip


def column(name: str) -> str:
    """A column's name as it is compared: "Original Title" is original_title."""
    return name.strip().strip('"').strip().casefold().replace(" ", "_")


class _CsvLines:
    """Feeds csv.reader, and remembers the number of the line that it is at."""

    def __init__(self, lines: Iterator[tuple[int, str | None]]) -> None:
        self._lines = lines
        self.number = 0

    def __iter__(self) -> "_CsvLines":
        return self

    def __next__(self) -> str:
        self.number, text = next(self._lines)
        if text is None:
            raise csv.Error(TOO_LONG)
        return text + "\n"


def csv_rows(source: Source, delimiter: str) -> Iterator[Found]:
    """The rows of a CSV whose first row names the columns; directors stand between ; or |.

    Raises:
        CatalogueError: the header can't be read.
        Damage: the file breaks off.
    """
    lines = _CsvLines(source.lines())
    # strict: a quotation mark that is never closed is an error and not a very long field.
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    columns: list[str] = []
    while True:
        line = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if not columns:
                raise CatalogueError(f"The header can't be read as CSV ({error}).") from error
            yield Found(
                line, None, f"The row can't be read as CSV ({error}): check its quotation marks."
            )
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = [column(name) for name in cells]
        else:
            yield _csv_row(line, columns, cells)


def _csv_row(line: int, columns: list[str], cells: list[str]) -> Found:
    if any(map(has_foreign_bytes, cells)):
        return Found(line, None, NOT_UTF8)
    if len(cells) != len(columns):
        counts = f"{len(cells)} columns and the header {len(columns)}"
        return Found(line, None, f"The row has {counts}: check its commas and quotation marks.")
    given: dict[str, object] = {
        name: cell.strip()
        for name, cell in zip(columns, cells, strict=True)
        if name in _CSV_COLUMNS and cell.strip()
    }
    for name in ("year", "runtime"):
        if name in given:
            given[name] = _number(str(given[name]))
    if "directors" in given:
        given["directors"] = re.split(r"[;|]", str(given["directors"]))
    return Found(line, given)


def imdb_rows(source: Source) -> Iterator[Found]:
    r"""IMDb's title.basics: no quoting, \N for nothing. Other kinds and adult titles are passed."""
    lines = source.lines()
    header = next((text for _, text in lines if text and text.strip()), "")
    columns = header.split("\t")
    for line, text in lines:
        if text is None or has_foreign_bytes(text):
            yield Found(line, None, NOT_UTF8 if text else TOO_LONG)
            continue
        if not text:
            continue
        cells = text.split("\t")
        if len(cells) != len(columns):
            counts = f"{len(cells)} columns and not {len(columns)}"
            yield Found(line, None, f"The row has {counts}: fetch the file again.")
            continue
        given = {
            name: cell for name, cell in zip(columns, cells, strict=True) if cell not in ("", r"\N")
        }
        if given.get("titleType") in IMDB_KINDS and given.get("isAdult") == "0":
            yield Found(line, _imdb_fields(given))


def _imdb_fields(given: dict[str, str]) -> dict[str, object]:
    fields: dict[str, object] = {
        "title": given.get("primaryTitle"),
        "original_title": given.get("originalTitle"),
        "year": _number(given["startYear"]) if "startYear" in given else None,
        "imdb": given.get("tconst"),
    }
    minutes = _number(given.get("runtimeMinutes", ""))
    # A few of its runtimes are 0 or weeks long; the film is right all the same.
    if minutes in RUNTIMES:
        fields["runtime"] = minutes
    return fields


def _number(text: str) -> object:
    """The whole number that `text` writes, else the text, to be refused."""
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else text
