"""Statements as PostgreSQL is sent them: each in one call, and those that say so planned once.

The driver's cursors send, wait and read in several steps. Each gives up Python's lock, and has it
back when another thread of the process gives it up in turn. One call can't be interrupted: it ends
when PostgreSQL answers (its ``statement_timeout`` sees to that), or is no longer there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.types.numeric import Int8Dumper
from sqlalchemy import PoolProxiedConnection

MOST_PLANS = 200
"""Plans that PostgreSQL keeps for one connection: each takes it some 50 kB."""

_LINE = "line"
_VALUE = re.compile(r"%\((\w+)\)s|%%")

Answer = tuple[list[tuple[Any, ...]], list[Any]]
"""The rows, and what the database calls the type of each of their values, if it says so."""


@dataclass(frozen=True, slots=True)
class _Context:
    """How values are said on a connection."""

    connection: "psycopg.Connection[Any]"
    adapters: AdaptersMap


class Line:
    """A connection. All plans that are kept on it are kept by its line.

    Args:
        driver: psycopg's connection, which itself prepares nothing.
    """

    def __init__(self, driver: "psycopg.Connection[Any]") -> None:
        adapters = AdaptersMap(driver.adapters)
        # One type for all integers: a plan is for values of certain types.
        adapters.register_dumper(int, Int8Dumper)
        self._libpq = driver.pgconn
        self._transformer = Transformer(_Context(driver, adapters))
        self._plans: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        self._numbers = count(1)

    def command(self, command: bytes) -> bytes:
        """Send a command that takes no values, such as BEGIN; what PostgreSQL says it has done.

        Raises:
            psycopg.Error: PostgreSQL refuses it, or is gone.
        """
        return _checked(self._libpq.exec_(command)).command_status or b""

    def answer(self, sql: bytes, values: Sequence[Any], *, once: bool) -> Answer:
        """Send a statement, and give what it is answered.

        Args:
            sql: with $1, $2 … where the values stand; see `numbered`.
            once: whether it is planned once, for all values.

        Raises:
            psycopg.Error: PostgreSQL refuses it, or is gone.
        """
        transformer = self._transformer
        given: Any = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types, formats = transformer.types or (), transformer.formats
        if once:
            result = self._by_plan(sql, types, given, formats)
        else:
            result = _checked(self._libpq.exec_params(sql, given, types, formats))
        transformer.set_pgresult(result)
        rows = transformer.load_rows(0, result.ntuples, tuple)
        transformer.set_pgresult(None)  # which may be long, and would be kept
        return rows, [result.ftype(place) for place in range(result.nfields)]

    def _by_plan(self, sql: bytes, types: tuple[int, ...], given: Any, formats: Any) -> PGresult:
        name = self._plans.get((sql, types)) or self._plan(sql, types)
        try:
            return _checked(self._libpq.exec_prepared(name, given, formats))
        except (FeatureNotSupported, InvalidSqlStatementName):
            self._plans.clear()  # a table has changed since, or somebody threw them away
            raise

    def _plan(self, sql: bytes, types: tuple[int, ...]) -> bytes:
        if len(self._plans) >= MOST_PLANS:
            self._plans.clear()
            self.command(b"DEALLOCATE ALL")
        name = b"plan_%d" % next(self._numbers)
        _checked(self._libpq.prepare(name, sql, types))
        self._plans[sql, types] = name
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
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    problem = error_from_result(result)
    if problem.sqlstate is None:  # nobody was there to say what is wrong
        raise psycopg.OperationalError(str(problem))
    raise problem
