"""Statements about rows, written out once for each database and then sent straight to its driver.

What SQLAlchemy does anew whenever it executes a statement costs more than what SQLite takes to
answer it. Here it is done once: the statement's text, the values that stand in it, and what has to
become of moments, truth values and the like on their way in and out.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import Dialect, Executable, PoolProxiedConnection
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError

from forum.lib.columns import Columns, row_type, side_by_side
from forum.lib.postgresql import Answer, line_of, numbered

MOST_KEPT = 500
"""Statements that are remembered: all that are built at import, in many lengths of lists."""

Shape = tuple[str | tuple[str, int], ...]
"""Names of the values that a statement is given; of lists with how many they hold."""

_ONCE = "planned_once"

S = TypeVar("S", bound=Executable)


def planned_once(statement: S) -> S:
    """`statement`, which PostgreSQL may plan once for all values: a plan costs it five times what
    it takes to answer by a key.

    For what finds rows by keys, and for nothing that is listed in an order: the plan is made for
    values that are not known, and what is best for a question with three theories reads all that
    was ever written below one with thousands.
    """
    return statement.execution_options(**{_ONCE: True})


class Prepared:
    """One statement as a database's driver takes it.

    Args:
        statement: a SELECT, or an INSERT, UPDATE or DELETE, perhaps with RETURNING.
        shape: of the values that it will be given.
        kinds: what its rows consist of, one beside the other; they are one row each if it's empty.

    Raises:
        InvalidRequestError: it needs values besides these.
        ArgumentError: it leans on defaults of the model, which objects are for; or a value that
            expands is no list.
    """

    def __init__(
        self, statement: Any, dialect: Dialect, shape: Shape, kinds: tuple[Columns, ...]
    ) -> None:
        lists = {one[0]: [None] * one[1] for one in shape if isinstance(one, tuple)}
        blank = {one: None for one in shape if isinstance(one, str)} | lists
        compiled = statement.compile(dialect=dialect, column_keys=tuple(blank))
        if compiled.prefetch:
            raise ArgumentError(f"it leans on defaults of the model: {compiled}")
        written_out = compiled.construct_expanded_state(blank)
        self._dialect = dialect
        is_once = statement.is_dml or statement.get_execution_options().get(_ONCE)
        self._is_once = bool(is_once)
        self._sql = written_out.statement
        self._numbered = numbered(self._sql) if dialect.name == "postgresql" else None
        expanded = written_out.parameter_expansion
        if bare := (expanded.keys() & blank.keys()) - lists.keys():
            raise ArgumentError(f"these are to be given as lists: {', '.join(sorted(bare))}")
        self._names_in_lists = {name: expanded[name] for name in lists.keys() & expanded.keys()}
        self._writers = {
            name: write
            for bind, name in compiled.bind_names.items()
            if (write := bind.type.dialect_impl(dialect).bind_processor(dialect))
        }
        given = {*blank, *chain(*self._names_in_lists.values())}
        own = {n: value for n, value in written_out.parameters.items() if n not in given}
        self._own = self._written(own)
        columns: list[Any] = compiled._result_columns  # noqa: SLF001  # the only place that is exact
        self._types = [column.type.dialect_impl(dialect) for column in columns]
        row = row_type(column.keyname for column in columns)
        self._row: Callable[[Sequence[Any]], Any] = (
            partial(side_by_side, kinds) if kinds else row._make
        )
        self._readers: list[tuple[int, Callable[[Any], Any]]] | None = None

    def sent(self, connection: Connection, given: Mapping[str, Any]) -> list[Any]:
        """Run it, and give its rows: tuples whose values can be named like their columns.

        Raises:
            DBAPIError: what SQLAlchemy makes of the driver's errors.
        """
        values = self._own | self._written(given)
        if listeners := connection.engine.dispatch.before_cursor_execute:
            listeners(connection, None, self._sql, values, None, False)
        try:
            return self._rows(*self._answer(connection.connection, values))
        except self._dialect.loaded_dbapi.Error as problem:
            # As for every other statement: a lost connection leaves the pool, an error is wrapped.
            connection._handle_dbapi_exception(problem, self._sql, values, None, None)  # noqa: SLF001  # as above

    def _answer(self, taken: PoolProxiedConnection, values: dict[str, Any]) -> Answer:
        if self._numbered:
            sql, names = self._numbered
            given = [values[name] for name in names]
            return line_of(taken).answer(sql, given, once=self._is_once)
        driver: Any = taken.driver_connection
        cursor = driver.execute(self._sql, values)
        return cursor.fetchall(), [None] * len(self._types)

    def _written(self, values: Mapping[str, Any]) -> dict[str, Any]:
        written = dict(values)
        for name in self._writers.keys() & values.keys():
            write, value = self._writers[name], values[name]
            is_list = name in self._names_in_lists
            written[name] = [write(one) for one in value] if is_list else write(value)
        for name, names in self._names_in_lists.items():
            written.update(zip(names, written.pop(name, ()), strict=False))
        return written

    def _rows(self, found: Sequence[Sequence[Any]], kinds: Sequence[Any]) -> list[Any]:
        if self._readers is None:  # what is to be done depends on what the database says it gives
            self._readers = [
                (place, read)
                for place, (type, kind) in enumerate(zip(self._types, kinds, strict=True))
                if (read := type.result_processor(self._dialect, kind))
            ]
        if not self._readers:
            return list(map(self._row, found))
        rows = []
        for values in map(list, found):
            for place, read in self._readers:
                values[place] = read(values[place])
            rows.append(self._row(values))
        return rows


@lru_cache(MOST_KEPT)
def _prepared(
    statement: Any, dialect: Dialect, shape: Shape, kinds: tuple[Columns, ...]
) -> Prepared:
    return Prepared(statement, dialect, shape, kinds)


def prepared(
    statement: Any, dialect: Dialect, given: Mapping[str, Any], kinds: tuple[Columns, ...] = ()
) -> Prepared:
    """`statement` as `dialect` says it, made ready when it is first asked for with such values."""
    shape = tuple((n, len(v)) if isinstance(v, list) else n for n, v in given.items())
    return _prepared(statement, dialect, shape, kinds)
