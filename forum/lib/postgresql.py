"""Statements as PostgreSQL is sent them: each in one call, and those that say so kept prepared.

The driver's cursors send, wait and read in several steps. At each of them another thread of the
process may go first, and is not done before it waits itself.
"""

import re
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.types.numeric import Int8Dumper
from sqlalchemy import PoolProxiedConnection

MOST_KEPT = 200
"""Statements that one connection keeps prepared: each takes PostgreSQL some 50 kB."""

_LINE = "line"
_VALUE = re.compile(r"%\((\w+)\)s|%%")

Answer = tuple[list[list[Any]], list[Any]]
"""The rows, and the number by which PostgreSQL knows the type of each of their values."""


class Line:
    """A connection, on which nobody else keeps statements prepared.

    Args:
        driver: psycopg's connection.
    """

    def __init__(self, driver: "psycopg.Connection[Any]") -> None:
        # One type for all integers: a statement is prepared for values of certain types.
        driver.adapters.register_dumper(int, Int8Dumper)
        self._libpq = driver.pgconn
        self._transformer = Transformer(driver)
        self._kept: dict[tuple[bytes, tuple[int, ...]], bytes] = {}

    def command(self, command: bytes) -> None:
        """Send a command that takes no values, such as BEGIN.

        Raises:
            psycopg.Error: PostgreSQL refuses it, or is gone.
        """
        _checked(self._libpq.exec_(command))

    def answer(self, sql: bytes, values: Sequence[Any], *, keep: bool) -> Answer:
        """Send a statement, and give what it is answered.

        Args:
            sql: with $1, $2 … where the values stand; see `numbered`.
            keep: whether it is kept prepared: planned once, for all values.

        Raises:
            psycopg.Error: PostgreSQL refuses it, or is gone.
        """
        transformer = self._transformer
        given: Any = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types, formats = transformer.types or (), transformer.formats
        if keep:
            name = self._kept.get((sql, types)) or self._prepare(sql, types)
            result = _checked(self._libpq.exec_prepared(name, given, formats))
        else:
            result = _checked(self._libpq.exec_params(sql, given, types, formats))
        transformer.set_pgresult(result)
        rows = transformer.load_rows(0, result.ntuples, list)
        transformer.set_pgresult(None)  # which may be long, and would be kept
        return rows, [result.ftype(place) for place in range(result.nfields)]

    def _prepare(self, sql: bytes, types: tuple[int, ...]) -> bytes:
        if len(self._kept) == MOST_KEPT:
            self.command(b"DEALLOCATE ALL")
            self._kept.clear()
        name = b"kept_%d" % len(self._kept)
        _checked(self._libpq.prepare(name, sql, types))
        self._kept[sql, types] = name
        return name


def open_line(driver: Any, record: Any) -> None:
    """When a pool connects: make the connection ready."""
    driver.autocommit = True  # what is to be a transaction is begun by those who write
    record.info[_LINE] = Line(driver)


def line_of(taken: PoolProxiedConnection) -> Line:
    """The connection that was taken out of the pool."""
    line: Line = taken.info[_LINE]
    return line


def numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """`sql` with $1, $2 … in place of ``%(name)s``, and the names in this order."""
    places: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        name = found[1]
        return f"${places.setdefault(name, len(places) + 1)}" if name else "%"

    return _VALUE.sub(place, sql).encode(), tuple(places)


def _checked(result: PGresult) -> PGresult:
    if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise error_from_result(result)
    return result
