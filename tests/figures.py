"""Figures: what tests have counted, printed when they are done, and how much they are to do.

`make trust` sets FORUM_TEST_WHOLE=1: every string, every payload. Without it a sample is taken, so
that the suite stays short.
"""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")
Count = Callable[[str, int], None]
"""Adds a number to the figure of that name."""

WHOLE = os.environ.get("FORUM_TEST_WHOLE") == "1"
"""Whether all is tried, or a sample."""

_KEY = "figure"


def sample(things: Sequence[T], most: int) -> list[T]:
    """All of `things` where the whole is tried; else at most `most`, evenly spread."""
    if WHOLE or len(things) <= most:
        return list(things)
    return [things[number * len(things) // most] for number in range(most)]


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Adds to a figure that is printed at the end; tests that give the same name are summed."""
    return lambda name, number: record_property(_KEY, (name, number))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every figure, in the order in which their names were first counted."""
    found: dict[str, int] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for key, value in getattr(report, "user_properties", ()):
                if key == _KEY:
                    name, number = value
                    found[name] = found.get(name, 0) + number
    if not found:
        return
    terminalreporter.section("figures" if WHOLE else "figures of a sample; make trust tries all")
    width = max(len(name) for name in found)
    for name in sorted(found):
        terminalreporter.write_line(f"{name:<{width}}  {found[name]:>9,}")
