"""A generated forum for tests: as small as the standard film allows."""

from datetime import UTC, datetime
from pathlib import Path

from benchmarks.generator import Building
from benchmarks.sizes import Size
from forum.lib.database import db

TINY = Size("tiny", films=12, fans=1_200, theories=100, replies=500, votes=7_000, longest_thread=25)
NOW = datetime.now(UTC)


def building(real: Path, seed: int = 1, full: int = 60_000) -> Building:
    """The tiny forum on the current application's database; `real` is a folder without texts."""
    return Building(db.engine, TINY, seed, NOW, real=real, full=full)


def quiet(_what: str, _count: int, _of: int) -> None:
    """Progress that nobody follows."""
