"""Film lists that an operator imports: read row by row, each row a film or a clear refusal.

No database here: what follows from a row is the import's business. Formats are known by content
(see `formats`), and a list may be of any size.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from forum.films.catalogue.entries import CatalogueFilm, RowRefused, film_of
from forum.films.catalogue.formats import rows_of
from forum.films.catalogue.source import CatalogueError, Damage, Found, Source
from forum.lib.markup import excerpt

__all__ = ["CatalogueError", "CatalogueFilm", "Refusal", "Row", "read_catalogue"]

_REMEMBERED = 250_000
"""Identifiers remembered to find repeats, some 40 MB at most; beyond it the database finds them."""

_SHOWN_TITLE = 80


@dataclass(frozen=True)
class Row:
    """A film that can be kept, and the line on which its row begins, from 1."""

    line: int
    film: CatalogueFilm


@dataclass(frozen=True)
class Refusal:
    """A row that can't be kept: its line, its title as far as there is one, and what to do."""

    line: int
    title: str
    reason: str


def read_catalogue(list_file: Path | BinaryIO) -> Iterator[Row | Refusal]:
    """Read a film list: JSON list, JSON lines, CSV or IMDb's title.basics, plain or gzipped.

    Of rows that share an identifier the first is kept and the others are refused. A file that
    breaks off gives its good rows, and a last refusal that says where it broke.

    Args:
        list_file: a path, or a file opened in binary mode, which stays open.

    Raises:
        CatalogueError: at the first row asked for, if the file can't be opened or is no film list.
    """
    if not isinstance(list_file, Path):
        yield from _read(list_file)
        return
    try:
        opened = list_file.open("rb")
    except OSError as error:
        raise CatalogueError(f"{list_file} can't be opened ({error.strerror}).") from error
    with opened:
        yield from _read(opened)


def _read(file: BinaryIO) -> Iterator[Row | Refusal]:
    rows = rows_of(Source(file))
    first_lines: dict[tuple[str, str], int] = {}
    while True:
        try:
            found = next(rows, None)
        except Damage as damage:
            yield Refusal(damage.line, "", str(damage))
            return
        if found is None:
            return
        yield _judged(found, first_lines)


def _judged(found: Found, first_lines: dict[tuple[str, str], int]) -> Row | Refusal:
    if found.fields is None:
        return Refusal(found.line, "", found.reason)
    try:
        film = film_of(found.fields)
    except RowRefused as refused:
        return Refusal(found.line, _shown(found.fields.get("title")), str(refused))
    for identifier in film.identifiers:
        if (line := first_lines.get(identifier)) is not None:
            return Refusal(
                found.line,
                _shown(film.title),
                f"The row at line {line} has the same {identifier[0]} identifier, {identifier[1]}: "
                "leave one of the two out.",
            )
    if len(first_lines) < _REMEMBERED:
        first_lines.update(dict.fromkeys(film.identifiers, found.line))
    return Row(found.line, film)


def _shown(title: object) -> str:
    """A title that may be anything, fit to be printed in a terminal."""
    if not isinstance(title, str):
        return ""
    printable = "".join(ch if ch.isprintable() else "�" for ch in title[: 2 * _SHOWN_TITLE])
    return excerpt(printable, _SHOWN_TITLE)
