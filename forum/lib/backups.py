"""Backups of a database: written beside a running server, sealed, checked, and brought back.

A backup is one file: an SQLite database or pg_dump's archive, followed by one line with its kind
and the SHA-256 of all before it. Both kinds of program ignore that line; here it shows that the
file is a backup, whole, and without a flipped bit.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from forum.lib.engines import sqlite_module

MARK = b"\nfoyer-backup 1 "
KINDS = ("sqlite", "postgresql")
CHUNK = 1 << 20
BUSY = 10.0
"""Seconds to wait for another connection's lock."""

SQLITE_BUSY, SQLITE_LOCKED = 5, 6

LEFTOVERS = ("", "-wal", "-shm", "-journal")
"""What SQLite keeps beside each other; of a damaged database they must go together, since a log
that outlives its database is written into the next one."""


class BackupError(Exception):
    """A backup could not be made, or is not one; the message says what to do."""


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy the SQLite database `source`, which may be in use, to the new sealed file `target`.

    Raises:
        BackupError: the database is damaged or locked, or `target` exists or can't be written.
    """
    with finished(target) as draft:
        with _sqlite(source) as original, _sqlite(draft) as copy:
            _require_sound(original, source)
            _copy_pages(original, copy, source)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, also for whoever opens it
            _require_sound(copy, target)
        seal(draft, "sqlite")


def restore_sqlite(source: Path, target: Path, safety: Path) -> None:
    """Bring the sealed backup `source` back as the database `target`, in one transaction.

    Args:
        source: a backup.
        target: the database to replace; may be missing or damaged.
        safety: where what is there now is kept.

    Raises:
        BackupError: `source` is no sound backup, or `target` is locked.
    """
    require_kind(source, "sqlite")
    with _sqlite(source, "mode=ro&immutable=1") as backup:
        _require_sound(backup, source)
        if target.exists():
            _keep(target, safety)
        # Through SQLite, not by renaming: whoever has the database open goes on with the new one.
        with _sqlite(target) as database:
            _copy_pages(backup, database, target)
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            _require_sound(database, target)


def is_sound(path: Path) -> bool:
    """Whether `path` is an SQLite database without damage or dangling references."""
    try:
        with _sqlite(path, "mode=rw") as connection:
            _require_sound(connection, path)
    except BackupError:
        return False
    return True


def read_sqlite(source: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query on a backup, which stays untouched.

    Raises:
        BackupError: the query fails, as when the backup has no such table.
    """
    with _sqlite(source, "mode=ro&immutable=1") as connection:
        return list(connection.execute(sql).fetchall())


def seal(path: Path, kind: str) -> None:
    """Close a finished backup with the line that tells its kind and digest, and flush it."""
    line = MARK + kind.encode() + b" "
    digest = _digest(path, path.stat().st_size, line)
    with path.open("ab") as file:
        file.write(line + digest.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def require_kind(path: Path, kind: str) -> None:
    """Check a backup's seal.

    Raises:
        BackupError: it has none, does not match it, or is a backup of the other kind of database.
    """
    found = sealed_kind(path)
    if found != kind:
        raise BackupError(
            f"{path} is a backup of {found}, and this forum runs on {kind}. "
            "Restore it where FORUM_DATABASE_URL names that kind of database."
        )


def sealed_kind(path: Path) -> str:
    """The kind of database in a backup.

    Raises:
        BackupError: the file has no seal, or was changed since.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 128))
            end = file.read()
    except OSError as problem:
        raise BackupError(f"{path} can't be read: {problem.strerror}.") from problem
    start = end.rfind(MARK)
    words = end[start + len(MARK) :].decode("ascii", "replace").split(" ") if start >= 0 else []
    if len(words) != 2 or words[0] not in KINDS or not words[1].endswith("\n"):
        raise BackupError(
            f"{path} is not a backup, or is cut short: it does not end with the line "
            "that `forum backup` writes. Take another one."
        )
    kind, digest = words
    line = MARK + kind.encode() + b" "
    if _digest(path, size - len(end) + start, line) != digest.strip():
        raise BackupError(f"{path} was damaged after it was made. Take another backup.")
    return kind


@contextmanager
def finished(target: Path) -> Iterator[Path]:
    """A private file to write to, which gets the name `target` once it is complete.

    Raises:
        BackupError: `target` exists, or can't be written.
    """
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    if target.exists():
        raise BackupError(f"{target} exists already. Choose another name.")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            yield draft
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as problem:
        raise BackupError(f"{target} can't be written: {problem.strerror or problem}.") from problem


def _keep(target: Path, safety: Path) -> None:
    """Keep what is there: a sealed copy of a sound database, the very files of a damaged one."""
    if is_sound(target):
        copy_sqlite(target, safety)
        return
    for ending in LEFTOVERS:
        file = target.with_name(target.name + ending)
        if file.exists():
            file.replace(safety.with_name(safety.name + ending))


@contextmanager
def _sqlite(path: Path, options: str = "mode=rwc") -> Iterator[Any]:
    """A connection of the application's own SQLite library, with its errors in words."""
    sqlite = sqlite_module()
    address = f"{path.absolute().as_uri()}?{options}"
    try:
        with closing(
            sqlite.connect(address, uri=True, timeout=BUSY, isolation_level=None)
        ) as connection:
            yield connection
    except sqlite.Error as problem:
        raise BackupError(f"{path}: {problem}.") from problem


def _copy_pages(original: Any, copy: Any, locked: Path) -> None:
    """Copy everything in one step: the copy is one moment of the original.

    Raises:
        BackupError: `locked`, the one of the two that others use, stays locked.
    """
    deadline = time.monotonic() + BUSY

    def give_up(status: int, _remaining: int, _total: int) -> None:
        # Called after each attempt; without it, the driver would try for ever.
        if status in (SQLITE_BUSY, SQLITE_LOCKED) and time.monotonic() > deadline:
            raise BackupError(f"{locked} is locked by another program. Stop it and try again.")

    original.backup(copy, progress=give_up, sleep=0.1)


def _require_sound(connection: Any, path: Path) -> None:
    try:
        answers = connection.execute("PRAGMA integrity_check(3)").fetchall()
        dangling = connection.execute("PRAGMA foreign_key_check").fetchmany(3)
    except sqlite_module().Error as problem:
        raise BackupError(f"{path} is damaged: {problem}.") from problem
    faults = [answer for (answer,) in answers if answer != "ok"]
    faults += [f"row {row[1]} of {row[0]} points to a missing {row[2]}" for row in dangling]
    if faults:
        raise BackupError(f"{path} is damaged: {'; '.join(faults)}.")


def _digest(path: Path, size: int, line: bytes) -> str:
    digest, left = hashlib.sha256(), size
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            digest.update(piece)
            left -= len(piece)
    digest.update(line)
    return digest.hexdigest()
