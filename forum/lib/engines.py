"""Engines: how each database is connected to, and what a transaction begins with there.

The database itself keeps what reads from writing, whether a transaction holds it together (SQLite)
or each statement is one (PostgreSQL).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, PoolProxiedConnection, event
from sqlalchemy.engine import Connection

from forum.lib.postgresql import line_of, open_line
from forum.lib.turns import PATIENCE, look_whether_it_lives, nap, note_use, patience_now

try:
    import pysqlite3 as sqlite_driver
except ImportError:  # no wheel for this platform: the standard library's, with fewer promises
    sqlite_driver = sqlite3

SAFE_WAL_VERSION = (3, 51, 3)
"""The first SQLite without the WAL-reset bug, which two writing processes can meet."""

_LETS_US_NAP = hasattr(sqlite_driver.Connection, "set_busy_handler")
"""Whether this driver lets us say how long to sleep while another process writes."""

_writing: ContextVar[bool] = ContextVar("writing", default=False)
"""Whether what is begun now may write."""


@contextmanager
def writing_allowed(patience: float = PATIENCE) -> Iterator[None]:
    """Let connections opened within write: for units of work, and for migrations.

    Args:
        patience: seconds to wait for another's lock.
    """
    token, waits = _writing.set(True), patience_now.set(patience)
    try:
        yield
    finally:
        _writing.reset(token)
        patience_now.reset(waits)


def sqlite_module() -> ModuleType:
    """The SQLite driver in use: pysqlite3 where it has a wheel, else the standard library's."""
    module: ModuleType = sqlite_driver
    return module


def wal_is_safe() -> bool:
    """Whether this SQLite library can share a write-ahead log between processes."""
    return tuple(sqlite_module().sqlite_version_info) >= SAFE_WAL_VERSION


def engine_options(url: str) -> dict[str, Any]:
    """Arguments of ``create_engine`` for `url`."""
    # The connection used last has prepared most, and keeps the newest pages of the database. What
    # comes back is looked at (`_end_what_is_open`): to ask for a ROLLBACK each time costs more.
    shared = {"pool_use_lifo": True, "pool_reset_on_return": None}
    if url.startswith("sqlite"):
        return {**shared, "module": sqlite_module(), "paramstyle": "named"}  # as on PostgreSQL
    return {
        **shared,
        "pool_size": 5,
        "max_overflow": 5,
        "pool_timeout": 5,
        "connect_args": {
            "connect_timeout": 5,
            # Who is no longer there is noticed, though nothing can interrupt a statement.
            "tcp_user_timeout": 15_000,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "client_encoding": "utf8",
            "prepare_threshold": None,  # see `forum.lib.postgresql`
            "options": "-c timezone=UTC -c statement_timeout=10000 -c lock_timeout=8000"
            " -c default_transaction_read_only=on",
        },
    }


def prepare_engine(engine: Engine) -> None:
    """Give `engine` reads that cannot write, and writes that cannot lose updates."""
    # In place of a listener to "begin": as soon as an engine has one, each of its connections looks
    # at every turn for listeners to everything, which costs more than a transaction's begin.
    dialect: Any = engine.dialect
    event.listen(engine, "reset", _end_what_is_open)
    if dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        dialect.do_begin = _begin_sqlite
    else:
        event.listen(engine, "connect", open_line)
        dialect.do_begin, dialect.do_commit = _begin_postgresql, _commit_postgresql
        event.listen(engine, "checkin", note_use)
        event.listen(engine, "checkout", look_whether_it_lives)


def _end_what_is_open(driver: Any, _record: Any, _state: Any) -> None:
    """When a connection comes back: whoever was interrupted may have left a transaction open."""
    if isinstance(driver, psycopg.Connection):
        is_open = driver.pgconn.transaction_status != TransactionStatus.IDLE
    else:
        is_open = driver.in_transaction
    if is_open:
        driver.rollback()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy sends BEGIN itself, see _begin_sqlite
    connection.execute(f"PRAGMA busy_timeout={1000 * PATIENCE}")
    if _LETS_US_NAP:
        connection.set_busy_handler(nap)
    connection.execute(f"PRAGMA journal_mode={'WAL' if wal_is_safe() else 'DELETE'}")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def read_alone(connection: Connection) -> None:
    """Let `connection`, which has begun nothing, run a statement that reads and begins nothing."""
    if connection.dialect.name == "sqlite":
        _keep_from_writing(connection.connection, True)


def read_at_one_moment(connection: Connection) -> None:
    """Let all that `connection`, which is to write nothing, reads from now on be of one moment."""
    if connection.dialect.name != "sqlite":  # which reads so anyway
        connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _keep_from_writing(taken: PoolProxiedConnection, reads: bool) -> None:
    """query_only makes a GET that writes an error of the database, not a matter of discipline."""
    if taken.info.get("reads") is not reads:
        driver: Any = taken.driver_connection
        driver.execute(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
        taken.info["reads"] = reads


def _begin_sqlite(taken: PoolProxiedConnection) -> None:
    writes = _writing.get()
    _keep_from_writing(taken, not writes)
    driver: Any = taken.driver_connection
    patience = patience_now.get()
    if not _LETS_US_NAP and taken.info.get("patience", PATIENCE) != patience:
        driver.execute(f"PRAGMA busy_timeout={int(1000 * patience)}")
        taken.info["patience"] = patience
    # A deferred BEGIN that later writes fails at once when another wrote meanwhile; one that reads
    # waits for nobody.
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(taken: PoolProxiedConnection) -> None:
    # A statement that reads is a transaction of its own: nothing is sent to begin or end it.
    if not _writing.get():
        return
    line = line_of(taken)
    line.command(b"BEGIN READ WRITE")
    if patience_now.get() < PATIENCE:
        line.command(b"SET LOCAL lock_timeout = %d" % int(1000 * patience_now.get()))


def _commit_postgresql(taken: PoolProxiedConnection) -> None:
    if line_of(taken).command(b"COMMIT") == b"ROLLBACK":  # an error before it was passed over
        raise psycopg.errors.InFailedSqlTransaction("nothing was kept: a statement had failed")
