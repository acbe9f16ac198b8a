"""The database's schema: which version it has, whether that is today's, and bringing it there."""

from datetime import UTC, datetime
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy.exc import DBAPIError

from forum.lib import backups
from forum.lib.database import db


def newest() -> str:
    """The revision that this version's code is written for."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def present() -> str | None:
    """The revision that the database has; None while it is empty.

    Raises:
        click.ClickException: the database does not answer.
    """
    try:
        with db.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as problem:
        raise click.ClickException(f"The database can't be reached: {problem.orig}") from problem


def is_pending() -> bool:
    """Whether migrations wait to be applied."""
    return present() != newest()


def is_known(revision: str) -> bool:
    """Whether this version's code knows `revision`, and so can bring it up to date."""
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is not None
    except CommandError:
        return False


def upgrade() -> Path | None:
    """Apply the migrations that wait.

    Returns:
        Where an SQLite database was copied to before; None when there was nothing to do or to lose.

    Raises:
        click.ClickException: the database comes from a newer version.
    """
    revision = present()
    if revision == newest():
        return None
    if revision is not None and not is_known(revision):
        raise click.ClickException(
            f"The database has the schema {revision}, which this version does not know: a newer "
            "one made it. Run that version, or restore a backup made by this one."
        )
    path = sqlite_path()
    copy = None
    if path and revision is not None:
        copy = copy_name(Path(current_app.instance_path), f"before-{newest()}")
        backups.copy_sqlite(path, copy)
    command.upgrade(_config(), "head")
    return copy


def sqlite_path() -> Path | None:
    """The database's file; None on PostgreSQL."""
    url = db.engine.url
    return Path(url.database) if url.drivername == "sqlite" and url.database else None


def copy_name(folder: Path, reason: str, ending: str = "db") -> Path:
    """A new name in the instance's folder of backups, which is made when it is missing."""
    backups_folder = folder / "backups"
    backups_folder.mkdir(mode=0o700, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")[:-3]
    return backups_folder / f"{stamp}-{reason}.{ending}"


def _config() -> Config:
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config
