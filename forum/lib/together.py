"""Changes that belong together, in as few statements as a database allows."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from forum.lib.database import run, session


def run_together(given: Mapping[str, Any], statement: Any, *along: Any) -> list[Any]:
    """Run a statement, and changes of other rows along with it, in this session's transaction.

    PostgreSQL takes them as one statement, in an order of its own: none may need what another one
    does, and whatever locks have an order are to be held already. SQLite's WITH takes no changes.

    Args:
        given: their values, by the names that they have in all of them.
        along: statements built once, as for `run`.

    Returns:
        The rows of `statement`, if it has any.

    Raises:
        DBAPIError: the database refuses one of them.
    """
    if session().get_bind().dialect.name == "postgresql":
        return run(_joined(statement, along), given)
    for change in along:
        run(change, given)
    return run(statement, given)


@cache
def _joined(statement: Any, along: tuple[Any, ...]) -> Any:
    return statement.add_cte(*(change.cte() for change in along))
