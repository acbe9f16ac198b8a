"""Triggers that give what pages show new versions, see `forum.lib.page_versions`."""

FILM_FACTS = (
    *("slug", "title", "original_title", "year", "runtime", "directors", "state"),
    *("summary", "summary_source", "summary_licence", "notes", "notes_source"),
)
"""Columns of films whose change shows on every page about the film."""


def statements(dialect: str) -> list[str]:
    """What puts the triggers in place on `dialect`, whether they were there or not.

    A row of its own for the whole site would make every vote on PostgreSQL wait for every other, so
    that only SQLite, which writes one transaction at a time, has it. On PostgreSQL versions are the
    last that a transaction locks, at its end, and a film's before those of its questions: else two
    acts that met there could wait for each other for ever.
    """
    question = "COALESCE(NEW.thread_id, NEW.id)"
    argued = {"argued ": "NEW.film_id", "thread ": question}
    changes: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("posts_pages_insert", "INSERT ON posts", argued),
        ("posts_pages_update", "UPDATE ON posts", argued),
        ("films_pages_insert", "INSERT ON films", {}),
        ("films_pages_update", f"UPDATE OF {', '.join(FILM_FACTS)} ON films", {"film ": "NEW.id"}),
        ("statements_pages_insert", "INSERT ON statements", {"film ": "NEW.film_id"}),
        ("statements_pages_update", "UPDATE ON statements", {"film ": "NEW.film_id"}),
    )
    make = _page_trigger_on_sqlite if dialect == "sqlite" else _page_trigger_on_postgresql
    return [statement for change in changes for statement in make(*change)]


def _page_trigger_on_sqlite(name: str, when: str, keys: dict[str, str]) -> list[str]:
    rows = ["('site', random())", *(f"('{word}' || {id}, random())" for word, id in keys.items())]
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} AFTER {when} BEGIN {_renew(rows)}; END",
    ]


def _page_trigger_on_postgresql(name: str, when: str, keys: dict[str, str]) -> list[str]:
    if not keys:
        return []
    number = "(random() * 9e15)::bigint"
    rows = [f"('{word}' || {id}, {number})" for word, id in keys.items()]
    table = when.rpartition(" ")[2]
    return [
        f"""CREATE OR REPLACE FUNCTION foyer_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {_renew(rows)}; RETURN NULL; END $$""",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"""CREATE CONSTRAINT TRIGGER {name} AFTER {when} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION foyer_{name}()""",
    ]


def _renew(rows: list[str]) -> str:
    return (
        f"INSERT INTO page_versions (key, version) VALUES {', '.join(rows)}"  # noqa: S608  # ours
        " ON CONFLICT (key) DO UPDATE SET version = excluded.version"
    )
