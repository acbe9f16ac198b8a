"""`forum backup` and `forum restore`: the whole database in one file, and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from forum.cli import schema
from forum.cli.context import instance_folder, only_one, with_app
from forum.lib import archives, backups
from forum.lib.database import db

REVISION = "SELECT version_num FROM alembic_version"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_app
def backup(file: Path) -> None:
    """Write the whole database to FILE, which must not exist yet. The forum may go on running.

    FILE holds all that the forum knows, e-mail addresses and digests of passwords included: keep
    it where only you can read it. The secret key and config.toml are not in it.
    """
    path = schema.sqlite_path()
    with _in_words():
        if path is None:
            archives.dump_postgres(_database_url(), file)
        elif path.exists():
            backups.copy_sqlite(path, file)
        else:
            raise backups.BackupError(f"{path} does not exist yet: there is nothing to back up.")
    click.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB, complete and checked.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@with_app
def restore(file: Path) -> None:
    """Replace the database by the backup FILE. The forum must be stopped.

    What is there now is kept in the instance's folder `backups`.
    """
    path, instance = schema.sqlite_path(), instance_folder()
    ending = "db" if path else "dump"
    with only_one(instance), _in_words():
        _require_known_schema(file, is_sqlite=path is not None)
        safety = schema.copy_name(instance, "before-restore", ending)
        db.engine.dispose()
        if path is None:
            archives.restore_postgres(file, _database_url(), safety)
        else:
            backups.restore_sqlite(file, path, safety)
    click.echo(f"The database is that of {file} again.")
    if safety.exists():
        click.echo(f"The one before is kept as {safety}")
    if schema.is_pending():
        click.echo("It comes from an older version: the next `forum run` brings it up to date.")


def _require_known_schema(file: Path, *, is_sqlite: bool) -> None:
    if is_sqlite:
        backups.require_kind(file, "sqlite")
        revisions = [row[0] for row in backups.read_sqlite(file, REVISION)]
    else:
        revisions = archives.lines_of_table(file, "alembic_version", _database_url())
    if len(revisions) != 1 or not schema.is_known(revisions[0]):
        raise backups.BackupError(
            f"{file} has the schema {' '.join(revisions) or 'of no forum'}, which this version "
            "does not know. Restore it with the version that made it, or a newer one."
        )


def _database_url() -> str:
    return db.engine.url.render_as_string(hide_password=False)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except backups.BackupError as problem:
        raise click.ClickException(str(problem)) from problem
