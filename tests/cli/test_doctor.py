"""`forum doctor`: each thing that can be wrong is found, named, and comes with a remedy."""

import os
import shutil
import socket
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from forum import counters, create_app
from forum.cli import doctor, main
from forum.cli.context import Address, instance_is_held, only_one
from forum.config import Settings
from forum.lib import clock, jobs
from forum.lib.database import db, unit_of_work
from forum.lib.jobs import Job
from forum.votes import ranks


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sound installation, on a port that is free."""
    shutil.copyfile(migrated_sqlite, tmp_path / "forum.db")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("FORUM_PORT", str(probe.getsockname()[1]))
    monkeypatch.setenv("FORUM_INSTANCE", str(tmp_path))
    return tmp_path


def ask(*options: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *options])


def finding(result: Result, subject: str) -> str:
    lines = result.output.splitlines()
    at = next(n for n, line in enumerate(lines) if line[4:].startswith(f"{subject}: "))
    return "\n".join([lines[at], *(line for line in lines[at + 1 : at + 2] if line[:6] == " " * 6)])


def write(statement: str) -> None:
    with create_app().app_context():
        with unit_of_work() as work:
            work.execute(text(statement))
        db.engine.dispose()


def test_a_sound_installation_is_well() -> None:
    result = ask("--deep")
    assert result.exit_code == 0, result.output
    assert result.output.endswith("All is well.\n")
    assert "BAD" not in result.output
    assert finding(result, "Cached numbers") == "ok  Cached numbers: 0 differ"


def test_an_old_python_is_found(monkeypatch: pytest.MonkeyPatch, instance: Path) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (99, 0))
    assert "Install Python 3.11 or newer" in finding(ask(), "Python")


def test_an_old_sqlite_is_found_unless_it_is_not_used(
    monkeypatch: pytest.MonkeyPatch, instance: Path
) -> None:
    monkeypatch.setattr(doctor, "wal_is_safe", lambda: False)
    result = ask()
    assert result.exit_code == 1
    assert "Older than 3.51.3" in finding(result, "SQLite")
    elsewhere = Settings.load(database_url="postgresql://h/n")
    assert doctor.sqlite(elsewhere).is_well


def test_an_instance_that_cannot_be_written_is_found(
    monkeypatch: pytest.MonkeyPatch, instance: Path
) -> None:
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != instance and may(path, mode))
    assert "Let this user write there" in finding(ask(), "Instance folder")


def test_a_full_disk_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=5_000_000))
    assert "Make room" in finding(ask(), "Free space")


def test_a_secret_key_that_others_can_read_is_found(instance: Path) -> None:
    ask()
    (instance / "secret_key").chmod(0o644)
    result = ask()
    assert result.exit_code == 1
    assert f"chmod 600 {instance}/secret_key" in finding(result, "Secret key")
    assert result.output.endswith("1 of 11 need attention.\n")


def test_a_secret_key_from_a_variable_has_no_file(
    monkeypatch: pytest.MonkeyPatch, instance: Path
) -> None:
    monkeypatch.setenv("FORUM_SECRET_KEY", "x" * 32)
    assert "from FORUM_SECRET_KEY" in finding(ask(), "Secret key")


def test_a_misspelt_variable_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORUM_SITENAME", "Lobby")
    monkeypatch.setenv("FORUM_TEST_REQUIRE", "")
    found = finding(ask(), "Variables")
    assert "FORUM_SITENAME is no setting, the nearest is FORUM_SITE_NAME" in found
    assert "FORUM_TEST_REQUIRE" not in found


def test_a_taken_port_is_found_unless_this_forum_has_it(
    monkeypatch: pytest.MonkeyPatch, instance: Path
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("FORUM_PORT", str(other.getsockname()[1]))
        assert "or end what has it" in finding(ask(), "Port")
        with only_one(instance, Address(f"127.0.0.1:{other.getsockname()[1]}", "http://x")):
            assert "in use by this forum" in finding(ask(), "Port")
        with only_one(instance, Address("127.0.0.1:8101", "http://x")):
            found = finding(ask(), "Port")
            assert "and not 127.0.0.1:8101, where this forum runs" in found
            assert "or end what has it" in found


def test_a_folder_that_cannot_be_locked_counts_as_free(tmp_path: Path) -> None:
    assert not instance_is_held(tmp_path / "none")


def test_a_plain_address_beyond_this_machine_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORUM_PUBLIC_URL", "http://forum.example")
    assert "put a proxy with HTTPS in front" in finding(ask(), "Public address")


def test_an_unreachable_database_is_found_and_its_password_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORUM_DATABASE_URL", "postgresql://fan:pass-word@127.0.0.1:1/none")
    result = ask()
    assert result.exit_code == 1
    assert "Check FORUM_DATABASE_URL" in result.output
    assert "pass-word" not in result.output
    assert "Migrations" not in result.output


def test_waiting_migrations_are_found(instance: Path) -> None:
    (instance / "forum.db").unlink()
    found = ask()
    assert "`forum migrate` applies them" in finding(found, "Migrations")
    assert "Worker" not in found.output


def test_a_sleeping_worker_is_found(instance: Path) -> None:
    with create_app().app_context():
        with unit_of_work():
            jobs.enqueue("nothing", {}, clock.now() - timedelta(hours=1))
        db.engine.dispose()
    assert "BAD Worker: 1 jobs overdue" in finding(ask(), "Worker")


def test_a_job_that_was_given_up_is_found(instance: Path) -> None:
    with create_app().app_context():
        with unit_of_work() as work:
            work.add(Job(kind="open_figures", payload={}, run_at=clock.now(), attempts=8))
        db.engine.dispose()
    found = finding(ask(), "Worker")
    assert "BAD Worker: no jobs overdue, 1 given up" in found
    assert "last_error" in found


def test_a_drifted_number_is_found_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    drift = counters.Drift("films.theory_count", 1, 7, 0)
    monkeypatch.setattr(counters, "drifted", lambda: [drift])
    assert ask().exit_code == 0
    result = ask("--deep")
    assert result.exit_code == 1
    assert "films.theory_count of 1: 7 kept, 0 counted" in finding(result, "Cached numbers")


def test_a_drifted_rank_is_found_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    drift = counters.Drift("posts.best", 1, 0.7, 0.0)
    monkeypatch.setattr(ranks, "drifted", lambda: [drift])
    result = ask("--deep")
    assert result.exit_code == 1
    assert "posts.best of 1: 0.7 kept, 0.0 counted" in finding(result, "Cached numbers")


def test_settings_that_make_no_sense_are_the_first_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORUM_WORKERS", "0")
    result = ask()
    assert result.exit_code == 1
    assert result.output.startswith("Error: workers = '0': must be")


def test_the_command_knows_its_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).output.startswith("forum, version ")


def test_python_here_is_new_enough() -> None:
    assert sys.version_info >= doctor.OLDEST_PYTHON
