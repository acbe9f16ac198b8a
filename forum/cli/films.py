"""`forum films`: the catalogue."""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import click

from forum.accounts.viewers import Operator
from forum.cli.context import with_app
from forum.films.catalogue import CatalogueError, Refusal, Row, read_catalogue
from forum.films.operations import add_film
from forum.lib.database import session, unit_of_work
from forum.lib.language import ngettext

ROWS_A_UNIT = 500
"""Films imported in one transaction: few commits, and the write lock is held for moments only."""


@click.group()
def films() -> None:
    """Bring films into the catalogue."""


@films.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--skip-bad", is_flag=True, help="Refused rows are no failure (exit status 0).")
@with_app
def import_(file: Path, dry_run: bool, skip_bad: bool) -> None:
    """Import a film list: JSON, JSON lines (also gzipped), CSV with a header, IMDb's title.basics.

    Importing a list again brings the films up to date and adds none twice. Refused rows are named
    with line and reason on standard error; the exit status is then 1, unless --skip-bad is given.
    """
    progress = _Progress()
    try:
        for unit in _units(read_catalogue(file)):
            _import(unit, dry_run, progress)
            progress.show()
    except CatalogueError as problem:
        raise click.ClickException(str(problem)) from problem
    progress.end(dry_run)
    if progress.refused and not skip_bad:
        sys.exit(1)


class _Progress:
    """How far an import is."""

    def __init__(self) -> None:
        self.read = self.kept = self.refused = 0

    def show(self) -> None:
        """Say it on one line that is written over, where somebody watches."""
        if sys.stderr.isatty():
            click.echo(
                f"\r{self.read} rows read, {self.kept} films new or changed", err=True, nl=False
            )

    def end(self, dry_run: bool) -> None:
        """Say what came of it."""
        if sys.stderr.isatty():
            click.echo(err=True)
        same = self.read - self.kept - self.refused
        would = "would be " if dry_run else ""
        rows = ngettext("%d row read", "%d rows read", self.read) % self.read
        kept = ngettext("%d film", "%d films", self.kept) % self.kept
        click.echo(
            f"{rows}: {kept} {would}added or changed, {same} as they were, {self.refused} refused."
        )


def _units(entries: Iterator[Row | Refusal]) -> Iterator[list[Row | Refusal]]:
    while unit := list(islice(entries, ROWS_A_UNIT)):
        yield unit


def _import(unit: list[Row | Refusal], dry_run: bool, progress: _Progress) -> None:
    progress.read += len(unit)
    try:
        with unit_of_work():
            for entry in unit:
                if isinstance(entry, Refusal):
                    progress.refused += 1
                    click.echo(f"line {entry.line}: {entry.title}: {entry.reason}", err=True)
                else:
                    _, changed = add_film(entry.film, by=Operator())
                    progress.kept += changed
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    session().expunge_all()  # thousands of films would be kept in memory otherwise


class _DryRun(Exception):
    """Ends a unit of work without a commit."""
