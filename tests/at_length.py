"""Tests that repeat at length what shorter ones cover: coverage looks away while they run.

It would make them take half as long again, and what only they reach has no test that says what it
is for.
"""

from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

_TRUST = Path(__file__).parent / "trust"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in tests/trust is of this kind."""
    for item in items:
        if item.path.is_relative_to(_TRUST):
            item.add_marker("at_length")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Run a test, without coverage if it is one of these."""
    running = coverage.Coverage.current() if item.get_closest_marker("at_length") else None
    if running:
        running.stop()
    try:
        return (yield)
    finally:
        if running:
            running.start()
