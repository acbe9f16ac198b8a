"""Conditions that read the same for an object in memory and for a column in SQL.

A permission is written once, with ``|``, ``&`` and the functions below, and then asked of a
row (Python booleans) or of a table (SQL expressions). ``and``, ``or``, ``not`` and ``in`` would
give a wrong filter without an error, so a law forbids them in those bodies.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, Boolean, Integer, bindparam, not_, or_
from sqlalchemy.sql.elements import SQLCoreOperations


def either(*conditions: Any) -> Any:
    """True where at least one of `conditions` (booleans or SQL expressions) holds."""
    columns = []
    for condition in conditions:
        if condition is True:
            return True
        if condition is not False:
            columns.append(condition)
    return or_(*columns) if columns else False


def negate(condition: Any) -> Any:
    """The opposite of a boolean or of an SQL expression; ``~True`` would be -2, which is true."""
    return not condition if isinstance(condition, bool) else not_(condition)


def among(value: Any, members: "Collection[Any] | BindParameter[Any]") -> Any:
    """Whether `value`, a plain value or a column, is one of `members`."""
    if isinstance(value, str | int):  # what is asked most: a row's value
        return value in members
    if isinstance(members, BindParameter):
        return value.in_(members)
    if not members:  # an empty list in SQL would keep an index from being used
        return False
    return value.in_(sorted(members)) if isinstance(value, SQLCoreOperations) else value in members


def given(value: Any) -> Any:
    """Whether `value`, a plain value or a column, is there at all: not None, not NULL."""
    if isinstance(value, SQLCoreOperations):
        return value.is_not(None)
    return value is not None


class _Anyone:
    """Stands for whoever will ask, in statements that are built once: what a permission reads of a
    viewer are parameters, whose values `asked_by()` gives when the statement is sent."""

    id = bindparam("viewer_id", type_=Integer)
    is_moderator = bindparam("viewer_is_moderator", type_=Boolean)
    seen: Any = bindparam("viewer_seen", expanding=True)
    moderates: Any = bindparam("viewer_moderates", expanding=True)


ANYONE: Any = _Anyone()
"""Whoever will ask; see `asked_by()`."""


def asked_by(viewer: Any, *, seen: bool = False) -> dict[str, Any]:
    """The parameters of a statement that was built for `ANYONE`, now that `viewer` asks.

    Args:
        seen: whether the statement reads which films the viewer has opened.
    """
    given = {
        "viewer_id": viewer.id,
        "viewer_is_moderator": viewer.is_moderator,
        "viewer_moderates": sorted(viewer.moderates),
    }
    return given | {"viewer_seen": sorted(viewer.seen)} if seen else given
