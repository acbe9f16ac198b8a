"""Backups of SQLite: whole, sealed, refused when touched, and brought back without losing a row."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from forum.lib import backups
from forum.lib.backups import BackupError
from forum.lib.engines import sqlite_module

sqlite = sqlite_module()


def make(path: Path, rows: int = 3) -> Path:
    with closing(sqlite.connect(str(path), isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE films (id INTEGER PRIMARY KEY, title TEXT)")
        connection.execute("CREATE TABLE posts (film_id INTEGER REFERENCES films (id))")
        connection.executemany(
            "INSERT INTO films (title) VALUES (?)", [(f"Film {n}",) for n in range(rows)]
        )
    return path


def titles(path: Path) -> list[str]:
    with closing(sqlite.connect(str(path))) as connection:
        return [row[0] for row in connection.execute("SELECT title FROM films ORDER BY id")]


def add(path: Path, title: str) -> None:
    with closing(sqlite.connect(str(path), isolation_level=None)) as connection:
        connection.execute("INSERT INTO films (title) VALUES (?)", (title,))


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 : 4096 + 2000] = os.urandom(2000)
    path.write_bytes(content)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return make(tmp_path / "forum.db")


@pytest.fixture
def backup(tmp_path: Path, database: Path) -> Path:
    path = tmp_path / "copy.db"
    backups.copy_sqlite(database, path)
    return path


def test_a_backup_is_one_private_file_that_any_sqlite_opens(backup: Path) -> None:
    assert backups.sealed_kind(backup) == "sqlite"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert titles(backup) == ["Film 0", "Film 1", "Film 2"]
    assert backups.read_sqlite(backup, "SELECT COUNT(*) FROM films") == [(3,)]
    assert sorted(p.name for p in backup.parent.iterdir()) == ["copy.db", "forum.db"]


def test_a_backup_holds_what_is_only_in_the_log_of_a_running_server(
    tmp_path: Path, database: Path
) -> None:
    with closing(sqlite.connect(str(database), isolation_level=None)) as server:
        server.execute("INSERT INTO films (title) VALUES ('Just written')")
        backups.copy_sqlite(database, tmp_path / "copy.db")
    assert titles(tmp_path / "copy.db")[-1] == "Just written"


def test_a_backup_never_replaces_a_file(database: Path, backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(BackupError, match="exists already"):
        backups.copy_sqlite(database, backup)
    assert backup.read_bytes() == before


def test_a_damaged_database_is_not_backed_up(tmp_path: Path, database: Path) -> None:
    damage(database)
    with pytest.raises(BackupError, match=r"forum\.db is damaged"):
        backups.copy_sqlite(database, tmp_path / "copy.db")
    assert [p.name for p in tmp_path.iterdir() if "copy" in p.name] == []


def test_dangling_references_are_named(tmp_path: Path, database: Path) -> None:
    with closing(sqlite.connect(str(database), isolation_level=None)) as connection:
        connection.execute("INSERT INTO posts (film_id) VALUES (77)")
    with pytest.raises(BackupError, match="row 1 of posts points to a missing films"):
        backups.copy_sqlite(database, tmp_path / "copy.db")


def test_a_backup_into_a_missing_folder_says_so(tmp_path: Path, database: Path) -> None:
    with pytest.raises(BackupError, match="can't be written: No such file"):
        backups.copy_sqlite(database, tmp_path / "none" / "copy.db")


def test_restoring_brings_back_the_rows_and_keeps_those_before(
    tmp_path: Path, database: Path, backup: Path
) -> None:
    add(database, "Later")
    backups.restore_sqlite(backup, database, tmp_path / "safety.db")
    assert titles(database) == ["Film 0", "Film 1", "Film 2"]
    assert backups.sealed_kind(tmp_path / "safety.db") == "sqlite"
    assert titles(tmp_path / "safety.db")[-1] == "Later"
    assert backups.is_sound(database)


def test_restoring_where_nothing_is_makes_the_database(tmp_path: Path, backup: Path) -> None:
    backups.restore_sqlite(backup, tmp_path / "new.db", tmp_path / "safety.db")
    assert titles(tmp_path / "new.db") == ["Film 0", "Film 1", "Film 2"]
    assert not (tmp_path / "safety.db").exists()


def test_restoring_a_damaged_database_takes_its_log_away_with_it(
    tmp_path: Path, database: Path, backup: Path
) -> None:
    damage(database)
    log = database.with_name("forum.db-wal")
    log.write_bytes(b"\x37\x7f\x06\x82" + os.urandom(8000))
    backups.restore_sqlite(backup, database, tmp_path / "safety.db")
    assert titles(database) == ["Film 0", "Film 1", "Film 2"]
    assert (tmp_path / "safety.db").exists()
    assert not backups.is_sound(tmp_path / "safety.db")


def test_restoring_over_what_is_no_database_at_all(
    tmp_path: Path, database: Path, backup: Path
) -> None:
    database.write_text("This was overwritten by accident." * 300)
    backups.restore_sqlite(backup, database, tmp_path / "safety.db")
    assert titles(database) == ["Film 0", "Film 1", "Film 2"]
    assert (tmp_path / "safety.db").read_text().startswith("This was")


def test_whoever_has_the_database_open_goes_on_with_the_restored_one(
    tmp_path: Path, database: Path, backup: Path
) -> None:
    with closing(sqlite.connect(str(database), isolation_level=None)) as other:
        other.execute("INSERT INTO films (title) VALUES ('Later')")
        backups.restore_sqlite(backup, database, tmp_path / "safety.db")
        assert other.execute("SELECT COUNT(*) FROM films").fetchone() == (3,)
        other.execute("INSERT INTO films (title) VALUES ('After')")
    assert titles(database)[-1] == "After"


def test_a_restore_waits_for_nobody_forever(
    tmp_path: Path, database: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "BUSY", 0.2)
    with closing(sqlite.connect(str(database), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(BackupError, match="locked"):
            backups.restore_sqlite(backup, database, tmp_path / "safety.db")
    assert titles(database) == ["Film 0", "Film 1", "Film 2"]


def flips(content: bytes) -> Iterator[bytes]:
    for place in (0, 50, 4096, len(content) // 2, len(content) - 1, len(content) - 40):
        changed = bytearray(content)
        changed[place] ^= 1
        yield bytes(changed)


def test_one_flipped_bit_anywhere_is_noticed(tmp_path: Path, database: Path, backup: Path) -> None:
    bad = tmp_path / "bad.db"
    for content in flips(backup.read_bytes()):
        bad.write_bytes(content)
        with pytest.raises(BackupError):
            backups.restore_sqlite(bad, database, tmp_path / "safety.db")
    assert not (tmp_path / "safety.db").exists()


@pytest.mark.parametrize("kept", [0, 1, 100, -1, -20, -4096])
def test_a_backup_cut_short_is_refused(tmp_path: Path, backup: Path, kept: int) -> None:
    bad = tmp_path / "bad.db"
    bad.write_bytes(backup.read_bytes()[:kept])
    with pytest.raises(BackupError, match="not a backup, or is cut short"):
        backups.sealed_kind(bad)


def test_a_plain_copy_of_a_database_is_no_backup(tmp_path: Path, database: Path) -> None:
    with pytest.raises(BackupError, match="is not a backup"):
        backups.restore_sqlite(database, tmp_path / "new.db", tmp_path / "safety.db")
    with pytest.raises(BackupError, match="can't be read: Is a directory"):
        backups.sealed_kind(tmp_path)


def test_a_sealed_file_that_is_no_database_is_refused(tmp_path: Path, database: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("nothing" * 1000)
    backups.seal(path, "sqlite")
    with pytest.raises(BackupError, match="not a database"):
        backups.restore_sqlite(path, database, tmp_path / "safety.db")
    with pytest.raises(BackupError, match="not a database"):
        backups.read_sqlite(path, "SELECT 1 FROM films")


def test_a_backup_of_the_other_kind_of_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.write_bytes(b"PGDMP")
    backups.seal(path, "postgresql")
    with pytest.raises(BackupError, match="backup of postgresql, and this forum runs on sqlite"):
        backups.require_kind(path, "sqlite")


def test_a_backup_under_load_is_one_moment_of_the_database(tmp_path: Path, database: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite.connect(str(database), isolation_level=None, timeout=10)) as writer:
            while not stop.is_set():
                writer.execute("BEGIN IMMEDIATE")
                writer.execute("INSERT INTO films (title) VALUES ('pair')")
                writer.execute("INSERT INTO films (title) VALUES ('pair')")
                writer.execute("COMMIT")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(5):
            backups.copy_sqlite(database, tmp_path / f"{number}.db")
    finally:
        stop.set()
        thread.join()
    for number in range(5):
        assert len([t for t in titles(tmp_path / f"{number}.db") if t == "pair"]) % 2 == 0
