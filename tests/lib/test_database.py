"""Transactions: one place that commits, reads that cannot write, times that keep their zone."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import bindparam, create_engine, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError, StatementError

from forum.lib import database, engines
from forum.lib.database import (
    NestedUnitOfWork,
    db,
    insert_into,
    look_up,
    run,
    session,
    table_of,
    unit_of_work,
)
from forum.lib.engines import engine_options, writing_allowed
from forum.lib.moments import UTCDateTime
from forum.lib.prepared import planned_once
from forum.lib.throttle import Throttle
from tests.crowds import at_once

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def keep(key: str = "a", at: datetime = NOON) -> None:
    session().add(Throttle(key=key, window=at, count=1))


def count() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(Throttle)) or 0


def test_a_unit_of_work_commits(app):
    with unit_of_work() as work:
        assert work is session()
        keep()
    assert count() == 1


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_unit_of_work_that_raises_changes_nothing(app, error):
    def keep_and_fail() -> None:
        with unit_of_work() as work:
            keep()
            work.flush()
            raise error

    with pytest.raises(error):
        keep_and_fail()
    assert count() == 0
    with unit_of_work():
        keep()
    assert count() == 1


def test_a_unit_of_work_within_another_is_refused(app):
    def keep_twice() -> None:
        with unit_of_work():
            keep("outer")
            with unit_of_work():
                keep("inner")

    with pytest.raises(NestedUnitOfWork, match="already open"):
        keep_twice()
    assert count() == 0


def test_a_unit_of_work_sees_what_was_committed_meanwhile(app):
    assert count() == 0  # a read transaction is open from here on

    def elsewhere() -> None:
        with app.app_context(), unit_of_work():
            keep()

    at_once([elsewhere])
    with unit_of_work() as work:
        assert work.scalar(select(func.count()).select_from(Throttle)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO throttles (key, \"window\", count) VALUES ('a', '2026-01-01', 1)",
        "UPDATE throttles SET count = 2",
        "DELETE FROM throttles",
        "CREATE TABLE more (id INTEGER)",
        "DROP TABLE throttles",
    ],
)
def test_a_read_cannot_write_since_the_database_refuses(app, statement):
    with unit_of_work():
        keep()
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        session().execute(text(statement))
    session().rollback()
    assert session().scalar(select(Throttle.count)) == 1


def test_objects_changed_while_reading_are_never_written(app):
    with unit_of_work():
        keep()
    row = session().scalars(select(Throttle)).one()
    row.count = 7
    with pytest.raises(DBAPIError):
        session().flush()
    session().rollback()
    assert session().scalar(select(Throttle.count)) == 1


def test_connections_change_between_reading_and_writing_for_ever(app):
    for number in range(5):
        with unit_of_work():
            keep(str(number))
        with pytest.raises(DBAPIError):
            session().execute(text("DELETE FROM throttles"))
        session().rollback()
    assert count() == 5


def test_migrations_may_write_on_connections_of_their_own(app):
    with writing_allowed(), database.db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE more (id INTEGER)"))
    with database.db.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("INSERT INTO more VALUES (1)"))


def test_parallel_writers_wait_for_each_other(app):
    with unit_of_work():
        keep()

    def add_one() -> None:
        with app.app_context(), unit_of_work() as work:
            row = work.scalars(select(Throttle).with_for_update()).one()
            row.count += 1

    at_once([add_one] * 12)
    session().rollback()
    assert session().scalar(select(Throttle.count)) == 13


def test_an_insert_knows_both_databases_conflicts(app):
    for _ in range(2):
        with unit_of_work() as work:
            statement = insert_into(Throttle).values(key="a", window=NOON, count=1)
            work.execute(
                statement.on_conflict_do_update(
                    index_elements=["key", "window"], set_={"count": Throttle.count + 1}
                )
            )
    assert session().scalar(select(Throttle.count)) == 2


def test_moments_come_back_in_utc(app):
    written = datetime(2026, 7, 1, 14, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2)))
    with unit_of_work():
        keep(at=written)
    session().rollback()
    read = session().scalars(select(Throttle.window)).one()
    assert read == written
    assert read.tzinfo is UTC
    assert session().scalar(select(Throttle.key).where(Throttle.window == written)) == "a"


def test_moments_without_a_zone_are_refused(app):
    with pytest.raises(StatementError, match="needs a time zone"), unit_of_work():
        keep(at=datetime(2026, 7, 1))  # noqa: DTZ001 - the point


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_no_moment_stays_none(dialect):
    kind = UTCDateTime()
    assert kind.process_bind_param(None, dialect) is None
    assert kind.process_result_value(None, dialect) is None


def test_foreign_keys_hold(app):
    with pytest.raises(DBAPIError), unit_of_work() as work:
        work.execute(text("INSERT INTO viewings VALUES (99, 99, '2026-01-01')"))


def test_only_a_library_without_the_wal_bug_shares_its_log(app, monkeypatch):
    for version, safe in [((3, 40, 1), False), ((3, 51, 3), True), ((3, 53, 4), True)]:
        library = SimpleNamespace(sqlite_version_info=version)
        monkeypatch.setattr(engines, "sqlite_driver", library)
        assert engines.wal_is_safe() is safe


def test_an_older_library_gets_no_write_ahead_log(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "SAFE_WAL_VERSION", (99, 0, 0))
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_engine(url, **engine_options(url))
    engines.prepare_engine(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    engine.dispose()


def test_writes_reach_the_disk_before_they_are_acknowledged(app):
    with unit_of_work() as work:
        if database.db.engine.dialect.name == "sqlite":
            assert work.scalar(text("PRAGMA synchronous")) == 2
            assert work.scalar(text("PRAGMA foreign_keys")) == 1
            assert work.scalar(text("PRAGMA journal_mode")) in ("wal", "delete")
        else:
            assert work.scalar(text("SHOW synchronous_commit")) == "on"
            assert work.scalar(text("SHOW lock_timeout")) == "8s"
            assert work.scalar(text("SHOW timezone")) == "UTC"


def test_no_connection_outlives_the_engine_that_reads(app):
    with unit_of_work() as work:
        keep()
        writer = work.get_bind().engine
    database.db.engine.dispose()
    assert writer.pool.checkedin() == 0


def test_what_is_looked_up_is_read_in_no_transaction_and_cannot_write(app):
    throttles = table_of(Throttle)
    found = planned_once(select(throttles.c.count).where(throttles.c.key == bindparam("key")))
    with unit_of_work() as work:
        keep()
        work.flush()
        assert look_up(found, {"key": "a"}) == []  # not committed yet
    assert look_up(found, {"key": "a"}) == [(1,)]
    with pytest.raises(DBAPIError):
        look_up(update(throttles).values(count=bindparam("more")), {"more": 3})
    assert look_up(found, {"key": "a"}) == [(1,)]
    with database.db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            assert not driver.in_transaction
        else:
            assert driver.autocommit
            assert driver.info.transaction_status == TransactionStatus.IDLE


def spoil() -> None:
    """Let what is begun find no way to be committed."""
    if db.engine.dialect.name == "sqlite":
        session().execute(text("PRAGMA defer_foreign_keys=ON"))
        nobody = "INSERT INTO viewings VALUES (9, 9, '2026-01-01')"
        session().execute(text(nobody))
        return
    mine = session().scalar(text("SELECT pg_backend_pid()"))
    other = create_engine(db.engine.url)
    with other.connect() as connection:
        connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
    other.dispose()


def test_an_act_that_cannot_be_committed_is_undone_in_its_objects_too(app):
    old, new = (Throttle(key=key, window=NOON, count=1) for key in ("old", "new"))
    with unit_of_work() as work:
        work.add(old)

    def act() -> None:
        with unit_of_work() as work:
            old.count = 7
            work.add(new)
            work.flush()
            spoil()

    with pytest.raises(DBAPIError, match=r"FOREIGN KEY|consuming input|terminat"):
        act()
    assert old.count == 1
    assert new not in session()
    with unit_of_work() as work:
        work.add(new)
    assert count() == 2


def test_what_was_taken_back_within_an_act_cannot_be_written_to(app):
    throttles = table_of(Throttle)
    row = {"key": "b", "window": NOON, "count": 1}

    def go_on() -> None:
        with unit_of_work() as work:
            keep()
            work.flush()
            work.rollback()
            run(insert(throttles), row)

    with pytest.raises(InvalidRequestError, match="rolled back"):
        go_on()

    def pass_over() -> None:
        with unit_of_work() as work:
            keep()
            keep()
            with suppress(IntegrityError):
                work.flush()
            run(insert(throttles), row)

    with pytest.raises(InvalidRequestError, match="rolled back"):
        pass_over()
    assert run(select(throttles.c.key)) == []


def test_a_connection_comes_back_with_nothing_open(app):
    begin = "BEGIN IMMEDIATE" if db.engine.dialect.name == "sqlite" else "BEGIN"
    with db.engine.connect() as connection:
        connection.connection.driver_connection.execute(begin)
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            assert not driver.in_transaction
        else:
            assert driver.info.transaction_status == TransactionStatus.IDLE
