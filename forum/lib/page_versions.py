"""What the pages that guests share are made of: a version for each film, each question, the site.

A trigger gives a film and a question a new version whenever a row changes that their pages show, in
the same transaction, so that no act can forget it. Versions are random: a database that was
restored to what it was never gives an old version to a new content.
"""

import time
from collections.abc import Callable, Sequence

import structlog
from flask import request
from redis import Redis, RedisError
from sqlalchemy import BigInteger, Engine, String, bindparam, cast, func, select
from sqlalchemy.orm import Mapped, mapped_column

from forum.lib.database import Base, run, session, table_of
from forum.lib.prepared import planned_once

log = structlog.get_logger()

SITE = "site"
"""The key of pages that show what goes on everywhere."""

KEPT_FOR = 1.0
"""Seconds for which versions read from PostgreSQL are believed without asking again."""

RETRY_REDIS_AFTER = 5.0
"""Seconds without Redis after it has failed."""

_STAMP = "foyer:stamp"
_PLACE = "foyer.made_of"

Versions = tuple[int, ...]


class PageVersion(Base):
    """The version of what one page shows; see `film_key`, `thread_key` and `SITE`."""

    __tablename__ = "page_versions"

    key: Mapped[str] = mapped_column(String(30), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


def film_key(film_id: int) -> str:
    """The key of a film's own facts: its title, its notes, what its makers said."""
    return f"film {film_id}"


def argued_key(film_id: int) -> str:
    """The key of all that is argued about a film."""
    return f"argued {film_id}"


def thread_key(thread_id: int) -> str:
    """The key of a question with its theories and replies."""
    return f"thread {thread_id}"


def made_of(*keys: str, film_id: int = 0) -> None:
    """Say of the page of this request that guests may share it as long as `keys` keep their
    versions.

    Args:
        film_id: the film whose seal decides what the page shows; 0 if none does.
    """
    request.environ[_PLACE] = (keys, film_id)


def said_of(environ: dict[str, object]) -> tuple[tuple[str, ...], int] | None:
    """What `made_of()` was told while a request was answered: (keys, film id)."""
    found = environ.get(_PLACE)
    return found if isinstance(found, tuple) else None


def current_versions(keys: Sequence[str]) -> Versions:
    """The versions of `keys`, none of them `SITE`, in this request's transaction; one statement."""
    found = {row.key: row.version for row in run(_VERSIONS, {"keys": list(keys)})}
    return tuple(found.get(key, 0) for key in keys)


def site_version() -> int:
    """The version of all that any page shows, in this request's transaction; one statement.

    On PostgreSQL, which has no row for it (see `Reader`), it is new after whatever was written.
    """
    is_sqlite = session().get_bind().dialect.name == "sqlite"
    rows = run(_SITE_VERSION if is_sqlite else _SEEN_BY_POSTGRESQL)
    return rows[0].version if rows else 0


class Reader:
    """Reads versions as cheaply as each database allows.

    SQLite is asked on each request: that costs some microseconds. PostgreSQL is asked at most once
    a second for each key, and once more after each commit of this process or, through Redis, of any
    other; what is the whole site's has no row there, which every vote would have to wait for: its
    version is what a snapshot of the database sees.

    Args:
        engine: gives the engine; called when it is first needed.
        redis: where commits are announced; None without.
    """

    def __init__(self, engine: Callable[[], Engine], redis: Redis | None = None) -> None:
        self._engine = engine
        self._redis = redis
        self._redis_failed_at = -RETRY_REDIS_AFTER
        self._kept: dict[str, tuple[int, float]] = {}
        self._stamp = 0

    def current(self, keys: Sequence[str]) -> Versions:
        """The versions of `keys` as they are now, or, on PostgreSQL, were within a second."""
        engine = self._engine()
        if engine.dialect.name == "sqlite":
            return self._from_sqlite(engine, keys)
        now = time.monotonic()
        self._heed_others(now)
        kept = self._kept  # which another thread may replace meanwhile
        missing = [key for key in keys if now - kept.get(key, (0, now - KEPT_FOR))[1] >= KEPT_FOR]
        if missing:
            kept.update(self._from_postgresql(engine, missing, now))
        return tuple(kept[key][0] for key in keys)

    def committed(self) -> None:
        """Something was written by this process: believe nothing that was read before, and let the
        other processes know."""
        self._kept = {}
        redis = self._live_redis(time.monotonic())
        if redis is not None:
            try:
                redis.incr(_STAMP)
            except RedisError as problem:
                self._lost(problem)

    @staticmethod
    def _from_sqlite(engine: Engine, keys: Sequence[str]) -> Versions:
        marks = ",".join("?" * len(keys))
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(
                f"SELECT key, version FROM page_versions WHERE key IN ({marks})",  # noqa: S608  # question marks
                list(keys),
            )
            found = dict(cursor.fetchall())
            cursor.close()
        finally:
            connection.close()
        return tuple(found.get(key, 0) for key in keys)

    @staticmethod
    def _from_postgresql(
        engine: Engine, keys: list[str], now: float
    ) -> dict[str, tuple[int, float]]:
        with engine.connect() as connection:
            rows = connection.execute(_VERSIONS, {"keys": keys})
            found: dict[str, int] = {row.key: row.version for row in rows}
            if SITE in keys:
                found[SITE] = connection.execute(_SEEN_BY_POSTGRESQL).scalar_one()
        return {key: (found.get(key, 0), now) for key in keys}

    def _heed_others(self, now: float) -> None:
        redis = self._live_redis(now)
        if redis is None:
            return
        try:
            stamp = int(redis.get(_STAMP) or 0)  # type: ignore[arg-type]  # the client isn't async
        except RedisError as problem:
            self._lost(problem)
            return
        if stamp != self._stamp:
            self._stamp, self._kept = stamp, {}

    def _live_redis(self, now: float) -> Redis | None:
        return self._redis if now - self._redis_failed_at >= RETRY_REDIS_AFTER else None

    def _lost(self, problem: RedisError) -> None:
        """Redis is gone: what is read is believed for a second, as if there had never been one."""
        self._redis_failed_at = time.monotonic()
        self._kept = {}
        log.warning("redis is away", error=str(problem)[:200])


_versions = table_of(PageVersion)
_VERSIONS = planned_once(
    select(_versions.c.key, _versions.c.version).where(
        _versions.c.key.in_(bindparam("keys", expanding=True))
    )
)
_SITE_VERSION = select(_versions.c.version).where(_versions.c.key == SITE)
# A snapshot names the transactions whose work a statement sees.
_SEEN_BY_POSTGRESQL = select(
    func.hashtextextended(cast(func.pg_current_snapshot(), String), 0).label("version")
)
