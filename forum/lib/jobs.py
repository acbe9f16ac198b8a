"""Work for later: an outbox in the database, so that a job exists exactly if its act was committed.

A job is run at least once: a worker leases it, runs it, and marks it done in the job's own
transaction, or tries again later. So what a job does must be safe to repeat.
"""

import signal
import threading
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import JSON, Index, String, Text, delete, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from forum.lib import clock
from forum.lib.database import Base, session, unit_of_work

LEASE = timedelta(minutes=5)
_KEPT = timedelta(days=30)
MOST_ATTEMPTS = 8
PAUSE = 2.0
"""Seconds between two looks for work when there was none."""

Run = Callable[[dict[str, Any]], None]
_kinds: dict[str, Run] = {}
log = structlog.get_logger()


class Job(Base):
    """One piece of work; its row stays for a while when it is done, and for good when it is given
    up, with its last error."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "ix_jobs_due",
            "run_at",
            "id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)


def know(kinds: dict[str, Run]) -> None:
    """Set what each kind of job does; called once, by the wiring."""
    _kinds.clear()
    _kinds.update(kinds)


def enqueue(kind: str, payload: dict[str, Any], run_at: datetime | None = None) -> None:
    """Add a job in the current transaction.

    Args:
        kind: a kind that `know()` was told of.
        payload: ids and codes, as JSON.
        run_at: not before this moment; at once by default.
    """
    session().add(Job(kind=kind, payload=payload, run_at=run_at or clock.now()))


def awaits(kind: str) -> bool:
    """Whether a job of `kind` is still to be run, or to be tried again."""
    waiting = select(Job.id).where(Job.kind == kind, Job.done_at.is_(None))
    return session().scalar(waiting.where(Job.attempts < MOST_ATTEMPTS).limit(1)) is not None


def given_up() -> int:
    """How many jobs have failed so often that they are tried no more."""
    hopeless = select(func.count()).where(Job.done_at.is_(None), Job.attempts >= MOST_ATTEMPTS)
    return session().scalars(hopeless).one()


def overdue(late_by: timedelta) -> int:
    """How many jobs should have run `late_by` ago and have not; a worker that is up leaves none."""
    due = clock.now() - late_by
    return (
        session()
        .scalars(
            select(func.count())
            .select_from(Job)
            .where(Job.done_at.is_(None), Job.run_at < due, Job.attempts < MOST_ATTEMPTS)
        )
        .one()
    )


def sweep() -> None:
    """Delete what was done long ago. Part of the current transaction."""
    session().execute(
        delete(Job).where(Job.done_at < clock.now() - _KEPT),
        execution_options={"synchronize_session": False},
    )


def run_next() -> bool:
    """Run the job that has waited longest, if one is due.

    Returns:
        Whether there was one.
    """
    job = _lease()
    if job is None:
        return False
    job_id, kind, payload, attempts = job
    try:
        with unit_of_work() as work:
            _kinds[kind](payload)
            work.execute(update(Job).where(Job.id == job_id).values(done_at=clock.now()))
    except Exception:
        log.exception("job failed", job=job_id, kind=kind, attempts=attempts)
        _put_off(job_id, attempts, traceback.format_exc())
    return True


def run_due() -> int:
    """Run every job that is due; how many there were."""
    count = 0
    while run_next():
        count += 1
    return count


def work_forever() -> None:
    """Run jobs until SIGTERM or SIGINT; a job under way is finished first."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        try:
            if not run_next():
                session().rollback()
                stop.wait(PAUSE)
        except Exception:  # the database is away: wait for it, as a web process would
            log.exception("the worker can't reach the database")
            session().rollback()
            stop.wait(5 * PAUSE)


def _lease() -> tuple[int, str, dict[str, Any], int] | None:
    now = clock.now()
    due = (
        select(Job.id)
        .where(
            Job.done_at.is_(None),
            Job.run_at <= now,
            Job.attempts < MOST_ATTEMPTS,
            (Job.locked_until.is_(None)) | (Job.locked_until < now),
        )
        .order_by(Job.run_at, Job.id)
        .limit(1)
    )
    # A look without the write lock first: an idle worker must not hold up votes on SQLite.
    if session().scalar(due) is None:
        session().rollback()
        return None
    with unit_of_work() as work:
        row = work.execute(
            update(Job)
            .where(Job.id == due.with_for_update(skip_locked=True).scalar_subquery())
            .values(locked_until=now + LEASE, attempts=Job.attempts + 1)
            .returning(Job.id, Job.kind, Job.payload, Job.attempts),
            execution_options={"synchronize_session": False},
        ).first()
    return None if row is None else (row.id, row.kind, row.payload, row.attempts)


def _put_off(job_id: int, attempts: int, error: str) -> None:
    with unit_of_work() as work:
        work.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(
                locked_until=None,
                run_at=clock.now() + timedelta(seconds=5 * 4**attempts),
                last_error=error[-4000:],
            )
        )
