"""`forum run` for real: one command, one line, everything up; one signal, everything down."""

import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest

from forum.cli import serve
from forum.cli.context import only_one
from forum.config import Settings

ROOT = Path(__file__).resolve().parents[2]
Start = Callable[..., "Running"]


class Running:
    """A `forum` command under way, and what it has said so far."""

    def __init__(self, *arguments: str, **environ: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "forum.cli", *arguments],
            cwd=ROOT,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def wait_for_line(self, pattern: str) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if re.search(pattern, line):
                return
        pytest.fail(f"it ended without saying {pattern!r}: {self.said}")

    def end(self, number: signal.Signals | None = None) -> int:
        if number:
            self.process.send_signal(number)
        self.said += self.process.communicate(timeout=60)[0]
        return self.process.returncode


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `forum run` with its instance in `tmp_path`, on the port given."""
    begun: list[Running] = []

    def begin(port: int, instance: Path = tmp_path / "instance", **environ: str) -> Running:
        running = Running("run", FORUM_INSTANCE=str(instance), FORUM_PORT=str(port), **environ)
        begun.append(running)
        return running

    yield begin
    for running in begun:
        running.process.kill()
        running.process.communicate()


@pytest.fixture
def port() -> int:
    return a_free_port()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status_of(port: int, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        return response.status


def command_lines_with(instance: Path) -> list[str]:
    """Command lines of the processes that were told of `instance`."""
    wanted = f"FORUM_INSTANCE={instance}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def films_in(instance: Path) -> int:
    with closing(sqlite3.connect(instance / "forum.db")) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM films").fetchone()[0])


def test_one_command_brings_everything_up_and_one_signal_everything_down(
    start: Start, tmp_path: Path, port: int
) -> None:
    instance = tmp_path / "instance"
    first = start(port)
    first.wait_for_line(rf"^Foyer is open at http://127\.0\.0\.1:{port} \(plain HTTP")
    assert status_of(port, "/") == 200
    assert status_of(port, "/search?q=" + "a" * 5000) == 200  # no film of that name
    assert first.said.count("http://") == 1
    assert len([line for line in command_lines_with(instance) if " worker " in line]) == 1
    # A second one on the same folder, or on the same port, is told why it can't be.
    same_folder = start(a_free_port())
    assert same_folder.end() == 1
    assert f"A forum (process {first.process.pid}) runs on {instance}" in same_folder.said
    same_port = start(port, tmp_path / "other")
    assert same_port.end() == 1
    assert f"Port {port} on 127.0.0.1 can't be used" in same_port.said
    assert "PORT=" in same_port.said
    assert status_of(port, "/healthz") == 200

    assert first.end(signal.SIGINT) == 0
    assert command_lines_with(instance) == []
    films = films_in(instance)
    assert films > 100

    # The second start keeps everything, seeds nothing, copies nothing.
    began = time.monotonic()
    second = start(port)
    second.wait_for_line("is open at")
    assert time.monotonic() - began < 30  # ten on a quiet machine; this one is not
    assert second.said.count("\n") == 1
    assert second.end(signal.SIGTERM) == 0
    assert command_lines_with(instance) == []
    assert films_in(instance) == films
    assert not (instance / "backups").exists()
    assert (instance / "forum.db").stat().st_mode & 0o077 == 0


def test_a_killed_worker_comes_back_and_the_pages_stay_up(start: Start, port: int) -> None:
    running = start(port)
    running.wait_for_line("is open at")
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
    worker = next(
        int(pid)
        for pid in children.read_text().split()
        if "worker\0" in Path(f"/proc/{pid}/cmdline").read_text()
    )
    os.kill(worker, signal.SIGKILL)
    running.wait_for_line("The worker ended with status -9; it starts again in 1 s")
    assert status_of(port, "/healthz") == 200
    assert running.end(signal.SIGTERM) == 0


def test_a_server_that_cannot_start_makes_the_command_fail(
    start: Start, tmp_path: Path, port: int
) -> None:
    running = start(port, GUNICORN_CMD_ARGS="--config=/no/such/file.py")
    assert running.end() == 1
    assert "The web server ended by itself with status 1" in running.said
    assert "is open at" not in running.said
    assert command_lines_with(tmp_path / "instance") == []


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"FORUM_WORKERS": "none"}, "Error: workers = 'none': must be a whole number"),
        ({"FORUM_HOST": "no.such.host.invalid"}, "is not the name of any address"),
        ({"FORUM_HOST": "192.0.2.1"}, "can't be used"),
        (
            {"FORUM_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
            "Error: The database can't be reached",
        ),
    ],
)
def test_what_keeps_it_from_starting_is_said_in_one_line(
    start: Start, port: int, environ: dict[str, str], said: str
) -> None:
    running = start(port, **environ)
    assert running.end() == 1
    assert said in running.said
    assert "Traceback" not in running.said


def settings(tmp_path: Path, **given: object) -> Settings:
    return Settings.load({}, instance=tmp_path, **given)


@pytest.mark.parametrize(
    ("given", "note"),
    [
        ({}, "http://127.0.0.1:8000 (plain HTTP: for visitors on this machine). Ctrl-C"),
        ({"public_url": "https://f.example"}, "open at https://f.example. Ctrl-C closes it."),
        ({"public_url": "http://f.example"}, "nobody can log in; put HTTPS in front"),
    ],
)
def test_the_start_line_says_how_far_the_address_can_be_trusted(
    tmp_path: Path, given: dict[str, str], note: str
) -> None:
    assert note in serve.start_line(settings(tmp_path, **given))


def test_the_server_listens_where_the_settings_say(tmp_path: Path) -> None:
    command = serve.server_command(settings(tmp_path, host="::1", port=81, workers=5))
    assert {"--bind=[::1]:81", "--workers=5", "--no-control-socket"} <= set(command)


def test_a_port_below_1024_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    problem = serve.port_problem("127.0.0.1", 80)
    assert problem == "Port 80 needs root's rights. Choose one above 1023: PORT=8000 make run"


def test_a_server_that_is_not_there_does_not_answer(tmp_path: Path, port: int) -> None:
    assert not serve.answers(settings(tmp_path, port=port))


def test_only_one_holds_a_folder(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(click.ClickException) as caught, only_one(tmp_path):
        pass
    assert f"A forum (process {os.getpid()}) runs on {tmp_path}" in str(caught.value)
    with only_one(tmp_path):
        pass  # free again
