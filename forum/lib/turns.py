"""Waiting for the database: whose turn it is to write, and whether a connection still lives."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from sqlalchemy.exc import InvalidatePoolError, OperationalError

PATIENCE = 10
"""Seconds to wait for another's lock, unless told otherwise."""

_NAP, _LONG_NAP = 0.0001, 0.002
"""Seconds between two looks whether SQLite's lock is free: first the one, then the other. A vote
has it for less than a millisecond."""

_SHORT_NAPS = 100
"""Looks after which whoever has the lock is known to need it for longer."""

_IDLE = 1.0
"""Seconds after which a connection to PostgreSQL is looked at before it is used again."""

patience_now: ContextVar[float] = ContextVar("patience", default=PATIENCE)


@contextmanager
def turn(lock: "threading.Lock | None", patience: float) -> Iterator[None]:
    """Let the threads of this process write to SQLite one after the other.

    SQLite lets one write and the others sleep, longer each time, while its lock may long be free
    again; a lock of Python's wakes the next at once.

    Args:
        lock: of this process; None where the database keeps order by itself.
        patience: seconds to wait.

    Raises:
        OperationalError: it was not our turn in that time.
    """
    if lock is None:
        yield
        return
    if not lock.acquire(timeout=patience):
        raise OperationalError("BEGIN IMMEDIATE", {}, TimeoutError("database is locked"))
    try:
        yield
    finally:
        lock.release()


def nap(tries: int) -> bool:
    """What a connection does while another process has SQLite's lock; whether to try once more.

    SQLite's own naps grow to a tenth of a second, in which all others have their turns.
    """
    short = min(tries, _SHORT_NAPS)
    if short * _NAP + (tries - short) * _LONG_NAP >= patience_now.get():
        return False
    time.sleep(_NAP if tries < _SHORT_NAPS else _LONG_NAP)
    return True


def note_use(_connection: Any, record: Any) -> None:
    """When a connection comes back: remember when it was used."""
    record.info["used_at"] = time.monotonic()


def look_whether_it_lives(connection: Any, record: Any, _fairy: Any) -> None:
    """When a connection is taken that has lain idle: PostgreSQL may have been started anew.

    SQLAlchemy's ``pool_pre_ping`` looks each time, which costs a vote a fifth of its time.

    Raises:
        InvalidatePoolError: it is dead, so that all that are as old are replaced.
    """
    if time.monotonic() - record.info.get("used_at", time.monotonic()) < _IDLE:
        return
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError as lost:
        raise InvalidatePoolError from lost
