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

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from forum.lib.turns import PATIENCE, look_whether_it_lives, nap, note_use, patience_now

try:
    import pysqlite3 as sqlite_driver
except ImportError:  # no wheel for this platform: the standard library's, with fewer promises
    sqlite_driver = sqlite3

SAFE_WAL_VERSION = (3, 51, 3)
"""The first SQLite without the WAL-reset bug, which two writing processes can meet."""

_LETS_US_NAP = hasattr(sqlite_driver.Connection, "set_busy_handler")
"""Whether this driver lets us say how long to sleep while another process writes."""

writing: ContextVar[bool] = ContextVar("writing", default=False)
"""Whether what is begun now may write."""


@contextmanager
def writing_allowed() -> Iterator[None]:
    """Let connections opened within write, without a session: for migrations."""
    token = writing.set(True)
    try:
        yield
    finally:
        writing.reset(token)


def sqlite_module() -> ModuleType:
    """The SQLite driver in use: pysqlite3 where it has a wheel, else the standard library's."""
    module: ModuleType = sqlite_driver
    return module


def wal_is_safe() -> bool:
    """Whether this SQLite library can share a write-ahead log between processes."""
    return tuple(sqlite_module().sqlite_version_info) >= SAFE_WAL_VERSION


def engine_options(url: str) -> dict[str, Any]:
    """Arguments of ``create_engine`` for `url`."""
    # The connection used last has prepared most, and keeps the newest pages of the database.
    shared = {"pool_use_lifo": True}
    if url.startswith("sqlite"):
        return {**shared, "module": sqlite_module(), "paramstyle": "named"}  # as on PostgreSQL
    return {
        **shared,
        "pool_size": 5,
        "max_overflow": 5,
        "pool_timeout": 5,
        "connect_args": {
            "connect_timeout": 5,
            # Only what says so is kept prepared (`planned_once`): the driver can't know what may.
            "prepare_threshold": 2**31,
            "options": "-c timezone=UTC -c statement_timeout=10000 -c lock_timeout=8000"
            " -c default_transaction_read_only=on",
        },
    }


def prepare_engine(engine: Engine) -> None:
    """Give `engine` reads that cannot write, and writes that cannot lose updates."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "checkin", note_use)
        event.listen(engine, "checkout", look_whether_it_lives)


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
        _keep_from_writing(connection, True)
    elif not (driver := _driver_of(connection)).autocommit:
        driver.autocommit = True


def _driver_of(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _keep_from_writing(connection: Connection, reads: bool) -> None:
    """query_only makes a GET that writes an error of the database, not a matter of discipline."""
    if connection.info.get("reads") is not reads:
        _driver_of(connection).execute(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
        connection.info["reads"] = reads


def _begin_sqlite(connection: Connection) -> None:
    writes = writing.get()
    _keep_from_writing(connection, not writes)
    driver = _driver_of(connection)
    patience = patience_now.get()
    if not _LETS_US_NAP and connection.info.get("patience", PATIENCE) != patience:
        driver.execute(f"PRAGMA busy_timeout={int(1000 * patience)}")
        connection.info["patience"] = patience
    if writes:
        # A deferred BEGIN that later writes fails at once when another wrote meanwhile.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        driver.execute("BEGIN")  # which waits for nobody


def _begin_postgresql(connection: Connection) -> None:
    driver = _driver_of(connection)
    reads = not writing.get()
    # A statement that reads is a transaction of its own, unless all are to see one moment: nothing
    # is sent to begin or end it. Nor is it rolled back, which makes the driver forget what is
    # prepared: then PostgreSQL would plan all statements of each request anew.
    alone = reads and "isolation_level" not in connection.get_execution_options()
    if driver.autocommit is not alone:
        driver.autocommit = alone
    if not alone and driver.read_only is not reads:
        driver.read_only = reads
    if patience_now.get() < PATIENCE:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(1000 * patience_now.get())}")
