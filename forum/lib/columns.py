"""Some columns of a model, read as rows in place of objects where nobody changes anything.

A row has the names and the properties of its model. No session looks after it: it is made and
asked faster than an object, and stays as it was read.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase


def row_type(names: Iterable[str]) -> Any:
    """A named tuple with these fields; names that can't be fields have their places alone."""
    return namedtuple("Row", list(names), rename=True)


class Columns:
    """What is read of a model: ``select(*Columns(Film))``.

    Args:
        of: the model.
        only: names of the columns to read; all if there are none.
        without: names of those that are left out, such as long texts.
    """

    def __init__(
        self, of: type[DeclarativeBase], *, only: Sequence[str] = (), without: Sequence[str] = ()
    ) -> None:
        table = of.__table__
        assert isinstance(table, Table)
        self._columns: list[ColumnElement[Any]] = [
            column
            for column in table.c
            if column.name in (only or table.c) and column.name not in without
        ]
        properties = {
            name: property(it.fget)
            for name, it in vars(of).items()
            if isinstance(it, property | hybrid_property)
        }
        plain = row_type(str(column.key) for column in self._columns)
        row: Any = type(of.__name__, (plain,), {"__slots__": (), **properties})
        self.row: Callable[[Sequence[Any]], Any] = row._make
        """Makes a row of values in the order of the columns."""

    def __iter__(self) -> Iterator[ColumnElement[Any]]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def of(self, alias: Any) -> list[ColumnElement[Any]]:
        """The same columns of an alias of the model."""
        return [getattr(alias, str(column.key)) for column in self._columns]


def side_by_side(kinds: Sequence[Columns], values: Sequence[Any]) -> tuple[Any, ...]:
    """The values of one row of a SELECT as a row of each of `kinds`, in this order, then what it
    selects besides."""
    found, at = [], 0
    for kind in kinds:
        found.append(kind.row(values[at : at + len(kind)]))
        at += len(kind)
    return (*found, *values[at:])
