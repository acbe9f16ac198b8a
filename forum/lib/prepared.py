"""Statements about rows, written out once for each database and then sent straight to its driver.

What SQLAlchemy does anew whenever it executes a statement costs more than what SQLite takes to
answer it. Here it is done once: the statement's text, the values that stand in it, and what has to
become of moments, truth values and the like on their way in and out.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError

MOST_KEPT = 500
"""Statements that are remembered: far more than are built at import."""


class Prepared:
    """One statement as a database's driver takes it.

    Args:
        statement: a SELECT, or an INSERT, UPDATE or DELETE, perhaps with RETURNING.
        names: of the values that it will be given.

    Raises:
        InvalidRequestError: it needs values besides these.
        ArgumentError: it leans on defaults of the model, which objects are for.
    """

    def __init__(self, statement: Any, dialect: Dialect, names: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=names)
        if compiled.prefetch:
            raise ArgumentError(f"it leans on defaults of the model: {compiled}")
        written_out = compiled.construct_expanded_state(dict.fromkeys(names))
        self._dialect = dialect
        self._sql = written_out.statement
        self._writers = {
            name: write
            for bind, name in compiled.bind_names.items()
            if (write := bind.type.dialect_impl(dialect).bind_processor(dialect))
        }
        own = {n: value for n, value in written_out.parameters.items() if n not in names}
        self._own = self._written(own)
        columns: list[Any] = compiled._result_columns  # noqa: SLF001  # the only place that is exact
        self._types = [column.type.dialect_impl(dialect) for column in columns]
        self._row = _row_of([column.keyname for column in columns])
        self._readers: list[tuple[int, Callable[[Any], Any]]] | None = None

    def sent(self, connection: Connection, given: Mapping[str, Any]) -> list[Any]:
        """Run it, and give its rows: tuples whose values can be named like their columns.

        Raises:
            DBAPIError: what SQLAlchemy makes of the driver's errors.
        """
        values = self._own | self._written(given)
        # Whoever listens for statements hears of this one too.
        connection.engine.dispatch.before_cursor_execute(
            connection, None, self._sql, values, None, False
        )
        driver: Any = connection.connection.driver_connection
        try:
            cursor = driver.execute(self._sql, values)
            return self._rows(cursor) if self._types else []
        except self._dialect.loaded_dbapi.Error as problem:
            # As for every other statement: a lost connection leaves the pool, an error is wrapped.
            connection._handle_dbapi_exception(problem, self._sql, values, None, None)  # noqa: SLF001  # as above

    def _written(self, values: Mapping[str, Any]) -> dict[str, Any]:
        written = dict(values)
        for name in self._writers.keys() & values.keys():
            written[name] = self._writers[name](values[name])
        return written

    def _rows(self, cursor: Any) -> list[Any]:
        if self._readers is None:  # what is to be done depends on what the database says it gives
            pairs = zip(self._types, cursor.description, strict=True)
            self._readers = [
                (place, read)
                for place, (type, column) in enumerate(pairs)
                if (read := type.result_processor(self._dialect, column[1]))
            ]
        rows = []
        for values in map(list, cursor.fetchall()):
            for place, read in self._readers:
                values[place] = read(values[place])
            rows.append(self._row._make(values))
        return rows


def _row_of(names: list[str]) -> Any:
    return namedtuple("Row", names, rename=True)


@lru_cache(MOST_KEPT)
def prepared(statement: Any, dialect: Dialect, names: tuple[str, ...]) -> Prepared:
    """`statement` as `dialect` says it, made ready when it is first asked for."""
    return Prepared(statement, dialect, names)
