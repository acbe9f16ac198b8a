"""The database: declarative base, session, and the one place that commits.

SQLite and PostgreSQL behave alike from here on; see `forum.lib.engines` for what differs. Writes
run in `unit_of_work()`, which is the only caller of ``commit``.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
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
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import DeclarativeBase, Session

from forum.lib import ddl
from forum.lib.acts import one_at_a_time
from forum.lib.columns import Columns
from forum.lib.engines import engine_options, prepare_engine, read_alone, writing_allowed
from forum.lib.moments import UTCDateTime
from forum.lib.prepared import prepared
from forum.lib.turns import PATIENCE, turn

_AFTER_COMMIT, _TURN = "after_commit", "turn_to_write"
_READER, _WRITER = "reader", "writer"
_NOTHING: Mapping[str, Any] = {}
_CONNECTION = "connection"

_unit: ContextVar[Connection | None] = ContextVar("unit", default=None)
"""The connection of the unit of work that is open."""


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
        return _unit.get() or super().get_bind(*args, **given)


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
        InvalidRequestError: what this unit of work did has been rolled back.
    """
    (work := session()).flush()
    connection = _unit.get() or _connection_of(work)
    if not connection.in_transaction():  # SQLite would keep what it does now, whatever follows
        raise InvalidRequestError("the transaction has been rolled back")
    return prepared(statement, connection.dialect, given, kinds).sent(connection, given)


def look_up(statement: Executable, given: Mapping[str, Any] = _NOTHING) -> list[Any]:
    """Run a statement that reads rows of tables, as `run()` does, but in no transaction.

    Before an act, whose transaction begins anew: to begin one for reading costs more than to read.

    Raises:
        DBAPIError: the database refuses it.
    """
    engine: Engine = current_app.extensions[_READER]
    with engine.connect() as connection:
        read_alone(connection)
        return prepared(statement, connection.dialect, given).sent(connection, given)


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
    if _unit.get() is not None:
        raise NestedUnitOfWork("a unit of work is already open")
    if (work := session()).in_transaction():
        work.rollback()
    extensions = current_app.extensions
    with turn(extensions[_TURN], patience), writing_allowed(patience):
        engine: Engine = extensions[_WRITER]
        with engine.connect() as connection, connection.begin() as kept, _shared(work, connection):
            yield work
            work.flush()
            kept.commit()  # while the session can still take back what its objects were told
    for tell in extensions.get(_AFTER_COMMIT, ()):
        tell()


@contextmanager
def _shared(work: Session, connection: Connection) -> Iterator[None]:
    """Let the session, as soon as it is asked for anything, take part in the transaction of
    `connection`, which is not its own to commit. What runs statements about rows alone does without
    it."""
    token = _unit.set(connection)
    try:
        yield
        if work.in_transaction():
            work.commit()  # all is kept already: this tells its objects
    except BaseException:
        work.rollback()
        raise
    finally:
        _unit.reset(token)


def after_commit(app: Flask, tell: Callable[[], None]) -> None:
    """Call `tell` after each unit of work of this process; it must not raise."""
    app.extensions.setdefault(_AFTER_COMMIT, []).append(tell)


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
        app.wsgi_app = one_at_a_time(app.wsgi_app)  # type: ignore[assignment,method-assign]  # as Flask documents
    app.extensions[_READER], app.extensions[_WRITER] = reader, writer
    app.extensions[_TURN] = threading.Lock() if is_sqlite else None
