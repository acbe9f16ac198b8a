"""Waiting for the database: whose turn it is to write, and whether a connection still lives."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from sqlalchemy.exc import InvalidatePoolError, OperationalError

from forum.lib.origin import SAFE_METHODS

WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]

PATIENCE = 10
"""Seconds to wait for another's lock, unless told otherwise."""

_NAP, _LONG_NAP = 0.0001, 0.002
"""Seconds between two looks whether SQLite's lock is free: a vote has it for less than one
millisecond; whoever has it for longer than `_NAPS` short looks is not asked so often."""

_NAPS = 100

_COURTESY = 0.02
"""Seconds for which an act waits for another of its process before it begins."""

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


def one_act_at_a_time(inner: WSGI) -> WSGI:
    """WSGI middleware by which a process begins no act (a request that may write) before the one
    that it is at has ended.

    They would wait for each other at SQLite's lock anyway. On the way there their threads take
    Python from one another with each statement, and so hold up the one that has the lock: eight
    clients got no more votes through than one. Nobody waits long for one who is slow, who hashes a
    password or whose form comes in slowly.
    """
    lock = threading.Lock()

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in SAFE_METHODS:
            return inner(environ, start_response)
        has_turn = lock.acquire(timeout=_COURTESY)
        try:
            return inner(environ, start_response)
        finally:
            if has_turn:
                lock.release()

    return answer


def nap(tries: int) -> bool:
    """What a connection does while another process has SQLite's lock; whether to try once more.

    SQLite's own naps grow to a tenth of a second, in which all others have their turns.
    """
    short = min(tries, _NAPS)
    if short * _NAP + (tries - short) * _LONG_NAP >= patience_now.get():
        return False
    time.sleep(_NAP if tries < _NAPS else _LONG_NAP)
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
        connection.autocommit = True  # nothing is to be ended
        connection.execute("SELECT 1")
    except psycopg.OperationalError as lost:
        raise InvalidatePoolError from lost
