"""`forum recount`: cached numbers against what they are counted from."""

import sys

import click

from forum import counters
from forum.cli.context import with_app
from forum.lib.database import session, unit_of_work
from forum.votes import ranks

SHOWN = 50


@click.command()
@click.option("--check", is_flag=True, help="Only compare; exit status 1 if any number differs.")
@with_app
def recount(check: bool) -> None:
    """Count everything anew: mend the cached numbers that differ, or only name them (--check)."""
    drifted = [*counters.drifted(), *ranks.drifted()]
    session().rollback()
    for drift in drifted[:SHOWN]:
        click.echo(str(drift))
    if len(drifted) > SHOWN:
        click.echo(f"… and {len(drifted) - SHOWN} more")
    if not drifted:
        click.echo("Every number equals its recount.")
        return
    if check:
        sys.exit(1)
    mend()
    click.echo(f"{len(drifted)} numbers mended.")


def mend() -> None:
    """Count anew what differs, while the site runs; ranks film by film, so that none waits long."""
    with unit_of_work():
        counters.recount()
    films = ranks.films_that_drifted()
    session().rollback()
    for film_id in films:
        with unit_of_work():
            ranks.mend(film_id)
