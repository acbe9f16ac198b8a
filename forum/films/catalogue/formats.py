"""Which format a film list is in: known by its content, whatever its name."""

from collections.abc import Iterator

from forum.films.catalogue.json_lists import json_lines, json_list
from forum.films.catalogue.source import CatalogueError, Found, Source
from forum.films.catalogue.tables import IMDB_COLUMNS, column, csv_rows, imdb_rows

_KNOWN_FORMATS = (
    "a JSON list, JSON lines, CSV whose header has title and year, or IMDb's title.basics.tsv; "
    "each may be gzipped"
)


def rows_of(source: Source) -> Iterator[Found]:
    """The rows of a list in whichever format its content shows.

    Raises:
        CatalogueError: the content is in none of the known formats.
        Damage: from the iteration, where the file breaks off.
    """
    head = source.head.lstrip()
    if "\0" in head or head.startswith("\udcff\udcfe"):
        raise CatalogueError("The file is not UTF-8 text: save or unpack it as UTF-8.")
    if head.startswith("["):
        return json_list(source)
    first_line = head.partition("\n")[0].strip()
    if head.startswith("{"):
        if "\n" in head and not first_line.endswith("}"):
            raise CatalogueError(
                "The file begins with { but has no whole film on that line: "
                "write one film a line, or all as a list in [ ]."
            )
        return json_lines(source)
    columns = first_line.split("\t")
    if columns[0] == "tconst":
        if not set(columns) >= IMDB_COLUMNS:
            raise CatalogueError("This is another of IMDb's files: give title.basics.tsv.")
        return imdb_rows(source)
    for delimiter in (",", ";", "\t"):
        if {"title", "year"} <= {column(name) for name in first_line.split(delimiter)}:
            return csv_rows(source, delimiter)
    raise CatalogueError(f"The file is in no known format. Known are {_KNOWN_FORMATS}.")
