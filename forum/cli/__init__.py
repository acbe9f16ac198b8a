"""The `forum` command: what an operator does to an installation, from the shell.

Each module of this package brings its commands; they are doors, and call the same operations as
the pages do.
"""

import click

from forum.cli import database, doctor, films, log, recount, serve, users


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="foyer", prog_name="forum")
def main() -> None:
    """Run and look after a Foyer forum."""


for command in (
    serve.run,
    serve.worker,
    serve.seed,
    serve.migrate,
    database.backup,
    database.restore,
    doctor.doctor,
    users.user,
    films.films,
    recount.recount,
    log.log,
):
    main.add_command(command)
