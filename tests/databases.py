"""Databases for tests: SQLite files copied from a migrated one, PostgreSQL ones from a template."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import psycopg
from sqlalchemy import make_url

from forum import create_app
from forum.config import Settings
from forum.lib.database import db
from forum.lib.engines import sqlite_module

SECRET = "a secret that only tests know, of 32 bytes and more"


def migrate(url: str, instance: Path) -> None:
    """Bring the database at `url` to today's schema, by the migrations."""
    app = create_app(
        Settings.load({"FORUM_INSTANCE": str(instance)}, database_url=url, secret_key=SECRET)
    )
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


def migrated_sqlite(folder: Path) -> Path:
    """A database file with today's schema and nothing in its write-ahead log."""
    path = folder / "forum.db"
    migrate(f"sqlite:///{path}", folder)
    connection = sqlite_module().connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def migrated_postgresql(server_url: str, folder: Path) -> str:
    """The name of a database with today's schema, to be used as a template; one per worker."""
    name = f"template_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{secrets.token_hex(4)}"
    _administer(server_url, f'CREATE DATABASE "{name}" ENCODING UTF8 TEMPLATE template0')
    migrate(_named(server_url, name), folder)
    return name


@contextmanager
def fresh_postgresql(template: tuple[str, str]) -> Iterator[str]:
    """The address of a new database made from (server, template's name); dropped after."""
    server_url, template_name = template
    name = f"test_{secrets.token_hex(8)}"
    _administer(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template_name}"')
    try:
        yield _named(server_url, name)
    finally:
        _administer(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def _named(server_url: str, name: str) -> str:
    url = make_url(server_url).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def _administer(server_url: str, statement: str) -> None:
    url = make_url(server_url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(statement)
