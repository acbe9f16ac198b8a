"""Cached numbers: each derived column with the SELECT that it caches.

Acts change a counter by an SQL delta under the row's lock; `drifted()` compares every one with its
recount, and `recount()` heals it.
"""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Update, bindparam, text, update
from sqlalchemy.orm import InstrumentedAttribute

from forum.lib.database import Base, run, session


@dataclass(frozen=True, slots=True)
class Counter:
    """`table.column` caches `select`, a correlated scalar query in SQL that both databases read."""

    table: str
    column: str
    select: str
    where: str = "TRUE"

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"


@dataclass(frozen=True, slots=True)
class Drift:
    """One row whose cached number differs from its recount."""

    counter: str
    id: int
    cached: float
    counted: float

    def __str__(self) -> str:
        return f"{self.counter} of {self.id}: {self.cached} kept, {self.counted} counted"


_STANDING = "p.state = 'published'"


def _votes(what: str, value: int) -> str:
    return (
        f"SELECT COALESCE({what}, 0) FROM votes v WHERE v.post_id = posts.id AND v.value = {value}"
    )


def _posts(condition: str, what: str = "COUNT(*)") -> str:
    return f"SELECT COALESCE({what}, 0) FROM posts p WHERE {_STANDING} AND {condition}"


_SHOWN_VOTES = "p.type = 'theory' AND NOT p.blind"
_THREAD, _THEORY = "posts.type = 'thread'", "posts.type = 'theory'"

COUNTERS: tuple[Counter, ...] = (
    Counter("posts", "ups", _votes("COUNT(*)", 1)),
    Counter("posts", "downs", _votes("COUNT(*)", -1)),
    Counter("posts", "ups_weight", _votes("SUM(v.weight)", 1)),
    Counter("posts", "downs_weight", _votes("SUM(v.weight)", -1)),
    Counter(
        "posts",
        "theory_count",
        _posts("p.thread_id = posts.id AND p.type = 'theory'"),
        _THREAD,
    ),
    Counter(
        "posts",
        "vote_count",
        _posts(f"p.thread_id = posts.id AND {_SHOWN_VOTES}", "SUM(p.vote_count)"),
        _THREAD,
    ),
    Counter(
        "posts",
        "vote_count",
        "SELECT COUNT(*) FROM votes v WHERE v.post_id = posts.id",
        "posts.type <> 'thread'",
    ),
    Counter("posts", "reply_count", _posts("p.theory_id = posts.id"), _THEORY),
    Counter(
        "posts",
        "supports_count",
        _posts("p.theory_id = posts.id AND p.stance = 'supports'"),
        _THEORY,
    ),
    Counter(
        "posts",
        "challenges_count",
        _posts("p.theory_id = posts.id AND p.stance = 'challenges'"),
        _THEORY,
    ),
    Counter("films", "thread_count", _posts("p.film_id = films.id AND p.type = 'thread'")),
    Counter("films", "theory_count", _posts("p.film_id = films.id AND p.type = 'theory'")),
    Counter(
        "films",
        "vote_count",
        _posts(f"p.film_id = films.id AND {_SHOWN_VOTES}", "SUM(p.vote_count)"),
    ),
    Counter("users", "theory_count", _posts("p.author_id = users.id AND p.type = 'theory'")),
    Counter("users", "reply_count", _posts("p.author_id = users.id AND p.type = 'reply'")),
    Counter("users", "thread_count", _posts("p.author_id = users.id AND p.type = 'thread'")),
)


def apply_delta(row: InstrumentedAttribute[int], id: int, **deltas: float) -> None:
    """Add `deltas` (column name → amount) to the row of ``row``'s table with primary key `id`.

    Args:
        row: the table's primary key, such as ``Post.id``.
        id: which row.
        deltas: amounts, negative ones included; zeros are left out.
    """
    names = tuple(name for name, by in deltas.items() if by)
    if names:
        more = {f"more_{name}": deltas[name] for name in names}
        run(_adding(row.class_.__tablename__, names), more | {"row_id": id})


@cache
def _adding(table_name: str, names: tuple[str, ...]) -> Update:
    """The statement that adds to some columns of one row; each is built once."""
    table = Base.metadata.tables[table_name]
    changes = {name: table.c[name] + bindparam(f"more_{name}") for name in names}
    return update(table).where(table.c.id == bindparam("row_id")).values(changes)


def drifted() -> list[Drift]:
    """Every row whose cached number differs from its recount by more than 1e-9."""
    found = []
    for counter in COUNTERS:
        rows = session().execute(
            text(
                f"SELECT id, {counter.column}, ({counter.select}) FROM {counter.table}"
                f" WHERE {counter.where} AND ABS({counter.column} - ({counter.select})) > 1e-9"
                " ORDER BY id"
            )
        )
        found += [Drift(counter.name, id, cached, counted) for id, cached, counted in rows]
    return found


def recount() -> None:
    """Set every cached number to its recount, in the order in which they rest on one another.

    Acts may go on meanwhile: what differs is locked first, in the order that all acts keep, and
    counted only then. SQLite has one lock, which is held already.
    """
    is_postgresql = session().get_bind().dialect.name == "postgresql"
    ids = _to_lock() if is_postgresql else {}
    for table, locked in ids.items():
        session().execute(
            text(f"SELECT id FROM {table} WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE"),
            {"ids": locked},
        )
    for counter in sorted(COUNTERS, key=lambda c: c.where == _THREAD or c.table != "posts"):
        session().execute(
            text(
                f"UPDATE {counter.table} SET {counter.column} = ({counter.select})"
                f" WHERE {counter.where} AND ABS({counter.column} - ({counter.select})) > 1e-9"
                + (" AND id = ANY(:ids)" if is_postgresql else "")
            ),
            {"ids": ids[counter.table]} if is_postgresql else {},
        )


def _to_lock() -> dict[str, list[int]]:
    """Ids of the rows that differ, and of those that rest on them, by table in lock order."""
    ids: dict[str, set[int]] = {"users": set(), "posts": set(), "films": set()}
    for drift in drifted():
        ids[drift.counter.partition(".")[0]].add(drift.id)
    above = session().execute(
        text("SELECT thread_id, film_id FROM posts WHERE id = ANY(:ids)"),
        {"ids": list(ids["posts"])},
    )
    for thread_id, film_id in above:
        ids["posts"] |= {thread_id} - {None}
        ids["films"].add(film_id)
    return {table: sorted(found) for table, found in ids.items()}
