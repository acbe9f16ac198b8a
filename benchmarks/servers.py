"""Servers: the forum as `make run` starts it, and other applications by the same server."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.homes import Home
from benchmarks.places import CHECKOUT
from benchmarks.processes import Tree
from forum.cli.serve import server_command

HOST = "127.0.0.1"
START_LIMIT = 90.0
"""Seconds in which a server must answer."""

STOP_LIMIT = 20.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers.

    Attributes:
        tree: its processes.
        database: those of its database's server, if it has one.
    """

    port: int
    tree: Tree
    database: Tree | None = None

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"


@contextmanager
def forum(home: Home, log: Path, **settings: str) -> Iterator[Server]:
    """The forum, by `forum run`.

    Args:
        log: where it writes what it has to say.
        settings: more of its settings, such as ``page_cache_mb="0"``.
    """
    port = free_port()
    given = {"instance": str(home.instance), "database_url": home.url, "port": str(port)}
    env = _environment({f"FORUM_{k.upper()}": v for k, v in (given | settings).items()})
    command = [sys.executable, "-m", "forum.cli", "run"]
    with _started(command, env, CHECKOUT, port=port, check="/healthz", log=log) as tree:
        yield Server(port, tree, home.database)


@contextmanager
def same_server(
    home: Home,
    application: str,
    check: str,
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    python: str = sys.executable,
    cwd: Path = CHECKOUT,
) -> Iterator[Server]:
    """Another application, served with the very options that the forum has, except that each worker
    loads it: not every application can be loaded before workers are forked.

    Args:
        application: how gunicorn names it, such as "benchmarks.reference:create_app()".
        check: a path that answers as soon as it is up.
        python: the interpreter that has the application's libraries.
    """
    port = free_port()
    command = server_command(home.settings(host=HOST, port=port))
    command = [python, *command[1:-2], application]
    with _started(command, _environment(env or {}), cwd, port=port, check=check, log=log) as tree:
        yield Server(port, tree, home.database)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """This process's variables without settings of a forum, and `given`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("FORUM_")}
    return {**own, **given}


@contextmanager
def _started(
    command: Sequence[str], env: Mapping[str, str], cwd: Path, *, port: int, check: str, log: Path
) -> Iterator[Tree]:
    with log.open("a", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, env=dict(env), cwd=cwd, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(process, port, check, log)
        yield Tree(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, check: str, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", check)
            if connection.getresponse().status < 500:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"The server on port {port} doesn't answer; {log} says why.")
