"""The first few rows of each of several groups, however many rows a group has."""

from typing import Any

from sqlalchemy import Select, true


def top_of_each(dialect: str, groups: Any, row: Any, first: Select[Any], wanted: Any) -> Any:
    """`wanted`, about the rows that come first in each of `groups`.

    A window function would read each group whole. PostgreSQL looks its first rows up by a lateral
    join; SQLite, which has none, by a subquery for each group.

    Args:
        dialect: "sqlite" or "postgresql".
        groups: has one row a group.
        row: the class of the rows, found by their `id`.
        first: the ids of one group's first rows: ordered, limited, correlated to `groups`.
        wanted: a SELECT of what is asked about `row`, which may not be joined yet.
    """
    if dialect == "postgresql":
        top = first.lateral()
        return wanted.join_from(groups, top, true()).join(row, row.id == top.c.id)
    return wanted.join_from(groups, row, row.id.in_(first))
