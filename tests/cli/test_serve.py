"""What `forum run` does before the server starts, and the commands that are parts of it."""

import fcntl
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from forum import create_app
from forum.cli import main, schema, serve
from forum.cli.context import running_at
from forum.config import Settings
from forum.films.models import Film
from forum.lib import jobs
from forum.lib.database import db
from forum.lib.jobs import Job
from forum.moderation.models import Rule
from tests.factories import a_film, found


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often the first films were brought in; what they are has its own tests."""
    times: list[str] = []
    monkeypatch.setattr(serve, "seed_all", lambda: times.append("seeded"))
    return times


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({}, instance=tmp_path)


def test_an_empty_database_is_seeded(settings: Settings, seeded: list[str]) -> None:
    serve.prepare(settings)
    assert seeded == ["seeded"]
    assert not (settings.instance / "seeding").exists()


def test_films_that_are_there_are_left_alone(
    settings: Settings, seeded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "is_empty", lambda: False)
    serve.prepare(settings)
    assert seeded == []


def test_a_forum_whose_films_were_imported_first_has_rules_and_nightly_work(
    settings: Settings,
) -> None:
    with create_app(settings).app_context():
        schema.upgrade()
        a_film("Mine", 2001)
        for _ in range(2):  # and the next start adds nothing
            serve.prepare(settings)
        assert found(select(func.count()).select_from(Film)) == [1]
        assert found(select(func.count()).select_from(Rule)) == [9]
        assert found(select(Job.kind)) == ["nightly"]
        db.session.remove()
        db.engine.dispose()


def test_a_seeding_that_was_cut_short_goes_on_at_the_next_start(
    settings: Settings, seeded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(serve, "seed_all", die)
        with pytest.raises(KeyboardInterrupt):
            serve.prepare(settings)
    monkeypatch.setattr(serve, "is_empty", lambda: False)  # some films are in
    serve.prepare(settings)
    assert seeded == ["seeded"]
    assert not (settings.instance / "seeding").exists()


def test_where_the_copy_before_an_upgrade_is_kept_is_said(
    settings: Settings,
    seeded: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    upgrade = schema.upgrade

    def upgrade_with_copy() -> Path:
        upgrade()
        return Path("/backups/before.db")

    monkeypatch.setattr(schema, "upgrade", upgrade_with_copy)
    serve.prepare(settings)
    assert "was upgraded; the one before is kept as /backups/before.db" in capsys.readouterr().out


def test_an_old_sqlite_is_mentioned_at_the_start(
    settings: Settings,
    seeded: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(serve, "wal_is_safe", lambda: False)
    serve.prepare(settings)
    assert "older than 3.51.3" in capsys.readouterr().out


def test_seed_and_worker_are_commands_too(
    tmp_path: Path, seeded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORUM_INSTANCE", str(tmp_path))
    monkeypatch.setattr(jobs, "work_forever", lambda: seeded.append("worked"))
    for command in ("seed", "worker"):
        assert CliRunner().invoke(main, [command]).exit_code == 0
    assert seeded == ["seeded", "worked"]


@pytest.mark.parametrize("written", ["", "77\n", "77\n127.0.0.1:8000\n"])
def test_a_forum_that_has_not_said_yet_where_it_is_reached_is_nowhere(
    tmp_path: Path, written: str
) -> None:
    with (tmp_path / "run.lock").open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(written)
        file.flush()
        assert running_at(tmp_path) is None
