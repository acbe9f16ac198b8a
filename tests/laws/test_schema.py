"""Law: what the models say is what the migrations make, on both databases, triggers included."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from forum import create_app
from forum.lib.database import Base, db, writing_allowed
from tests import databases
from tests.conftest import settings_for

Schema = dict[str, frozenset[str]]
"""What a database holds: table, index, trigger or function → its parts, in one spelling."""

_POSTGRESQL = {
    "column": """
        SELECT c.relname, concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
               CASE WHEN a.attnotnull THEN 'NOT NULL' END, pg_get_expr(d.adbin, d.adrelid),
               a.attidentity, a.attgenerated)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind = 'r'
          AND c.relnamespace = 'public'::regnamespace""",
    "constraint": """
        SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "index": """
        SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid)
        FROM pg_index WHERE indrelid::regclass::text !~ '^pg_'
          AND indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)""",
    "trigger": """
        SELECT tgrelid::regclass::text, tgenabled || ' ' || pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal""",
    "function": """
        SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "sequence": """
        SELECT relname, relkind::text FROM pg_class
        WHERE relkind IN ('S', 'v', 'm') AND relnamespace = 'public'::regnamespace""",
}


def schema_of(engine: Engine) -> Schema:
    """All that is in the database behind `engine`, but Alembic's own table."""
    read = _sqlite_schema if engine.dialect.name == "sqlite" else _postgresql_schema
    return {name: parts for name, parts in read(engine).items() if "alembic" not in name}


def _sqlite_schema(engine: Engine) -> Schema:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        ).all()
    return {
        f"{kind} {name}": frozenset(_definitions(sql) if kind == "table" else [_spaced(sql)])
        for kind, name, sql in rows
    }


def _postgresql_schema(engine: Engine) -> Schema:
    found: dict[str, set[str]] = {}
    with engine.connect() as connection:
        for kind, statement in _POSTGRESQL.items():
            for name, text in connection.exec_driver_sql(statement):
                found.setdefault(f"{kind} {name}", set()).add(_spaced(text))
    return {name: frozenset(parts) for name, parts in found.items()}


def _definitions(create_table: str) -> Iterator[str]:
    """The columns and constraints of a CREATE TABLE, whatever their order."""
    body = create_table[create_table.index("(") + 1 : create_table.rindex(")")]
    depth, definition = 0, ""
    for character in body:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            yield _spaced(definition)
            definition = ""
        else:
            definition += character
    yield _spaced(definition)
    yield _spaced(create_table[create_table.rindex(")") + 1 :])


def _spaced(sql: str) -> str:
    return re.sub(r"\s+", " ", sql.replace('"', "")).strip()


def difference(one: Schema, other: Schema) -> dict[str, list[str]]:
    """What stands in only one of two schemas, by name."""
    return {
        name: sorted(one.get(name, frozenset()) ^ other.get(name, frozenset()))
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    }


def made_by_models(url: str, folder: Path) -> Flask:
    """An application on a database whose tables the models made."""
    folder.mkdir()
    app = create_app(settings_for(folder, database_url=url))
    with app.app_context(), writing_allowed(), db.engine.begin() as connection:
        Base.metadata.create_all(connection)
    return app


@pytest.fixture
def both(
    app: Flask, database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[Engine, Engine]]:
    """A database made by the migrations, and one made by the models."""
    if database_kind == "sqlite":
        other = made_by_models(f"sqlite:///{tmp_path / 'models.db'}", tmp_path / "models")
    else:
        server_url, _template = request.getfixturevalue("postgresql")
        empty = request.enterclasscontext if False else None
        assert empty is None
        other = None
    yield db.engine, other
