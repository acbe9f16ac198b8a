"""A forum that really listens, for browsers to visit: the application behind a port."""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, request
from jinja2 import FileSystemBytecodeCache
from werkzeug.serving import WSGIRequestHandler, make_server

from forum import create_app
from forum.config import Settings
from forum.lib.database import db
from forum.lib.engines import sqlite_module
from forum.seeds import seed_all
from tests import databases


class House:
    """A forum that is open.

    Attributes:
        app: the application, for a test that looks behind the pages or acts as somebody else.
        url: its address, without a slash at the end.
        reports: what browsers told it of refused scripts, styles and addresses.
    """

    def __init__(self, app: Flask, url: str) -> None:
        self.app = app
        self.url = url
        self.reports: list[str] = []
        app.before_request(self._note_reports)

    def _note_reports(self) -> None:
        if request.path == "/csp-report":
            self.reports.append(request.get_data(as_text=True))


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: a test's own message is what should be read."""


@contextmanager
def open_house(instance: Path, database: Path, **overrides: Any) -> Iterator[House]:
    """Open a forum on a copy of `database`, in the folder `instance`, until the block ends."""
    copy = instance / "forum.db"
    shutil.copyfile(database, copy)
    server = make_server("127.0.0.1", 0, _not_yet, threaded=True, request_handler=_Quiet)
    app = create_app(
        Settings.load(
            {"FORUM_INSTANCE": str(instance)},
            database_url=f"sqlite:///{copy}",
            secret_key=databases.SECRET,
            port=server.port,
            # What waits for moderators has a story of its own.
            **{"hold_first_posts": "0", **overrides},
        )
    )
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(database.parent))
    server.app = app
    house = House(app, f"http://127.0.0.1:{server.port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield house
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@dataclass(frozen=True)
class Stage:
    """A database file to be copied, and where things stand on the pages that show it."""

    database: Path
    places: Mapping[str, str]


def set_stage(folder: Path, furnish: Callable[[], Mapping[str, str]] = dict) -> Stage:
    """The first films in a new database in `folder`, and whatever else `furnish` brings."""
    path = databases.migrated_sqlite(folder)
    app = create_app(
        Settings.load(
            {"FORUM_INSTANCE": str(folder)},
            database_url=f"sqlite:///{path}",
            secret_key=databases.SECRET,
        )
    )
    with app.test_request_context():  # so that addresses can be built
        seed_all()
        places = furnish()
        db.session.remove()
        db.engine.dispose()
    connection = sqlite_module().connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return Stage(path, places)


def _not_yet(_environ: Any, _start_response: Any) -> list[bytes]:
    raise RuntimeError("the application comes before the first visitor")
