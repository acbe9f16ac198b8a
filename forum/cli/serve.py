"""`forum run`: the whole forum by one command; and the parts of it by themselves."""

import http.client
import os
import socket
import sys

import click

from forum import create_app
from forum.cli import schema
from forum.cli.context import Address, load_settings, only_one, with_app
from forum.cli.supervisor import Child, Supervisor
from forum.config import Settings, variable
from forum.lib import jobs
from forum.lib.database import db
from forum.lib.engines import wal_is_safe
from forum.seeds import is_empty, seed_all, seed_house

START_LIMIT = 60.0
"""Seconds in which the server must answer its first request."""

FINISH_LIMIT = 8
"""Seconds that a request under way has to finish at a stop; below the supervisor's own patience."""


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", help="Port to listen on.")
def run(host: str | None, port: str | None) -> None:
    """Start the forum: database, first films, web server and worker. Ctrl-C stops it."""
    os.umask(0o077)  # what the forum writes is for its own user only
    given = {name: value for name, value in (("host", host), ("port", port)) if value}
    settings = load_settings(**given)
    require_free_port(settings)
    with only_one(settings.instance, Address(settings.local_address, settings.public_url)):
        prepare(settings)
        supervisor = Supervisor(children(settings))
        status = supervisor.run(
            lambda: answers(settings),
            lambda: click.echo(start_line(settings)),
            wait=START_LIMIT,
        )
    sys.exit(status)


@click.command()
@with_app
def worker() -> None:
    """Do the queued work (ends of blind times, nightly upkeep, priors) until told to stop."""
    jobs.work_forever()


@click.command()
@with_app
def seed() -> None:
    """Bring the first films and Anora's theories in; what is there already stays."""
    seed_all()


@click.command()
@with_app
def migrate() -> None:
    """Bring the database to this version's schema; an SQLite file is copied first."""
    copy = schema.upgrade()
    click.echo(f"The database is up to date.{f' Copy of the one before: {copy}' if copy else ''}")


def prepare(settings: Settings) -> None:
    """Bring the database to today's schema, rules into it, and the first films if it has none."""
    if settings.is_sqlite and not wal_is_safe():
        click.echo("This SQLite library is older than 3.51.3: one writer at a time, no WAL.")
    app = create_app(settings)
    with app.app_context():
        copy = schema.upgrade()
        if copy:
            click.echo(f"The database was upgraded; the one before is kept as {copy}")
        unfinished = settings.instance / "seeding"
        if unfinished.exists() or is_empty():
            click.echo("The first films are brought in …")
            unfinished.touch()  # cut short here, the next start goes on
            seed_all()
            unfinished.unlink()
        else:
            seed_house()
        db.session.remove()
        db.engine.dispose()  # the supervisor keeps no connection of its own


def require_free_port(settings: Settings) -> None:
    """Refuse, in words, a port that cannot be listened on.

    Raises:
        click.ClickException: another program has the port, or it is not ours to take.
    """
    problem = port_problem(settings.host, settings.port)
    if problem:
        raise click.ClickException(problem)


def port_problem(host: str, port: int) -> str | None:
    """What keeps a server from listening there, with what to do; None when nothing does."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()  # on some systems only this notices another listener
    except PermissionError:
        return f"Port {port} needs root's rights. Choose one above 1023: PORT=8000 make run"
    except socket.gaierror:
        return f"{host} is not the name of any address. Choose another: HOST=127.0.0.1 make run"
    except OSError as problem:
        return (
            f"Port {port} on {host} can't be used ({problem.strerror}). "
            f"Choose another, such as PORT={port % 65535 + 1} make run, or end what has it."
        )
    return None


def children(settings: Settings) -> list[Child]:
    """The web server and the worker, told the same settings as this process has."""
    shared = {"instance": str(settings.instance), "host": settings.host, "port": str(settings.port)}
    env = os.environ | {variable(name): value for name, value in shared.items()}
    return [
        Child("web server", server_command(settings), env, restarts=False),
        Child("worker", [sys.executable, "-m", "forum.cli", "worker"], env, restarts=True),
    ]


def server_command(settings: Settings) -> list[str]:
    """gunicorn's command line."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    options = {
        "bind": f"{host}:{settings.port}",
        "workers": str(settings.workers),
        "worker-class": "gthread",  # a slow client holds a thread, not the whole process
        "threads": "4",
        "graceful-timeout": str(FINISH_LIMIT),
        "limit-request-line": "8190",  # the most it takes: the site itself answers a long search
        "log-level": "warning",
        "forwarded-allow-ips": "",  # whom to believe is decided once, by trusted_proxies
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    # The control socket has one path per user: two forums would fight over it.
    program = [sys.executable, "-m", "gunicorn", "--no-control-socket"]
    return [*program, *flags, "--preload", "forum.wsgi:application()"]


def answers(settings: Settings) -> bool:
    """Whether the server answers its health check."""
    connection = http.client.HTTPConnection(settings.local_address, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": settings.trusted_hosts[0]})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def start_line(settings: Settings) -> str:
    """The one line that says where the forum is, and how far its cookies can be trusted."""
    note = ""
    if not settings.is_https:
        note = (
            " (plain HTTP: for visitors on this machine)"
            if settings.is_loopback
            else " (plain HTTP beyond this machine: nobody can log in; put HTTPS in front)"
        )
    return f"{settings.site_name} is open at {settings.public_url}{note}. Ctrl-C closes it."
