"""Law: what the models say is what the migrations make, on both databases, triggers included."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine

from forum.lib.database import Base, db
from forum.lib.engines import engine_options, prepare_engine, writing_allowed
from tests import databases

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
        SELECT tgrelid::regclass::text, tgenabled::text || ' ' || pg_get_triggerdef(oid)
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


_TOOTHLESS = """
    CREATE OR REPLACE FUNCTION foyer_append_only() RETURNS trigger
    LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"""

_OTHER_CHECK = """
    UPDATE sqlite_master SET sql = replace(sql, 'CHECK (value IN (-1, 1))', 'CHECK (value < 9)')
    WHERE name = 'votes'"""


@pytest.fixture
def by_migrations(app: Flask) -> Engine:
    """A database that the migrations made."""
    return db.engine


@pytest.fixture
def by_models(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Engine]:
    """A database whose tables the models made."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'models.db'}"
        if database_kind == "postgresql":
            server_url, _ = request.getfixturevalue("postgresql")
            url = stack.enter_context(databases.fresh_postgresql((server_url, "template0")))
        engine = create_engine(url, **engine_options(url))
        prepare_engine(engine)
        with writing_allowed(), engine.begin() as connection:
            Base.metadata.create_all(connection)
        yield engine
        engine.dispose()


def change(engine: Engine, *statements: str) -> None:
    """Run some DDL."""
    with writing_allowed(), engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.both_databases
def test_models_and_migrations_make_the_same_schema(
    by_migrations: Engine, by_models: Engine
) -> None:
    made = schema_of(by_migrations)
    assert {"table posts", "column posts"} & set(made)
    text = " ".join(part for parts in made.values() for part in parts)
    for part in ("ck_posts_no_thread_votes", "append-only", "REFERENCES"):
        assert part in text
    assert difference(made, schema_of(by_models)) == {}


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "breach",
    [
        "ALTER TABLE films ADD COLUMN seats INTEGER",
        "DROP INDEX ix_films_year",
        "CREATE INDEX ix_films_seats ON films (year) WHERE year > 2000",
        "CREATE TABLE seats (id INTEGER PRIMARY KEY)",
    ],
)
def test_a_planted_difference_is_caught(
    by_migrations: Engine, by_models: Engine, breach: str
) -> None:
    change(by_models, breach)
    assert difference(schema_of(by_migrations), schema_of(by_models)) != {}


def test_a_lost_trigger_or_check_is_caught_on_sqlite(
    by_migrations: Engine, by_models: Engine
) -> None:
    change(by_models, "DROP TRIGGER events_no_update")
    found = difference(schema_of(by_migrations), schema_of(by_models))
    assert list(found) == ["trigger events_no_update"]
    change(by_models, "PRAGMA writable_schema=ON", _OTHER_CHECK)
    assert "table votes" in difference(schema_of(by_migrations), schema_of(by_models))


def test_a_lost_trigger_or_check_is_caught_on_postgresql(
    postgresql: tuple[str, str], tmp_path: Path
) -> None:
    with databases.fresh_postgresql(postgresql) as url:
        engine = create_engine(url, **engine_options(url))
        prepare_engine(engine)
        whole = schema_of(engine)
        for breach, place in (
            ("ALTER TABLE events DISABLE TRIGGER events_no_truncate", "trigger events"),
            ("ALTER TABLE votes DROP CONSTRAINT ck_votes_value", "constraint votes"),
            ("ALTER TABLE votes ALTER COLUMN weight SET DEFAULT 2", "column votes"),
            (_TOOTHLESS, "function foyer_append_only"),
        ):
            before = schema_of(engine)
            change(engine, breach)
            assert list(difference(before, schema_of(engine))) == [place]
        assert difference(whole, schema_of(engine)).keys() >= {"trigger events", "column votes"}
        engine.dispose()
