"""How migrations run: whole or not at all, on both databases."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from forum.lib import ddl
from forum.lib.database import Base, db
from forum.lib.engines import writing_allowed
from forum.lib.moments import UTCDateTime


def run() -> None:
    """Run the pending migrations in one transaction; on SQLite without cascades from rebuilt
    tables."""
    engine = db.engine
    with writing_allowed(), engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            _foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transactional_ddl=True,
            compare_server_default=False,
            render_as_batch=False,
            render_item=_render,
        )
        with context.begin_transaction():
            if not is_sqlite:  # the forum's own limit is for its pages
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            context.run_migrations()
            ddl.install(connection)
        connection.commit()
        if is_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            connection.rollback()
            _foreign_keys(connection, "ON")
            if broken:
                raise RuntimeError(f"the migration left rows that point nowhere: {broken[:5]}")


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations name no class of ours that could change under them."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UTCDateTime) else False


def _foreign_keys(connection: Connection, state: str) -> None:
    # Inside a transaction SQLite ignores this, so the driver is told before one begins.
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={state}")


run()
