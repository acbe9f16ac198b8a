"""`forum log`: the public log of moderation."""

import sys

import click

from forum.cli.context import with_app
from forum.moderation.log import verify as find_break


@click.group()
def log() -> None:
    """Look after the public log."""


@log.command()
@with_app
def verify() -> None:
    """Check the chain of hashes; exit status 1 and the line's number if it is broken."""
    broken = find_break()
    if broken is None:
        click.echo("The log is whole.")
        return
    click.echo(f"Line {broken.seq}: {broken.why}.")
    sys.exit(1)
