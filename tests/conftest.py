"""What tests stand on: a fresh copy of a migrated database each, and visitors with requests."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum import counters, create_app
from forum.config import Settings
from forum.lib.database import db, session
from forum.votes import ranks
from tests import databases
from tests.compiled import COMPILED
from tests.visitors import Visitor

pytest_plugins = ["tests.at_length", "tests.figures", "tests.programs", "tests.worlds"]


def settings_for(instance: Path, **overrides: Any) -> Settings:
    """Settings of a forum in `instance`: unless told otherwise nothing is held or blind."""
    given = {
        "secret_key": databases.SECRET,
        "blind_hours": "0",
        "hold_first_posts": "0",
        **overrides,
    }
    return Settings.load({"FORUM_INSTANCE": str(instance)}, **given)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests run on SQLite, unless they are marked ``both_databases`` or ``postgresql``."""
    if "database_url" not in metafunc.fixturenames:
        return
    marked = metafunc.definition.get_closest_marker
    kinds = ["postgresql"] if marked("postgresql") else ["sqlite"]
    if marked("both_databases"):
        kinds = ["sqlite", "postgresql"]
    metafunc.parametrize("database_kind", kinds, scope="function")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with today's schema, to be copied."""
    return databases.migrated_sqlite(tmp_path_factory.mktemp("migrated"))


@pytest.fixture
def database_url(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The address of a fresh database with today's schema."""
    if database_kind == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), tmp_path / "forum.db")
        yield f"sqlite:///{tmp_path / 'forum.db'}"
    else:
        with databases.fresh_postgresql(request.getfixturevalue("postgresql")) as url:
            yield url


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings of this test's forum; override in a test module to change one."""
    return settings_for(tmp_path, database_url=database_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on a fresh database; afterwards every counter must equal its recount."""
    app = create_app(settings)
    app.testing = True
    app.jinja_env.bytecode_cache = COMPILED
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        yield app
        session().rollback()
        drifted = [*counters.drifted(), *ranks.drifted()]
        session().rollback()
        db.session.remove()
        db.engine.dispose()
    assert drifted == [], f"counters differ from their recount: {[str(d) for d in drifted]}"


@pytest.fixture
def guest(app: Flask) -> Visitor:
    """A visitor without an account."""
    return Visitor(app)
