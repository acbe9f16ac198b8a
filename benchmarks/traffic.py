"""Visitors: wrk for loads, and a client of our own for single requests and for paced ones."""

import asyncio
import http.client
import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.figures import Sample, percentile
from benchmarks.servers import HOST, Server
from forum.lib.answers import FRAGMENT

SCRIPT = Path(__file__).with_name("wrk.lua")

FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Sec-Fetch-Site": "same-origin",
    "Accept": FRAGMENT,
}
"""What our own script sends with a form."""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does once: sends a form, or asks for a page if there is none.

    In the form, %V, %W and %N change from pass to pass (wrk.lua).
    """

    path: str
    cookie: str
    form: str = ""

    def in_pass(self, number: int) -> str:
        """The form as it is sent in one pass through all acts, counted from 1."""
        v, w = ("1", "-1") if number % 2 else ("-1", "1")
        return self.form.replace("%V", v).replace("%W", w).replace("%N", str(number))


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of a server, again and again.

    Attributes:
        path: the page; of acts, each has its own.
        headers: sent with every request.
        connections: how many clients ask at once, each as fast as it is answered.
        acts: forms to send in turn, instead of asking for a page.
    """

    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    connections: int = 16
    acts: Sequence[Act] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoWrk(RuntimeError):
    """wrk is not installed; the message says how to."""


def require_wrk() -> None:
    """Install wrk where that is ours to do.

    Raises:
        NoWrk: it is missing, and has to be installed by hand.
    """
    if shutil.which("wrk"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "wrk"],
            check=False,
            stdout=subprocess.DEVNULL,
        )
    if not shutil.which("wrk"):
        raise NoWrk("make bench needs wrk: apt-get install wrk, or brew install wrk")


def drive(server: Server, load: Load, seconds: float) -> Sample:
    """Put a load on a server for `seconds`, and say what it cost."""
    threads = min(2, load.connections)
    command = ["wrk", f"-t{threads}", f"-c{load.connections}", f"-d{max(1, round(seconds))}s"]
    command += ["--timeout", "30s", "-s", str(SCRIPT)]
    headers = {**(FORM if load.acts else {}), **load.headers}
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    env = os.environ | {"BENCH_THREADS": str(threads)}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if load.acts:
            acts = Path(folder) / "acts"
            lines = (f"{act.path}\t{act.cookie}\t{act.form}\n" for act in load.acts)
            acts.write_text("".join(lines), "utf-8")
            env["BENCH_ACTS"] = str(acts)
        before = _spent(server)
        said = subprocess.run(
            [*command, server.origin + load.path],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        after = _spent(server)
    line = next((row for row in said.stdout.splitlines() if row.startswith("BENCH ")), None)
    if line is None:
        raise RuntimeError(f"wrk ended without figures: {said.stdout}{said.stderr}")
    return Sample(
        **json.loads(line.removeprefix("BENCH ")),
        cpu=after[0] - before[0],
        database_cpu=after[1] - before[1],
    )


def ask(
    server: Server, path: str, headers: Mapping[str, str] | None = None, form: str | None = None
) -> Answer:
    """One request: a page, or a form if one is given."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
    try:
        sent = {**(FORM if form is not None else {}), **(headers or {})}
        connection.request("GET" if form is None else "POST", path, body=form, headers=sent)
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()


def pace(
    server: Server, acts: Sequence[Act], rate: float, seconds: float, first: int = 0
) -> Sample:
    """Send acts at random moments, `rate` a second on the whole, as people do.

    How long each took is counted from the moment at which it was due, so that a server that falls
    behind shows.

    Args:
        first: how many were sent before, when this goes on with the same acts.
    """
    rng = random.Random("pace")
    moments = sorted(rng.uniform(0, seconds) for _ in range(round(rate * seconds)))
    before = _spent(server)
    begin = time.perf_counter()
    took, errors, received = asyncio.run(_sent_at(server, acts, moments, first))
    whole = time.perf_counter() - begin
    after = _spent(server)
    return Sample(
        requests=len(took),
        seconds=whole,
        bytes=received,
        errors=errors,
        p50=1000 * percentile(took, 0.5),
        p99=1000 * percentile(took, 0.99),
        cpu=after[0] - before[0],
        database_cpu=after[1] - before[1],
    )


async def _sent_at(
    server: Server, acts: Sequence[Act], moments: Sequence[float], first: int
) -> tuple[list[float], int, int]:
    begin = time.perf_counter()

    async def one(number: int, moment: float) -> tuple[float, bool, int]:
        await asyncio.sleep(moment - (time.perf_counter() - begin))
        act = acts[number % len(acts)]
        status, received = await _send(server, act, number // len(acts) + 1)
        return time.perf_counter() - begin - moment, status >= 400, received

    done = await asyncio.gather(*(one(*pair) for pair in enumerate(moments, first)))
    return [t for t, _, _ in done], sum(bad for _, bad, _ in done), sum(n for _, _, n in done)


async def _send(server: Server, act: Act, number: int) -> tuple[int, int]:
    """Send an act over a connection of its own; the status (599 for none) and bytes received."""
    body = act.in_pass(number).encode()
    headers = {
        **FORM,
        "Host": f"{HOST}:{server.port}",
        "Cookie": act.cookie,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    try:
        reader, writer = await asyncio.open_connection(HOST, server.port)
        method = "POST" if body else "GET"
        writer.write(f"{method} {act.path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        answer = await reader.read()
        writer.close()
        return int(answer.split(b" ", 2)[1]), len(answer)
    except (OSError, IndexError, ValueError):
        return 599, 0


def _spent(server: Server) -> tuple[float, float]:
    return server.tree.cpu(), server.database.cpu() if server.database else 0.0
