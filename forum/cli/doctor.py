"""`forum doctor`: what is wrong with an installation, and what to do about it."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from difflib import get_close_matches

import click
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from forum import counters, create_app
from forum.cli import schema
from forum.cli.context import load_settings, running_at
from forum.cli.serve import port_problem
from forum.config import Settings, variable
from forum.lib import jobs, secret_file
from forum.lib.database import db, session
from forum.lib.engines import SAFE_WAL_VERSION, sqlite_module, wal_is_safe
from forum.votes import ranks

OLDEST_PYTHON = (3, 11)
LEAST_SPACE = 200 * 1024 * 1024
"""Bytes free, below which the next backup or log may fill the disk."""

OVERDUE = timedelta(minutes=5)
"""How long a queued job may wait before the worker must be asleep or dead."""

FOREIGN_VARIABLES = ("FORUM_TEST_",)
"""Beginnings of variables that look like settings and belong to the tests."""


@dataclass(frozen=True)
class Finding:
    """One answer: what was looked at, whether it is well, and if not, what to do."""

    subject: str
    state: str
    advice: str = ""

    @property
    def is_well(self) -> bool:
        return not self.advice


@click.command()
@click.option("--deep", is_flag=True, help="Also recount every cached number; slow when large.")
def doctor(*, deep: bool) -> None:
    """Look the installation over; exit status 1 when something is wrong."""
    settings = load_settings()
    findings = list(_look(settings, deep=deep))
    for finding in findings:
        sign = click.style("ok  ", fg="green") if finding.is_well else click.style("BAD ", fg="red")
        click.echo(f"{sign}{finding.subject}: {finding.state}")
        if not finding.is_well:
            click.echo(f"      {finding.advice}")
    wrong = sum(not finding.is_well for finding in findings)
    click.echo(f"{wrong} of {len(findings)} need attention." if wrong else "All is well.")
    sys.exit(1 if wrong else 0)


def _look(settings: Settings, *, deep: bool) -> Iterator[Finding]:
    checks: tuple[Callable[[Settings], Finding], ...] = (
        python,
        sqlite,
        instance,
        space,
        secret_key,
        variables,
        port,
        address,
    )
    for check in checks:
        yield check(settings)
    with create_app(settings).app_context():
        reached = database(settings)
        yield reached
        if reached.is_well:
            yield migrations(settings)
        if reached.is_well and not schema.is_pending():
            yield worker(settings)
            if deep:
                yield numbers(settings)


def python(_settings: Settings) -> Finding:
    """The interpreter's version."""
    state = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info < OLDEST_PYTHON
    return Finding("Python", state, "Install Python 3.11 or newer, remove .venv." if old else "")


def sqlite(settings: Settings) -> Finding:
    """The SQLite library: older ones can corrupt a log that two processes share."""
    state = str(sqlite_module().sqlite_version)
    needed = ".".join(map(str, SAFE_WAL_VERSION))
    if not settings.is_sqlite:
        return Finding("SQLite", f"{state}, not used")
    return Finding(
        "SQLite",
        state,
        ""
        if wal_is_safe()
        else f"Older than {needed}: the forum runs without a write-ahead log, one writer at a "
        "time. Install pysqlite3 0.6.1 or newer, or use PostgreSQL.",
    )


def instance(settings: Settings) -> Finding:
    """Whether the instance folder can be written to."""
    writable = os.access(settings.instance, os.W_OK | os.X_OK)
    advice = "" if writable else "Let this user write there: chown it, or set FORUM_INSTANCE."
    return Finding("Instance folder", str(settings.instance), advice)


def space(settings: Settings) -> Finding:
    """Free space where the database and its backups are."""
    free = shutil.disk_usage(settings.instance).free
    advice = "" if free >= LEAST_SPACE else "Make room: remove old files from backups/."
    return Finding("Free space", f"{free / 1e9:.1f} GB", advice)


def secret_key(settings: Settings) -> Finding:
    """Who may read the secret key."""
    path = settings.instance / "secret_key"
    if not path.exists():
        return Finding("Secret key", f"from {variable('secret_key')} or config.toml")
    private = secret_file.is_private(path)
    return Finding(
        "Secret key",
        "for its owner only" if private else "others may read it",
        "" if private else f"chmod 600 {path}",
    )


def variables(_settings: Settings) -> Finding:
    """Variables that look like settings and are none: mostly a slip of the pen."""
    known = [variable(spec.name) for spec in fields(Settings)]
    strange = [
        name
        for name in sorted(os.environ)
        if name.startswith("FORUM_") and name not in known
        if not name.startswith(FOREIGN_VARIABLES)
    ]
    advice = "; ".join(
        f"{name} is no setting, the nearest is {get_close_matches(name, known, 1, 0.0)[0]}"
        for name in strange
    )
    return Finding("Variables", f"{len(strange)} unknown" if strange else "all known", advice)


def port(settings: Settings) -> Finding:
    """Whether the port is free, or taken by this very forum."""
    where = f"{settings.host} {settings.port}"
    running = running_at(settings.instance)
    if running and running.local == settings.local_address:
        return Finding("Port", f"{where}, in use by this forum")
    if running:
        where += f", and not {running.local}, where this forum runs"
    return Finding("Port", where, port_problem(settings.host, settings.port) or "")


def address(settings: Settings) -> Finding:
    """Whether browsers will accept the cookies of the public address."""
    usable = settings.is_https or settings.is_loopback
    advice = (
        "Without HTTPS nobody can log in from another machine: put a proxy with HTTPS in front "
        f"and set {variable('public_url')} to its https:// address."
    )
    return Finding("Public address", settings.public_url, "" if usable else advice)


def database(_settings: Settings) -> Finding:
    """Whether the database answers."""
    shown = db.engine.url.render_as_string(hide_password=True)
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as problem:
        said = str(problem.__cause__ or problem).strip()
        return Finding("Database", shown, f"{said}. Check {variable('database_url')}.")
    return Finding("Database", shown)


def migrations(_settings: Settings) -> Finding:
    """Whether the schema is that of this version."""
    waiting = schema.is_pending()
    advice = "`forum migrate` applies them, and so does the next `forum run`." if waiting else ""
    return Finding("Migrations", "waiting" if waiting else "all applied", advice)


def worker(_settings: Settings) -> Finding:
    """Whether queued jobs get done."""
    late, hopeless = jobs.overdue(OVERDUE), jobs.given_up()
    session().rollback()
    state = f"{late or 'no'} jobs overdue, {hopeless or 'none'} given up"
    if late:
        return Finding(
            "Worker", state, "Start `forum worker` (`forum run` does), read what it says."
        )
    why = "Why stands in last_error of the table jobs: mend that, then set their attempts to 0."
    return Finding("Worker", state, why if hopeless else "")


def numbers(_settings: Settings) -> Finding:
    """Whether every cached number equals its recount, and every rank that of its votes."""
    drifts = [*counters.drifted(), *ranks.drifted()]
    session().rollback()
    advice = f"`forum recount` heals it. First: {drifts[0]}" if drifts else ""
    return Finding("Cached numbers", f"{len(drifts)} differ", advice)
