"""What is loaded before the web server's workers are forked, and what they may not share."""

import gc
import threading
from collections.abc import Iterator

import pytest

from forum.config import Settings
from forum.lib.database import db
from forum.wsgi import application

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def _forum(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FORUM_INSTANCE", str(settings.instance))
    monkeypatch.setenv("FORUM_DATABASE_URL", settings.database_url)
    yield
    gc.unfreeze()


def test_workers_share_no_connection_and_no_thread() -> None:
    threads = threading.active_count()
    with application().app_context():
        assert db.engine.pool.checkedin() == db.engine.pool.checkedout() == 0
    assert threading.active_count() == threads


def test_the_garbage_collector_leaves_alone_what_they_share() -> None:
    application()
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < 10_000


def test_no_visitor_waits_for_a_template_to_be_compiled() -> None:
    environment = application().jinja_env
    assert environment.cache is not None
    assert len(environment.cache) == len(environment.list_templates()) > 40
