"""Conditions that read the same for an object in memory and for a column in SQL.

A permission is written once, with ``|``, ``&`` and the three functions below, and then asked of a
row (Python booleans) or of a table (SQL expressions). ``and``, ``or``, ``not`` and ``in`` would
give a wrong filter without an error, so a law forbids them in those bodies.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import not_, or_
from sqlalchemy.sql.elements import SQLCoreOperations


def either(*conditions: Any) -> Any:
    """True where at least one of `conditions` (booleans or SQL expressions) holds."""
    if any(condition is True for condition in conditions):
        return True
    columns = [condition for condition in conditions if condition is not False]
    if not columns:
        return False
    return or_(*columns)


def negate(condition: Any) -> Any:
    """The opposite of a boolean or of an SQL expression; ``~True`` would be -2, which is true."""
    return not condition if isinstance(condition, bool) else not_(condition)


def among(value: Any, members: Collection[Any]) -> Any:
    """Whether `value`, a plain value or a column, is one of `members`."""
    if isinstance(value, SQLCoreOperations):
        return value.in_(sorted(members))
    return value in members
