"""Ids that are known before their rows are written."""

from functools import cache
from typing import Any

from sqlalchemy import Select, Table, func, select

from forum.lib.database import Base, run, session, table_of


def next_id(model: type[Base]) -> int:
    """The id for a new row of `model`, within a unit of work: nobody else is given it."""
    is_sqlite = session().get_bind().dialect.name == "sqlite"
    (row,) = run((_after_the_largest if is_sqlite else _drawn)(table_of(model)))
    id: int = row[0]
    return id


@cache
def _drawn(table: Table) -> Select[Any]:
    return select(func.nextval(func.pg_get_serial_sequence(table.name, "id")))


@cache
def _after_the_largest(table: Table) -> Select[Any]:
    # As SQLite finds it by itself; only one writes at a time.
    return select(func.coalesce(func.max(table.c.id), 0) + 1)
