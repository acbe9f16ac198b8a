"""Work for later: done at least once, by one worker at a time, and tried again when it fails."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from forum.lib import clock, jobs
from forum.lib.database import db, session, unit_of_work
from forum.lib.engines import writing_allowed
from forum.lib.jobs import Job
from forum.lib.throttle import Throttle
from tests.crowds import at_once

pytestmark = pytest.mark.both_databases


class Ran:
    """A kind of job that remembers its payloads and writes a row for each."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, object]] = []
        self.fails = 0

    def __call__(self, payload: dict[str, object]) -> None:
        self.payloads.append(payload)
        session().add(Throttle(key=str(len(self.payloads)), window=clock.now(), count=1))
        session().flush()
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the first tries fail")


@pytest.fixture
def ran(app) -> Ran:
    kind = Ran()
    jobs.know({"it": kind})
    return kind


def enqueue(*numbers: int, later: timedelta = timedelta(0)) -> None:
    with unit_of_work():
        for number in numbers:
            jobs.enqueue("it", {"number": number}, run_at=clock.now() + later)


def rows() -> int:
    session().rollback()
    return len(session().scalars(select(Throttle.key)).all())


def the_job() -> Job:
    session().rollback()
    return session().scalars(select(Job)).one()


def test_jobs_run_once_in_the_order_in_which_they_were_due(ran):
    enqueue(3, later=timedelta(seconds=-1))
    enqueue(1, 2, later=timedelta(seconds=-2))
    assert jobs.run_due() == 3
    assert [payload["number"] for payload in ran.payloads] == [1, 2, 3]
    assert jobs.run_due() == 0
    assert rows() == 3


def test_a_job_waits_for_its_time(ran):
    enqueue(1, later=timedelta(hours=3))
    assert not jobs.run_next()
    with time_machine.travel(clock.now() + timedelta(hours=3, seconds=1)):
        assert jobs.run_next()


def test_a_job_exists_only_if_its_act_was_committed(ran):
    def enqueue_and_fail() -> None:
        with unit_of_work():
            jobs.enqueue("it", {"number": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        enqueue_and_fail()
    assert jobs.run_due() == 0


def test_a_job_that_fails_writes_nothing_and_comes_back_later(ran):
    enqueue(1)
    ran.fails = 1
    assert jobs.run_next()
    assert rows() == 0
    kept = the_job()
    assert (kept.attempts, kept.done_at, kept.locked_until) == (1, None, None)
    assert "RuntimeError: the first tries fail" in (kept.last_error or "")
    assert kept.run_at - clock.now() > timedelta(seconds=15)
    assert not jobs.run_next()
    with time_machine.travel(clock.now() + timedelta(seconds=21)):
        assert jobs.run_next()
    assert rows() == 1
    assert the_job().done_at is not None


def test_pauses_grow_and_a_hopeless_job_is_given_up(ran):
    enqueue(1)
    ran.fails = 100
    pauses = []
    with time_machine.travel(clock.now(), tick=False) as moment:
        while jobs.run_next():
            pause = the_job().run_at - clock.now()
            pauses.append(int(pause.total_seconds()))
            moment.shift(pause + timedelta(seconds=1))
    assert pauses == [20, 80, 320, 1280, 5120, 20480, 81920, 327680]
    assert the_job().done_at is None


def test_a_failing_job_holds_up_no_other(ran):
    enqueue(1, 2)
    ran.fails = 1
    assert jobs.run_due() == 2
    assert [payload["number"] for payload in ran.payloads] == [1, 2]


def test_a_job_of_an_unknown_kind_is_kept_for_the_operator(ran):
    with unit_of_work():
        jobs.enqueue("renamed", {})
    assert jobs.run_due() == 1
    assert "KeyError" in (the_job().last_error or "")


def test_workers_share_the_queue_without_doing_anything_twice(app, ran):
    enqueue(*range(30))

    def work() -> int:
        with app.app_context():
            return jobs.run_due()

    assert sum(at_once([work] * 5)) == 30
    assert sorted(payload["number"] for payload in ran.payloads) == list(range(30))


def test_overdue_jobs_are_counted(ran):
    enqueue(1, 2, later=timedelta(minutes=-10))
    enqueue(3)
    assert jobs.overdue(timedelta(minutes=5)) == 2
    jobs.run_due()
    assert jobs.overdue(timedelta(minutes=5)) == 0


_WORKER = """
import sys, time
from forum import create_app
from forum.lib import jobs
from forum.lib.database import session
from forum.lib.throttle import Throttle
from forum.lib import clock

def slow(payload):
    session().add(Throttle(key="half done", window=clock.now(), count=1))
    session().flush()
    print("at it", flush=True)
    time.sleep(60)

with create_app().app_context():
    jobs.know({"it": slow})
    jobs.run_next()
"""


def test_a_job_whose_worker_is_killed_is_run_again_once_its_lease_is_over(ran, settings):
    enqueue(1)
    env = os.environ | {
        "FORUM_INSTANCE": str(settings.instance),
        "FORUM_DATABASE_URL": settings.database_url,
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER], env=env, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "at it\n"
    worker.kill()
    worker.wait()
    worker.stdout.close()
    assert rows() == 0
    assert not jobs.run_next(), "leased: the worker might be alive"
    with time_machine.travel(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        assert jobs.run_next()
    assert (rows(), the_job().attempts) == (1, 2)


@pytest.fixture
def usual_signals():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, usual in before.items():
        signal.signal(number, usual)


@pytest.mark.usefixtures("usual_signals")
def test_a_worker_told_to_stop_finishes_its_job(ran):
    def told_to_stop(payload: dict[str, object]) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        ran(payload)

    jobs.know({"it": told_to_stop})
    enqueue(1, 2)
    jobs.work_forever()
    assert [payload["number"] for payload in ran.payloads] == [1]
    assert rows() == 1


def rename_table(before: str, after: str) -> None:
    with writing_allowed(), db.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {before} RENAME TO {after}")


@pytest.mark.usefixtures("usual_signals")
def test_a_worker_outlives_idle_times_and_a_database_that_is_away(app, ran, monkeypatch):
    monkeypatch.setattr(jobs, "PAUSE", 0.01)

    def meanwhile() -> None:
        with app.app_context():
            time.sleep(0.1)
            rename_table("jobs", "away")
            time.sleep(0.2)
            rename_table("away", "jobs")
            enqueue(1)
            while not ran.payloads:
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)

    others = threading.Thread(target=meanwhile)
    others.start()
    jobs.work_forever()
    others.join()
    assert rows() == 1


def test_jobs_that_were_done_long_ago_go(ran):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False) as moment:
        enqueue(1)
        enqueue(2, later=timedelta(days=20))
        jobs.run_due()
        moment.shift(timedelta(days=20, seconds=1))
        jobs.run_due()
        moment.shift(timedelta(days=11))
        enqueue(3)
        with unit_of_work():
            jobs.sweep()
        session().rollback()
        assert [
            job.payload["number"] for job in session().scalars(select(Job).order_by(Job.id))
        ] == [2, 3]
