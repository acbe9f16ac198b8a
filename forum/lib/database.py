"""The database: declarative base, engine set-up, and the one place that commits.

SQLite and PostgreSQL behave alike from here on. The database itself keeps what reads from writing,
whether a transaction holds it together (SQLite) or each statement is one (PostgreSQL); writes run
in `unit_of_work()`, which is the only caller of ``commit``.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from types import ModuleType
from typing import Any, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    Engine,
    Executable,
    MetaData,
    Table,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session

from forum.lib import ddl
from forum.lib.columns import Columns
from forum.lib.moments import UTCDateTime
from forum.lib.prepared import prepared
from forum.lib.turns import PATIENCE, look_whether_it_lives, nap, note_use, patience_now, turn

try:
    import pysqlite3 as sqlite_driver
except ImportError:  # no wheel for this platform: the standard library's, with fewer promises
    sqlite_driver = sqlite3

SAFE_WAL_VERSION = (3, 51, 3)
"""The first SQLite without the WAL-reset bug, which two writing processes can meet."""

_NAPS = hasattr(sqlite_driver.Connection, "set_busy_handler")
"""Whether this driver lets us say how long to sleep while another process writes."""

_AFTER_COMMIT, _TURN, _WRITER = "after_commit", "turn_to_write", "writer"
_NOTHING: Mapping[str, Any] = {}
_CONNECTION = "connection"
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class Base(DeclarativeBase):
    """What every model inherits: one metadata, named constraints, UTC times."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UTCDateTime}


ddl.listen(Base.metadata)


class _Session(FlaskSession):
    """A session that reads and writes on connections apart.

    SQLite's ``query_only`` keeps those for reading from writing. Whenever it is switched, SQLite
    prepares all statements anew, which makes a vote's cost three times as much.
    """

    def get_bind(self, *args: Any, **given: Any) -> Engine | Connection:
        if _writing.get():
            writer: Engine = current_app.extensions[_WRITER]
            return writer
        return super().get_bind(*args, **given)


db = SQLAlchemy(
    metadata=Base.metadata, session_options={"class_": _Session, "expire_on_commit": False}
)


def session() -> Session:
    """The session of this request, command or job."""
    return db.session()


def table_of(model: type[Base]) -> Table:
    """The table of `model`, for statements about rows; see `run()`."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def run(statement: Executable, given: Mapping[str, Any] = _NOTHING, *kinds: Columns) -> list[Any]:
    """Run a statement about rows of tables in this session's transaction; its rows, if it has any.

    It makes no objects, and so costs a sixth of one that does, if it is built once. What the
    session's objects have changed is written down first.

    Args:
        given: values of its parameters by name; lists for those that expand.
        kinds: what it selects, if its rows are to be pairs, or more, of such rows.

    Raises:
        DBAPIError: the database refuses it.
    """
    (work := session()).flush()
    connection = _connection_of(work)
    return prepared(statement, connection.dialect, given, kinds).sent(connection, given)


def _connection_of(work: Session) -> Connection:
    """The connection of the transaction in progress, which SQLAlchemy takes long to find."""
    begun, known = work.info.get(_CONNECTION, (None, None))
    if begun is not None and begun is work.get_transaction():
        return cast("Connection", known)
    connection = work.connection()
    work.info[_CONNECTION] = work.get_transaction(), connection
    return connection


def insert_into(model: type[Base]) -> Any:
    """An INSERT into `model`'s table that knows ``on_conflict_do_…`` on both databases."""
    dialect = postgresql if session().get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def id_of(thing: Base) -> int:
    """The primary key of an object that was read before; asks nothing, though the transaction in
    which it was read may be over."""
    identity = inspect(thing).identity
    assert identity is not None, "an object that the database doesn't have yet"
    id: int = identity[0]
    return id


class NestedUnitOfWork(RuntimeError):
    """A unit of work was begun inside another: the inner one could not keep its promise."""


@contextmanager
def unit_of_work(patience: float = PATIENCE) -> Iterator[Session]:
    """Run one writing transaction: committed at the end, rolled back when anything is raised.

    The read transaction that may be open is ended first, so that everything read inside is fresh;
    on SQLite the write lock is taken at once (BEGIN IMMEDIATE), on PostgreSQL rows are locked one
    by one. Hash passwords and render Markdown before, not inside.

    Args:
        patience: seconds to wait for another's lock.

    Raises:
        NestedUnitOfWork: another unit of work is already open.
        OperationalError: the lock was not released in that time.
    """
    if _writing.get():
        raise NestedUnitOfWork("a unit of work is already open")
    work = session()
    work.rollback()
    with turn(current_app.extensions[_TURN], patience):
        token, waits = _writing.set(True), patience_now.set(patience)
        try:
            yield work
            work.commit()
        except BaseException:
            work.rollback()
            raise
        finally:
            _writing.reset(token)
            patience_now.reset(waits)
    for tell in current_app.extensions.get(_AFTER_COMMIT, ()):
        tell()


def after_commit(app: Flask, tell: Callable[[], None]) -> None:
    """Call `tell` after each unit of work of this process; it must not raise."""
    app.extensions.setdefault(_AFTER_COMMIT, []).append(tell)


@contextmanager
def writing_allowed() -> Iterator[None]:
    """Let connections opened within write, without a session: for migrations."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def sqlite_module() -> ModuleType:
    """The SQLite driver in use: pysqlite3 where it has a wheel, else the standard library's."""
    module: ModuleType = sqlite_driver
    return module


def wal_is_safe() -> bool:
    """Whether this SQLite library can share a write-ahead log between processes."""
    return tuple(sqlite_module().sqlite_version_info) >= SAFE_WAL_VERSION


def engine_options(url: str) -> dict[str, Any]:
    """Arguments of ``create_engine`` for `url`."""
    if url.startswith("sqlite"):
        return {"module": sqlite_module(), "paramstyle": "named"}  # as on PostgreSQL
    return {
        "pool_size": 5,
        "max_overflow": 5,
        "pool_timeout": 5,
        "pool_use_lifo": True,  # the one used last has prepared most
        "connect_args": {
            "connect_timeout": 5,
            # Only what says so is kept prepared (`planned_once`): the driver can't know what may.
            "prepare_threshold": 2**31,
            "options": "-c timezone=UTC -c statement_timeout=10000 -c lock_timeout=8000"
            " -c default_transaction_read_only=on",
        },
    }


def init_app(app: Flask) -> None:
    """Bind the database to `app` and give its engine the transactions described above."""
    db.init_app(app)
    with app.app_context():
        reader = writer = db.engine
    prepare_engine(reader)
    is_sqlite = reader.dialect.name == "sqlite"
    if is_sqlite:
        writer = create_engine(reader.url, **engine_options(str(reader.url)))
        prepare_engine(writer)
        event.listen(reader, "engine_disposed", lambda _reader: writer.dispose())
    app.extensions[_WRITER] = writer
    app.extensions[_TURN] = threading.Lock() if is_sqlite else None


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
    if _NAPS:
        connection.set_busy_handler(nap)
    connection.execute(f"PRAGMA journal_mode={'WAL' if wal_is_safe() else 'DELETE'}")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    writing = _writing.get()
    driver: Any = connection.connection.driver_connection
    if connection.info.get("writing") is not writing:
        # query_only makes a GET that writes an error of the database, not a matter of discipline.
        driver.execute(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        connection.info["writing"] = writing
    patience = patience_now.get()
    if not _NAPS and connection.info.get("patience", PATIENCE) != patience:
        driver.execute(f"PRAGMA busy_timeout={int(1000 * patience)}")
        connection.info["patience"] = patience
    if writing:
        # A deferred BEGIN that later writes fails at once when another wrote meanwhile.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        driver.execute("BEGIN")  # which waits for nobody


def _begin_postgresql(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    reads = not _writing.get()
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
