"""Paging by key: a page starts after the last row of the one before, whatever was added."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_
from sqlalchemy.orm import QueryableAttribute

from forum.lib.addresses import LARGEST_ID
from forum.lib.database import session
from forum.lib.moments import UTCDateTime

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows in order.

    Attributes:
        items: the rows.
        next: the cursor of the page after this one, or None at the end.
    """

    items: Sequence[T]
    next: str | None


class Keyset:
    """An order of rows by columns that together are unique.

    Args:
        columns: pairs of a column and "asc" or "desc", the primary key last.
    """

    def __init__(self, *columns: tuple[QueryableAttribute[Any], str]) -> None:
        self.columns = columns

    def order(self) -> list[ColumnElement[Any]]:
        """The ORDER BY clause."""
        return [c.desc() if way == "desc" else c.asc() for c, way in self.columns]

    def beyond(self) -> ColumnElement[bool]:
        """The condition that selects what comes after a cursor, whose values are `given()`."""
        # As parameters: truth values can't be compared otherwise.
        values = [bindparam(f"after_{n}", type_=c.type) for n, (c, _) in enumerate(self.columns)]
        branches = []
        for depth, (column, way) in enumerate(self.columns):
            equal = [c == v for (c, _), v in zip(self.columns, values[:depth], strict=False)]
            further = column < values[depth] if way == "desc" else column > values[depth]
            branches.append(and_(*equal, further))
        first, way = self.columns[0]
        # Implied by the branches; said so that an index on the first column bounds the scan.
        bound = first <= values[0] if way == "desc" else first >= values[0]
        return and_(bound, or_(*branches))

    def given(self, cursor: str | None) -> dict[str, Any]:
        """What a cursor says, as parameters of `beyond()`; nothing if it is no cursor of ours."""
        parts = (cursor or "").split("~")
        if len(parts) != len(self.columns):
            return {}
        try:
            pairs = zip(self.columns, parts, strict=True)
            return {f"after_{n}": _parse(c, part) for n, ((c, _), part) in enumerate(pairs)}
        except (ValueError, OverflowError, KeyError):
            return {}

    def cursor(self, row: Any) -> str:
        """The cursor that stands for `row`."""
        return "~".join(_encode(getattr(row, column.key)) for column, _ in self.columns)

    def page(self, statement: Select[Any], cursor: str | None, size: int) -> Page[Any]:
        """Run `statement`, which selects one thing, for one page.

        Args:
            statement: what to select, without an order.
            cursor: where the page before ended; None or nonsense gives the first page.
            size: rows a page.
        """
        found = session().scalars(self._at(statement, cursor, size)).all()
        return self.cut(found, size)

    def page_of_rows(self, statement: Any, cursor: str | None, size: int) -> Page[Any]:
        """The same for a SELECT of several things; the first has the columns of the order."""
        found = session().execute(self._at(statement, cursor, size)).all()
        return self.cut(found, size, itemgetter(0))

    def _at(self, statement: Select[Any], cursor: str | None, size: int) -> Select[Any]:
        given = self.given(cursor)
        return self.limited(statement, size, later=bool(given)).params(given)

    def limited(self, statement: Select[Any], size: int, *, later: bool = False) -> Select[Any]:
        """`statement` for one page and one row more: the first, or one that `given()` leads to."""
        if later:
            statement = statement.where(self.beyond())
        return statement.order_by(*self.order()).limit(size + 1)

    def cut(
        self, items: Sequence[Any], size: int, row_of: Callable[[Any], Any] = lambda item: item
    ) -> Page[Any]:
        """The page that `items` are, which a statement of `limited()` gave.

        Args:
            row_of: gives what has the columns of the order out of an item.
        """
        more = len(items) > size
        return Page(items[:size], self.cursor(row_of(items[size - 1])) if more else None)


def _encode(value: Any) -> str:
    if isinstance(value, str):  # a title may hold the mark that stands between values
        return value.replace("%", "%25").replace("~", "%7E")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _parse(column: QueryableAttribute[Any], text: str) -> Any:
    if isinstance(column.type, UTCDateTime):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("a cursor's time has a zone")
        return moment.astimezone(UTC)  # fails here, and not in the query, beyond the calendar
    python_type = column.type.python_type
    if python_type is bool:
        return {"True": True, "False": False}[text]
    if python_type is str:
        if "\0" in text:
            raise ValueError("a cursor's text is one that a database takes")
        return text.replace("%7E", "~").replace("%25", "%")
    value = python_type(text)
    if python_type is int and abs(value) > LARGEST_ID:
        raise ValueError("beyond every id")
    if python_type is float and math.isnan(value):
        raise ValueError("no number")
    return value
