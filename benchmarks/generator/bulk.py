"""Indexes out of the way while PostgreSQL is filled, and back afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from benchmarks.generator.writing import transaction

_TABLES = ("posts", "revisions", "votes", "vote_changes", "viewings", "events", "notices")

_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i
WHERE i.indrelid::regclass::text = ANY(%s)
  AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""

_REMEMBERED = "CREATE TABLE IF NOT EXISTS benchmark_indexes (definition text NOT NULL)"


@contextmanager
def bulk_load(engine: Engine) -> Iterator[None]:
    """Fill tables without their plain indexes; primary keys and constraints stay.

    The definitions are kept in the database, in the transaction that drops them, so that whoever
    goes on after a stop puts them back. On SQLite nothing is dropped: its files are small.
    """
    if engine.dialect.name == "sqlite":
        yield
        return
    with transaction(engine) as connection:
        _drop(connection)
    yield
    with transaction(engine) as connection:
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")
        kept = connection.exec_driver_sql("SELECT definition FROM benchmark_indexes").scalars()
        for definition in kept.all():
            connection.exec_driver_sql(definition)
        connection.exec_driver_sql("DROP TABLE benchmark_indexes")


def _drop(connection: Connection) -> None:
    connection.exec_driver_sql(_REMEMBERED)
    for name, definition in connection.exec_driver_sql(_INDEXES, (list(_TABLES),)).all():
        connection.exec_driver_sql(
            "INSERT INTO benchmark_indexes (definition) VALUES (%s)", (definition,)
        )
        connection.exec_driver_sql(f"DROP INDEX {name}")
