"""Rows into a database: COPY on PostgreSQL, executemany on SQLite; a batch is one transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.engine import Connection

from benchmarks.generator.rows import ORDER, RowClass, names
from forum.lib.engines import writing_allowed

FULL = 60_000
"""Rows that a batch holds before it is written."""

Row = Any
"""An object of one of the classes of `rows`."""


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A writing transaction past the session: what is built needs no unit of work."""
    with writing_allowed(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # the forum's own limit is for its pages
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield connection


class Batch:
    """Rows on their way into a database; what `write` was called for is committed.

    Args:
        engine: the database.
        full: how many rows make a batch full.
    """

    def __init__(self, engine: Engine, full: int = FULL) -> None:
        self._engine = engine
        self._full = full
        self._waiting: defaultdict[RowClass, list[Row]] = defaultdict(list)
        self._count = 0

    def add(self, row: Row) -> None:
        """Let one row wait."""
        self._waiting[type(row)].append(row)
        self._count += 1

    def add_all(self, rows: Iterable[Row]) -> None:
        """Let several rows wait."""
        for row in rows:
            self.add(row)

    @property
    def is_full(self) -> bool:
        return self._count >= self._full

    def write(self) -> None:
        """Write what waits, in one transaction."""
        with transaction(self._engine) as connection:
            is_sqlite = connection.dialect.name == "sqlite"
            write = _insert if is_sqlite else _copy
            if not is_sqlite:  # whether rows point to rows that are there, the tests ask
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for row_class in ORDER:
                if self._waiting[row_class]:
                    write(connection, row_class, self._waiting[row_class])
        self._waiting.clear()
        self._count = 0


def largest_id(connection: Connection, model: Any) -> int:
    """The largest id of a table, 0 if it is empty."""
    largest: int = connection.execute(select(func.coalesce(func.max(model.id), 0))).scalar_one()
    return largest


def number_on(connection: Connection) -> None:
    """Let the database number on after the ids that were given; SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in ("users", "sessions", "films", "posts", "cases"):
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
            f"(SELECT COALESCE(MAX(id), 0) + 1 FROM {table}), false)"
        )


def _insert(connection: Connection, row_class: RowClass, rows: list[Row]) -> None:
    columns = names(row_class)
    table = row_class.model.__tablename__
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    tuples = list(_tuples(connection, row_class, rows))
    connection.connection.cursor().executemany(statement, tuples)


def _copy(connection: Connection, row_class: RowClass, rows: list[Row]) -> None:
    columns = ", ".join(names(row_class))
    statement = f"COPY {row_class.model.__tablename__} ({columns}) FROM STDIN"
    with connection.connection.cursor().copy(statement) as copy:
        for values in _tuples(connection, row_class, rows):
            copy.write_row(values)


def _tuples(
    connection: Connection, row_class: RowClass, rows: list[Row]
) -> Iterable[tuple[Any, ...]]:
    """The rows as the driver takes them: each value through its column's own type."""
    columns = names(row_class)
    values = map(attrgetter(*columns), rows)
    converters = _converters(connection, row_class)
    if not converters:
        return values
    return (_converted(row, converters) for row in values)


def _converted(row: tuple[Any, ...], converters: list[tuple[int, Callable[[Any], Any]]]) -> Any:
    changed = list(row)
    for place, convert in converters:
        changed[place] = convert(changed[place])
    return changed


def _converters(
    connection: Connection, row_class: RowClass
) -> list[tuple[int, Callable[[Any], Any]]]:
    """(Place in the row, conversion) of the columns that need one."""
    table = row_class.model.__table__
    found = []
    for place, name in enumerate(names(row_class)):
        kind = table.c[name].type.dialect_impl(connection.dialect)
        convert = kind.bind_processor(connection.dialect)
        if convert is not None:
            found.append((place, convert))
    return found
