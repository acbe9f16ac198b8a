"""The references: what Flask itself costs for a page, and for a vote.

Served by the same server with the same workers as the forum, see `servers`:

- **a** (``/a``): a constant body as long as b's;
- **b** (``/b``): one Jinja page of 25 rows with autoescape, the unit of all ratios;
- **v** (``POST /v/<post>``): Flask-Login loads the user from the database by Flask's signed session
  cookie, then one transaction writes the vote and the post's counters, and is on disk before the
  answer is sent. Straight through the database's driver: nothing could do it with less.
"""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

import psycopg
from flask import Flask, render_template, request
from flask_login import LoginManager, UserMixin, current_user, login_required
from jinja2 import DictLoader

from forum.lib.engines import sqlite_module

DATABASE = "REFERENCE_DATABASE"
"""The variable that names v's database: postgresql://…, or the path of an SQLite file."""

SECRET = "the references keep no secrets"  # noqa: S105 - as it says
ROWS = 25
FANS, POSTS = 1_000, 200

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><h1>{{ title }}
</h1><ol>{% for row in rows %}
<li id="row-{{ row.id }}"><h2><a href="/rows/{{ row.id }}-{{ row.slug }}">{{ row.title }}</a></h2>
<p class="byline">by <a href="/fans/{{ row.author }}">{{ row.author }}</a> on
<time datetime="{{ row.at }}">{{ row.at }}</time></p><p>{{ row.text }}</p>
<p class="figures">{{ row.ups }} convinced, {{ row.downs }} not, {{ row.replies }} replies</p>
</li>{% endfor %}</ol></body></html>
"""
_TEXT = "It isn't the last shot & it isn't the first one: <i>both</i> are the same room, twice. "

_TABLES = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL)",
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, ups INTEGER NOT NULL, downs INTEGER NOT NULL)",
    (
        "CREATE TABLE votes (user_id INTEGER NOT NULL, post_id INTEGER NOT NULL,"
        " value INTEGER NOT NULL, PRIMARY KEY (user_id, post_id))"
    ),
)
_LOAD = "SELECT id, name FROM users WHERE id = ?"
_LOCK = "SELECT id FROM posts WHERE id = ?"
_OLD = "SELECT value FROM votes WHERE user_id = ? AND post_id = ?"
_UPSERT = (
    "INSERT INTO votes (user_id, post_id, value) VALUES (?, ?, ?)"
    " ON CONFLICT (user_id, post_id) DO UPDATE SET value = excluded.value"
)
_COUNT = "UPDATE posts SET ups = ups + ?, downs = downs + ? WHERE id = ?"


class Fan(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """Whom Flask-Login finds."""

    def __init__(self, id: int, name: str) -> None:
        self.id = id
        self.name = name


class Database:
    """v's database through its driver: one connection for each thread."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._is_sqlite = not address.startswith("postgresql")
        self._local = threading.local()

    def prepare(self) -> None:
        """Make the tables, with fans and posts."""
        for statement in _TABLES:
            self.run(statement)
        for id in range(1, FANS + 1):
            self.run("INSERT INTO users (id, name) VALUES (?, ?)", (id, f"fan_{id}"))
        for id in range(1, POSTS + 1):
            self.run("INSERT INTO posts (id, ups, downs) VALUES (?, 0, 0)", (id,))

    def fan(self, id: int) -> Fan | None:
        """The fan with an id."""
        row = self.run(_LOAD, (id,)).fetchone()
        return Fan(*row) if row else None

    def vote(self, fan_id: int, post_id: int, value: int) -> None:
        """Make `value` the fan's vote on the post, and count it."""
        with self.transaction():
            if not self._is_sqlite:
                self.run(f"{_LOCK} FOR UPDATE", (post_id,))
            old = self.run(_OLD, (fan_id, post_id)).fetchone()
            before = old[0] if old else 0
            self.run(_UPSERT, (fan_id, post_id, value))
            ups = (value == 1) - (before == 1)
            downs = (value == -1) - (before == -1)
            self.run(_COUNT, (ups, downs, post_id))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction of this thread: on disk at its end, undone if anything is raised."""
        self.run("BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN")
        try:
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def run(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        """Run a statement, with ? or the driver's own names for its values; its cursor."""
        if self._is_sqlite:
            return self._connection().execute(statement, values)
        is_once = bool(values)  # PostgreSQL plans once what is sent again and again
        return self._connection().execute(statement.replace("?", "%s"), values, prepare=is_once)

    def moment(self, moment: datetime) -> datetime | str:
        """A moment as this database's driver is given it."""
        return f"{moment:%Y-%m-%d %H:%M:%S.%f}" if self._is_sqlite else moment

    def close(self) -> None:
        """Close this thread's connection."""
        self._connection().close()
        del self._local.connection

    def _connection(self) -> Any:
        if not hasattr(self._local, "connection"):
            self._local.connection = self._connect()
        return self._local.connection

    def _connect(self) -> Any:
        if not self._is_sqlite:
            return psycopg.connect(self._address, autocommit=True)
        connection = sqlite_module().connect(self._address, isolation_level=None)
        connection.execute("PRAGMA busy_timeout=10000")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        return connection


def create_app(database: str | None = None) -> Flask:
    """The references as one application."""
    app = Flask(__name__)
    app.secret_key = SECRET
    app.jinja_loader = DictLoader({"page.html": _PAGE})
    rows = _rows()

    @app.get("/b")
    def b() -> str:
        return render_template("page.html", title="Twenty-five rows", rows=rows)

    with app.test_request_context():
        constant = b()

    @app.get("/a")
    def a() -> str:
        return constant

    add_votes(app, Database(database or os.environ.get(DATABASE, ":memory:")))
    return app


def cookie_of(app: Flask, fan_id: int) -> str:
    """The signed session cookie with which Flask-Login knows a fan again."""
    interface: Any = app.session_interface
    signed = interface.get_signing_serializer(app).dumps({"_user_id": str(fan_id), "_fresh": True})
    return f"session={signed}"


class Votes(Protocol):
    """What knows fans and keeps their votes."""

    def fan(self, id: int) -> Fan | None: ...

    def vote(self, fan_id: int, post_id: int, value: int) -> None: ...


def add_votes(app: Flask, database: Votes) -> None:
    """Give `app` the route by which a fan, whom Flask-Login knows by their cookie, votes."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(lambda known: database.fan(int(known)))

    @app.post("/v/<int:post_id>")
    @login_required  # type: ignore[untyped-decorator]  # it ships no types
    def v(post_id: int) -> str:
        database.vote(current_user.id, post_id, int(request.form["value"]))
        return "Counted."


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "slug": f"what-row-{number}-says",
            "title": f"What row {number} says & what it doesn't",
            "author": f"fan_{number}",
            "at": f"2026-01-{number:02}T12:00:00+00:00",
            "text": _TEXT * 5,
            "ups": 7 * number,
            "downs": 3 * number,
            "replies": number,
        }
        for number in range(1, ROWS + 1)
    ]
