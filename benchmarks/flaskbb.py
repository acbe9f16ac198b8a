"""FlaskBB, the peer that Foyer is measured against, where it can be installed.

From PyPI into an environment of its own, with the test data that it makes itself: 200 topics, each
post lengthened to 600 characters. Set up for production, whatever the forum runs on, as it was when
the goals were set: on PostgreSQL, and with Redis where that is installed. Served by the same server
with the same workers as the forum.
"""

import http.client
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import create_engine, text

from benchmarks import homes, servers
from benchmarks.homes import Home, Say, spare_database
from benchmarks.places import folder
from benchmarks.servers import HOST, Server
from benchmarks.traffic import Load

RELEASE = "3.0.0rc5"
OLDEST_PYTHON = (3, 12)
TOPICS, POSTS = 200, 20
GUEST_GOAL, SIGNED_IN_GOAL = 60.0, 15.0
"""How many times Foyer's cost FlaskBB's pages should have."""

_WORDS = "The last shot is the first one again, and nobody in the room has noticed it yet. "
_TOPIC = TOPICS // 2
_INSTALL_LIMIT = 900

_PAGES = (
    ("list of topics", "/forum/1", "thread page of 25 theories"),
    ("topic", f"/topic/{_TOPIC}", "theory page with 20 replies"),
)
_PEOPLE = (("guest", "guest, cache hit", GUEST_GOAL), ("signed in", "signed in", SIGNED_IN_GOAL))
KEYS = tuple(f"FlaskBB, {who}: {name}" for who, _, _ in _PEOPLE for name, _, _ in _PAGES)

_CONFIGURATION = """
SQLALCHEMY_DATABASE_URI = "{database}"
SECRET_KEY = WTF_CSRF_SECRET_KEY = "the peers keep no secrets"
TRUSTED_HOSTS = ["{host}"]
USE_DEFAULT_LOGGING = False
LOG_PATH = "{folder}"
LOG_DEFAULT_CONF = {{"version": 1, "disable_existing_loggers": False}}
"""
_WITHOUT_REDIS = 'CACHE_TYPE = "SimpleCache"'
_WITH_REDIS = """
REDIS_ENABLED = True
REDIS_URL = CACHE_REDIS_URL = RATELIMIT_STORAGE_URI = "{redis}"
CACHE_TYPE = "RedisCache"
"""


class NotInstalled(Exception):
    """FlaskBB can't be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of FlaskBB, and the page of the forum that does the same work."""

    key: str
    load: Load
    beside: str
    goal: float


@contextmanager
def server(home: Home, say: Say) -> Iterator[Server]:
    """FlaskBB on a server like that of the forum at `home`; installed when it is missing.

    Raises:
        NotInstalled: it can't be.
    """
    python = _install(folder("flaskbb"), say)
    try:
        url, processes = homes.postgresql("flaskbb")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as problem:
        raise NotInstalled(f"its PostgreSQL can't be had here: {problem}") from problem
    place = folder("flaskbb", "postgresql")
    configuration = place / "flaskbb.cfg"
    create = f"flaskbb.create_app('{configuration}', '{place}')"
    application = create.replace(".", ":", 1)
    log = folder("logs") / "flaskbb.log"
    with _redis() as settings:
        written = _CONFIGURATION.format(database=url, folder=place, host=HOST)
        configuration.write_text(f"{written}{settings}\n", "utf-8")
        _populate(place, python, url, say)
        # Its first start notes its plugins; two workers that both do so bring each other down.
        _run([str(python), "-c", f"import flaskbb; {create}"], place)
        beside = replace(home, database=processes)
        with servers.same_server(
            beside, application, "/forum/1", log, python=str(python), cwd=place
        ) as started:
            yield started


@contextmanager
def _redis() -> Iterator[str]:
    """Its settings for a cache: in a Redis that runs meanwhile, if there is one."""
    program = shutil.which("redis-server")
    if program is None:
        yield _WITHOUT_REDIS
        return
    port = servers.free_port()
    command = [program, "--bind", HOST, "--port", str(port), "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield _WITH_REDIS.format(redis=f"redis://{HOST}:{port}")
    finally:
        process.terminate()
        process.wait()


def pages(server: Server) -> Sequence[Page]:
    """The pages to measure, as a guest and as somebody who is logged in."""
    cookies = {"guest": "", "signed in": _log_in(server)}
    return [
        Page(
            key=f"FlaskBB, {who}: {name}",
            load=Load(path, {"Cookie": cookies[who]} if cookies[who] else {}),
            beside=f"{group}: {own}",
            goal=goal,
        )
        for who, group, goal in _PEOPLE
        for name, path, own in _PAGES
    ]


def _install(place: Path, say: Say) -> Path:
    python = place / "venv" / "bin" / "python"
    done = place / f"installed-{RELEASE}"
    if done.exists():
        return python
    base = _new_python()
    if base is None:
        raise NotInstalled(
            f"FlaskBB {RELEASE} needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer, "
            "and none was found (BENCH_PYTHON names one)"
        )
    say(f"FlaskBB {RELEASE} is installed with {base} …")
    shutil.rmtree(place / "venv", ignore_errors=True)
    packages = [f"flaskbb=={RELEASE}", f"gunicorn=={version('gunicorn')}", "psycopg[binary]"]
    _run([base, "-m", "venv", str(place / "venv")], place)
    _run([str(python), "-m", "pip", "install", "--quiet", "--pre", *packages], place)
    done.touch()
    return python


def _new_python() -> str | None:
    """A Python that FlaskBB runs on; version managers leave names that answer with an error."""
    names = [os.environ.get("BENCH_PYTHON", ""), sys.executable]
    names += ["python3.14", "python3.13", "python3.12"]
    names += map(str, sorted(Path.home().glob(".pyenv/versions/3.1[2-9]*/bin/python3")))
    test = f"import sys, venv, ensurepip; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    for name in filter(None, names):
        if shutil.which(name):
            asked = subprocess.run([name, "-c", test], capture_output=True, check=False)
            if asked.returncode == 0:
                return name
    return None


def _populate(place: Path, python: Path, database: str, say: Say) -> None:
    done = place / "populated"
    if done.exists():
        return
    say("FlaskBB makes its test data …")
    spare_database("postgresql", "flaskbb")
    command = [str(python), "-m", "flaskbb", "--config", str(place / "flaskbb.cfg")]
    command += ["--instance", str(place), "populate", "-i", "-t", "-b"]
    _run([*command, "--topics", str(TOPICS), "--posts", str(POSTS)], place)
    with create_engine(database).begin() as work:
        lengthen = text("UPDATE posts SET content = :words")
        work.execute(lengthen, {"words": (_WORDS * 8)[:600]})
    done.touch()


def _run(command: Sequence[str], place: Path) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=place,
            capture_output=True,
            text=True,
            check=False,
            timeout=_INSTALL_LIMIT,
        )
    except subprocess.TimeoutExpired as problem:
        raise NotInstalled(f"{command[0]} took longer than {_INSTALL_LIMIT} s") from problem
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise NotInstalled(f"{Path(command[0]).name} failed: {' '.join(last)}")


def _log_in(server: Server) -> str:
    """The session cookie of a member of the test data."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
    try:
        connection.request("GET", "/auth/login")
        answer = connection.getresponse()
        found = re.search(
            r'name="csrf_token" type="hidden" value="([^"]+)"', answer.read().decode()
        )
        cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
        if found is None:
            raise NotInstalled("its log-in page has changed")
        form = {"csrf_token": found[1], "login": "member", "password": "test", "submit": "Login"}
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        headers["Referer"] = f"{server.origin}/auth/login"
        connection.request("POST", "/auth/login", urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 302:
            raise NotInstalled(f"its log-in answers {answer.status}")
        return (answer.headers["Set-Cookie"] or "").partition(";")[0]
    finally:
        connection.close()
