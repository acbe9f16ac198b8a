"""A browser for the session; for each test a forum that listens, and people who come in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from forum import counters
from forum.lib.database import session
from forum.votes import ranks
from tests.browser import evening
from tests.browser.chromium import started
from tests.browser.house import House, Stage, open_house, set_stage
from tests.browser.people import Person

Arrives = Callable[..., Person]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs Chromium."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all; each person has a context of their own, with nothing in it."""
    with started(chromium) as running:
        yield running


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The forum as it opens: the first films, Anora's theories, and nobody there."""
    return set_stage(tmp_path_factory.mktemp("first_day"))


@pytest.fixture(scope="session")
def evening_stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The forum after fans have argued for some days."""
    return set_stage(tmp_path_factory.mktemp("evening"), evening.furnish)


@pytest.fixture
def stage(first_day: Stage) -> Stage:
    """What `house` opens with; override it in a test module."""
    return first_day


@pytest.fixture
def settings_of_the_house() -> dict[str, str]:
    """Settings that differ from those of `open_house`; override it in a test module."""
    return {}


@pytest.fixture
def house(stage: Stage, tmp_path: Path, settings_of_the_house: dict[str, str]) -> Iterator[House]:
    """A forum on a copy of `stage`; afterwards every counter must equal its recount."""
    with open_house(tmp_path, stage.database, **settings_of_the_house) as opened:
        yield opened
        with opened.app.app_context():
            drifted = [*counters.drifted(), *ranks.drifted()]
            session().rollback()
    assert drifted == [], f"counters differ from their recount: {[str(d) for d in drifted]}"


@pytest.fixture
def arrives(browser: Browser, house: House) -> Iterator[Arrives]:
    """Brings somebody in, with a window of their own; nothing may have gone wrong at the end."""
    present: list[Person] = []

    def arrive(name: str = "", **options: Any) -> Person:
        person = Person(browser, house, **options)
        present.append(person)
        if name:
            person.is_let_in_as(name)
        return person

    yield arrive
    for person in present:
        person.context.close()
    for person in present:
        person.assert_undisturbed()
