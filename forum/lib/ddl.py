"""Triggers: what happened isn't changed afterwards, and what pages show has versions; the same
promises on both databases."""

from typing import Any

from sqlalchemy import MetaData, event, inspect
from sqlalchemy.engine import Connection

from forum.lib import page_triggers

APPEND_ONLY = ("events", "vote_changes", "moderation_log")
"""Tables whose rows are only ever added."""

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION foyer_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only';
END $$
"""


def install(connection: Connection) -> None:
    """Put every trigger in place, whether it was there or not.

    Called after each migration (SQLite's batch mode drops a table's triggers without a word) and
    after ``create_all()``.
    """
    present = set(inspect(connection).get_table_names())
    tables = [table for table in APPEND_ONLY if table in present]
    statements = _statements(connection.dialect.name, tables)
    if "page_versions" in present:
        statements += page_triggers.statements(connection.dialect.name)
    for statement in statements:
        connection.exec_driver_sql(statement)


def listen(metadata: MetaData) -> None:
    """Install the triggers whenever `metadata` creates all its tables."""

    @event.listens_for(metadata, "after_create")
    def after_create(_target: Any, connection: Connection, **_kw: Any) -> None:
        install(connection)


def _statements(dialect: str, tables: list[str]) -> list[str]:
    if dialect == "sqlite":
        return [statement for table in tables for statement in _for_sqlite(table)]
    return [_POSTGRESQL_FUNCTION] + [
        statement for table in tables for statement in _for_postgresql(table)
    ]


def _for_sqlite(table: str) -> list[str]:
    statements = []
    for act in ("UPDATE", "DELETE"):
        name = f"{table}_no_{act.lower()}"
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"""CREATE TRIGGER {name} BEFORE {act} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
        ]
    return statements


def _for_postgresql(table: str) -> list[str]:
    statements = []
    # A row trigger lets TRUNCATE through: that needs one for the statement.
    for act, scope in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        name = f"{table}_no_{'change' if scope == 'ROW' else 'truncate'}"
        statements += [
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            f"""CREATE TRIGGER {name} BEFORE {act} ON {table}
            FOR EACH {scope} EXECUTE FUNCTION foyer_append_only()""",
        ]
    return statements
