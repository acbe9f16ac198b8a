"""Builds lifelike forums: a few fans write most of it, a few films are argued about most.

What is built depends on size and seed alone, but for the times, which end shortly before the
building. It goes film by film, a batch of rows a transaction, and goes on where it was stopped:
which films are there says how far it came.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.engine import Connection

from benchmarks.generator import people, plan
from benchmarks.generator.arguments import Argument, address_of
from benchmarks.generator.bulk import bulk_load
from benchmarks.generator.rows import FilmRow
from benchmarks.generator.texts import Texts, catalogue
from benchmarks.generator.writing import FULL, Batch, largest_id, number_on, transaction
from benchmarks.places import TEXTS
from benchmarks.sizes import Size
from forum.accounts.models import User
from forum.films.catalogue import CatalogueFilm
from forum.films.models import Film
from forum.lib.text import folded, initial, sort_key
from forum.theories.models import Post

AGE = timedelta(days=900)
"""How long the forum has been open."""

QUIET = timedelta(hours=2)
"""Between the last vote and the building, so that no fan's quota is used up."""

STANDARD_TITLE = "The Standard Film"

Progress = Callable[[str, int, int], None]
"""Told what is being made, how many there are now, and how many there will be."""


@dataclass(frozen=True, slots=True)
class Building:
    """A forum that is built.

    Attributes:
        engine: its database, migrated, and empty or filled in part.
        seed: the same gives the same forum.
        now: the moment of building; the same for every part of it.
        real: the folder of real texts and films; where it is missing they are generated.
        full: how many rows a transaction writes.
    """

    engine: Engine
    size: Size
    seed: int
    now: datetime
    real: Path = TEXTS
    full: int = FULL

    def build(self, progress: Progress) -> None:
        """Fill the database, or go on filling it; `progress` is called from time to time."""
        self._fans()
        progress("fans", self.size.fans, self.size.fans)
        with bulk_load(self.engine):
            for done in self._films():
                progress("films", done, self.size.films)
        with transaction(self.engine) as connection:
            _count_posts_of_fans(connection)
            number_on(connection)
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("ANALYZE")

    @property
    def _opened(self) -> datetime:
        return self.now - AGE

    def _fans(self) -> None:
        with self.engine.connect() as connection:
            there = connection.execute(select(func.count()).select_from(User)).scalar_one()
        if there < self.size.fans:
            batch = Batch(self.engine)
            batch.add_all(people.fans(self.size.fans, self.seed, self._opened, self.now))
            batch.write()

    def _films(self) -> Iterator[int]:
        """Write the films that are missing; gives how many are there after each batch."""
        with self.engine.connect() as connection:
            done = largest_id(connection, Film)
            next_post = largest_id(connection, Post) + 1
        if done == self.size.films:
            return
        shares = plan.shares(self.size, self.seed)
        everybody = people.crowd(self.size.fans, self.seed)
        authors = people.authors(self.size.fans, self.seed)
        entries = [CatalogueFilm(STANDARD_TITLE, 2001), *catalogue(self.real, self.size.films - 1)]
        batch = Batch(self.engine, self.full)
        for film_id in range(done + 1, self.size.films + 1):
            argument = Argument(
                film=film_row(entries[film_id - 1], film_id, self._opened),
                share=shares.of(film_id),
                next_id=next_post,
                texts=Texts.of(self.real),
                crowd=authors if film_id == plan.STANDARD_FILM else everybody,
                until=self.now - QUIET,
                rng=random.Random(f"{self.seed}:film:{film_id}"),
            )
            batch.add_all(argument.rows())
            next_post = argument.next_id
            if batch.is_full or film_id == self.size.films:
                batch.write()
                yield film_id


def film_row(entry: CatalogueFilm, film_id: int, opened: datetime) -> FilmRow:
    """The row of a catalogue's film, added two months after the forum `opened`."""
    return FilmRow(
        id=film_id,
        slug=address_of(entry.title, entry.year, film_id),
        title=entry.title,
        title_key=sort_key(entry.title),
        search_key=folded(f"{entry.title} {entry.original_title or ''}").strip(),
        initial=initial(entry.title),
        original_title=entry.original_title,
        year=entry.year,
        runtime=entry.runtime,
        directors=list(entry.directors),
        summary=entry.summary,
        summary_source=entry.summary_source,
        summary_licence=entry.summary_licence,
        notes=[],
        created_at=opened + timedelta(days=60),
    )


def _count_posts_of_fans(connection: Connection) -> None:
    kinds = {"thread": "thread_count", "theory": "theory_count", "reply": "reply_count"}
    for kind, column in kinds.items():
        connection.execute(
            text(
                f"UPDATE users SET {column} = written.n FROM"
                " (SELECT author_id, COUNT(*) AS n FROM posts"
                " WHERE type = :kind AND state = 'published' GROUP BY author_id) AS written"
                " WHERE users.id = written.author_id"
            ),
            {"kind": kind},
        )
