"""Links that lists of every kind have: the next page, other orders."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request


@dataclass(frozen=True, slots=True)
class Order:
    """A link to the same list in another order, or with other rows.

    Attributes:
        explanation: one sentence for the person, "" if none is needed.
        stance: of the replies there, where they are of one.
    """

    key: str
    label: str
    url: str
    current: bool
    explanation: str = ""
    stance: str | None = None


@dataclass(frozen=True, slots=True)
class Pager:
    """Links to other pages of a list."""

    next_url: str | None
    first_url: str | None


def pager(next_cursor: str | None) -> Pager:
    """Links to the next page and, where this isn't the first, back to it; other parameters stay."""
    return Pager(
        next_url=with_query(after=next_cursor) if next_cursor else None,
        first_url=with_query(after=None) if request.args.get("after") else None,
    )


def with_query(**changes: str | None) -> str:
    """This page's address with some parameters set, or taken out where they are None.

    Where the page in a list is not among `changes` it is taken out too: it belongs to another list.
    """
    query = {k: v for k, v in request.args.items() if k not in ("after", "said")}
    query.update({k: v for k, v in changes.items() if v is not None})
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
    encoded = urlencode(query)
    return f"{request.path}?{encoded}" if encoded else request.path
