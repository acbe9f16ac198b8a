"""Film lists for tests: read whole, in small pieces and gzipped, and given row by row."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

from forum.films.catalogue import CatalogueFilm, Refusal, Row, read_catalogue
from forum.films.catalogue.source import HEAD_CHARACTERS
from tests.programs import missing

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
"""The folder beside the checkout with lists, texts and designs; not everywhere."""

IMDB_HEADER = (
    "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear"
    "\truntimeMinutes\tgenres"
)


class Trickle(io.BytesIO):
    """A file that gives a few bytes at a time, so that every seam between pieces is met."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(5)


def read(content: bytes | str) -> list[Row | Refusal]:
    """Everything that a list gives; the same whether it comes whole, in small pieces or gzipped."""
    raw = content.encode() if isinstance(content, str) else content
    whole = list(read_catalogue(io.BytesIO(raw)))
    # White space first: what shows the format is read at once, and the seams come after it.
    padding = b" " * (HEAD_CHARACTERS - 4) if raw[:1] in (b"[", b"{") else b""
    assert list(read_catalogue(Trickle(padding + raw))) == whole
    assert list(read_catalogue(io.BytesIO(gzip.compress(raw)))) == whole
    return whole


def films(content: bytes | str) -> list[CatalogueFilm]:
    """The films of a list in which no row is refused."""
    rows = read(content)
    assert not [row for row in rows if isinstance(row, Refusal)], rows
    return [row.film for row in rows if isinstance(row, Row)]


def kept(row: dict[str, Any]) -> CatalogueFilm:
    """The film of one row, alone in a list."""
    (film,) = films(json.dumps([row]))
    return film


def refused(row: dict[str, Any]) -> str:
    """Why one row is refused, alone in a list."""
    (refusal,) = read(json.dumps([row]))
    assert isinstance(refusal, Refusal), refusal
    assert refusal.reason.endswith((".", ")"))
    return refusal.reason


def shared(name: str) -> Path:
    """A file of the shared folder; without it the test is skipped."""
    path = SHARED / name
    if not path.exists():
        missing(f"the shared file {name}")
    return path
