"""`forum backup`, `restore` and `migrate`: the database to a file, back, and up to date."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import event, select, text

from forum import create_app
from forum.accounts.models import User
from forum.cli import main, schema
from forum.cli.context import only_one
from forum.lib import archives, backups
from forum.lib.database import db, session, unit_of_work
from forum.lib.engines import sqlite_module
from tests import clients
from tests.conftest import settings_for


def forum(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def write(statement: str) -> None:
    with unit_of_work() as work:
        work.execute(text(statement))


def jobs() -> list[str]:
    kinds = list(session().scalars(text("SELECT kind FROM jobs ORDER BY kind")))
    session().rollback()
    return kinds


def add_job(kind: str) -> None:
    write(
        "INSERT INTO jobs (kind, payload, run_at, attempts)"
        f" VALUES ('{kind}', '{{}}', '2030-01-01 00:00:00.000000', 0)"
    )


@pytest.fixture
def backup(app: Flask, tmp_path: Path) -> Path:
    add_job("kept")
    path = tmp_path / "forum.backup"
    result = forum("backup", path)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{path}: ")
    return path


def test_a_backup_comes_back_and_what_was_there_is_kept(backup: Path, tmp_path: Path) -> None:
    add_job("later")
    result = forum("restore", backup)
    assert result.exit_code == 0, result.output
    assert jobs() == ["kept"]
    (safety,) = (tmp_path / "backups").iterdir()
    assert f"The one before is kept as {safety}" in result.output
    assert "older version" not in result.output
    assert forum("restore", safety).exit_code == 0
    assert jobs() == ["kept", "later"]


def test_a_backup_comes_back_where_no_database_is(backup: Path, tmp_path: Path) -> None:
    db.session.remove()
    db.engine.dispose()
    for file in tmp_path.glob("forum.db*"):
        file.unlink()
    result = forum("restore", backup)
    assert result.exit_code == 0, result.output
    assert "kept as" not in result.output
    assert jobs() == ["kept"]


def test_nothing_is_restored_under_a_running_forum(backup: Path, tmp_path: Path) -> None:
    add_job("later")
    with only_one(tmp_path):
        result = forum("restore", backup)
    assert result.exit_code == 1
    assert "Stop it first" in result.output
    assert jobs() == ["kept", "later"]


def test_what_is_no_backup_is_refused_and_nothing_changes(app: Flask, tmp_path: Path) -> None:
    add_job("kept")
    (tmp_path / "letter.txt").write_text("Dear moderators")
    result = forum("restore", tmp_path / "letter.txt")
    assert result.exit_code == 1
    assert "is not a backup" in result.output
    assert jobs() == ["kept"]
    assert forum("restore", tmp_path / "none").exit_code == 2


def test_a_backup_of_an_unknown_schema_is_refused(app: Flask, tmp_path: Path) -> None:
    write("UPDATE alembic_version SET version_num = 'of_tomorrow'")
    assert forum("backup", tmp_path / "newer").exit_code == 0
    write(f"UPDATE alembic_version SET version_num = '{schema.newest()}'")
    result = forum("restore", tmp_path / "newer")
    assert result.exit_code == 1
    assert "has the schema of_tomorrow, which this version does not know" in result.output


def test_an_existing_file_is_not_overwritten(backup: Path) -> None:
    result = forum("backup", backup)
    assert result.exit_code == 1
    assert "exists already" in result.output


def test_there_is_nothing_to_back_up_before_the_first_start(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "sqlite_path", lambda: tmp_path / "none.db")
    result = forum("backup", tmp_path / "copy")
    assert result.exit_code == 1
    assert "there is nothing to back up" in result.output


@pytest.fixture
def next_version(app: Flask, tmp_path: Path) -> str:
    """A migration that today's database has not had, as after an upgrade of the code."""
    migrate = app.extensions["migrate"].migrate
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.directory, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "of_tomorrow.py").write_text(
        "from alembic import op\n"
        f"revision, down_revision = 'of_tomorrow', {schema.newest()!r}\n"
        "def upgrade():\n    op.execute('CREATE TABLE of_tomorrow (id INTEGER)')\n"
    )
    migrate.directory = app.extensions["migrate"].directory = str(folder)
    return "of_tomorrow"


def test_trust_heeds_what_was_decided_before_that_was_kept_with_the_account(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    app = create_app(settings_for(tmp_path, database_url=f"sqlite:///{path}"))
    with app.app_context():
        flask_migrate.upgrade(revision="0001")
        connection = sqlite_module().connect(path)
        for id in (1, 2):
            connection.execute(
                "INSERT INTO users (id, name, name_key, skeleton, created_at)"
                " VALUES (?1, ?1, ?1, ?1, '2026-01-01')",
                (id,),
            )
        decided = [("remove", 4, None), ("hide", 5, 1), ("no_action", 6, None)]
        for number, (act, day, reverted_by_id) in enumerate(decided):
            connection.execute(
                "INSERT INTO decisions (act, user_id, reasons, source, by_id, log_seq, at,"
                " reverted_by_id) VALUES (?, 1, '', 'own', 2, ?, ?, ?)",
                (act, number, f"2026-05-0{day} 00:00:00.000000", reverted_by_id),
            )
        connection.commit()
        connection.close()
        flask_migrate.upgrade()
        upheld = session().scalars(select(User.upheld_at).order_by(User.id)).all()
        session().rollback()
        db.engine.dispose()
    assert upheld == [datetime(2026, 5, 4, tzinfo=UTC), None]


def test_migrating_copies_the_database_first(next_version: str, tmp_path: Path) -> None:
    add_job("kept")
    assert schema.is_pending()
    result = forum("migrate")
    assert result.exit_code == 0, result.output
    assert schema.present() == next_version
    assert not schema.is_pending()
    (copy,) = (tmp_path / "backups").iterdir()
    assert str(copy) in result.output
    assert copy.name.endswith("-before-of_tomorrow.db")
    assert backups.read_sqlite(copy, "SELECT kind FROM jobs") == [("kept",)]
    # Once more changes nothing and copies nothing.
    assert forum("migrate").output == "The database is up to date.\n"
    assert list((tmp_path / "backups").iterdir()) == [copy]


def test_a_backup_of_an_older_version_says_what_comes_next(
    app: Flask, tmp_path: Path, next_version: str
) -> None:
    assert forum("backup", tmp_path / "old").exit_code == 0
    assert forum("migrate").exit_code == 0
    result = forum("restore", tmp_path / "old")
    assert result.exit_code == 0, result.output
    assert "the next `forum run` brings it up to date" in result.output
    assert schema.is_pending()


@pytest.mark.postgresql
def test_a_migration_may_take_longer_than_a_page(next_version: str) -> None:
    limits = []

    def note(_connection: object, cursor: Any, statement: str, *_rest: object) -> None:
        if "of_tomorrow (id" in statement:
            limits.append(cursor.connection.execute("SHOW statement_timeout").fetchone())

    event.listen(db.engine, "before_cursor_execute", note)
    schema.upgrade()
    assert limits == [("0",)]


def test_a_database_of_a_newer_version_is_left_alone(app: Flask) -> None:
    write("UPDATE alembic_version SET version_num = 'of_tomorrow'")
    result = forum("migrate")
    assert result.exit_code == 1
    assert "a newer one made it" in result.output


def test_a_new_database_is_made_without_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORUM_INSTANCE", str(tmp_path / "new"))
    result = forum("migrate")
    assert result.exit_code == 0, result.output
    assert result.output == "The database is up to date.\n"
    assert (tmp_path / "new" / "forum.db").exists()
    assert not (tmp_path / "new" / "backups").exists()


@pytest.mark.both_databases
def test_both_databases_come_back(
    app: Flask, tmp_path: Path, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind == "postgresql":
        clients.use(monkeypatch)
    add_job("kept")
    assert forum("backup", tmp_path / "file").exit_code == 0
    add_job("later")
    result = forum("restore", tmp_path / "file")
    assert result.exit_code == 0, result.output
    assert jobs() == ["kept"]
    kind = backups.sealed_kind(tmp_path / "file")
    assert kind == database_kind


def test_a_postgresql_archive_without_a_schema_is_refused(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "sqlite_path", lambda: None)
    monkeypatch.setattr(archives, "lines_of_table", lambda *_: [])
    path = tmp_path / "file"
    path.write_text("")
    result = forum("restore", path)
    assert result.exit_code == 1
    assert "has the schema of no forum" in result.output
