"""Acts of one process wait for each other, and for none that takes long."""

import threading
import time
from contextlib import suppress
from functools import partial

import pytest

from forum.lib import acts
from forum.lib.database import db
from tests.crowds import at_once


class Visits:
    """Requests that are answered when they are let go, and how many were begun at once."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.let_go = threading.Semaphore(0)
        self._answer = acts.one_at_a_time(self._inner)

    def _inner(self, environ: dict[str, str], _start_response: None) -> list[bytes]:
        self.begun.release()
        self.let_go.acquire()
        if environ["PATH_INFO"] == "/fails":
            raise ValueError("it fails")
        return []

    def make(self, method: str, path: str = "/") -> threading.Thread:
        asked = {"REQUEST_METHOD": method, "PATH_INFO": path}

        def visit() -> None:
            with suppress(ValueError):
                self._answer(asked, None)

        thread = threading.Thread(target=visit)
        thread.start()
        return thread


def end(visits: Visits, *threads: threading.Thread) -> None:
    for _ in threads:
        visits.let_go.release()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("first", ["/", "/fails"])
def test_an_act_begins_when_the_one_before_has_ended(monkeypatch, first):
    monkeypatch.setattr(acts, "_COURTESY", 60.0)
    visits = Visits()
    made = [visits.make("POST", first)]
    assert visits.begun.acquire(timeout=5)
    made.append(visits.make("POST"))
    assert not visits.begun.acquire(timeout=0.05)
    visits.let_go.release()
    assert visits.begun.acquire(timeout=5)
    end(visits, *made)


def test_who_only_reads_waits_for_no_act(monkeypatch):
    monkeypatch.setattr(acts, "_COURTESY", 60.0)
    visits = Visits()
    made = [visits.make(method) for method in ("POST", "GET", "HEAD")]
    assert all(visits.begun.acquire(timeout=5) for _ in made)
    end(visits, *made)


def test_an_act_that_takes_long_holds_up_no_other_for_long():
    visits = Visits()
    slow = [visits.make("POST"), visits.make("POST")]
    assert all(visits.begun.acquire(timeout=5) for _ in slow)
    end(visits, *slow)
    # Whoever went on without a turn of their own has taken nobody else's.
    again = visits.make("POST")
    assert visits.begun.acquire(timeout=5)
    end(visits, again)


def test_an_act_that_takes_long_is_waited_for_once(monkeypatch):
    monkeypatch.setattr(acts, "_COURTESY", 0.5)
    visits = Visits()
    slow = visits.make("POST")
    assert visits.begun.acquire(timeout=5)
    time.sleep(0.5)
    begun = time.monotonic()
    others = []
    for _ in range(5):
        others.append(visits.make("POST"))
        assert visits.begun.acquire(timeout=5)
    assert time.monotonic() - begun < 0.5
    end(visits, slow, *others)


@pytest.mark.both_databases
def test_a_forum_does_one_act_at_a_time_on_sqlite_alone(app, monkeypatch):
    monkeypatch.setattr(acts, "_COURTESY", 60.0)
    is_sqlite = db.engine.dialect.name == "sqlite"
    every = threading.Barrier(3)
    alone = []

    def dispatch() -> str:
        try:
            every.wait(timeout=0.5 if is_sqlite else 20)
        except threading.BrokenBarrierError:
            alone.append(True)
        return ""

    monkeypatch.setattr(app, "dispatch_request", dispatch)
    post = partial(app.test_client().post, "/log-in", headers={"Sec-Fetch-Site": "same-origin"})
    at_once([post] * 3)
    assert bool(alone) is is_sqlite
