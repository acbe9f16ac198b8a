"""The evening with every text in it replaced: whatever anybody typed is made of payloads.

They are written past the forms, which would refuse many of them (a name has no brackets): so what
is tried is how texts are shown, not how they are let in.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import JSON, String, Table, bindparam, text, update

from forum.lib.database import Base, db, session, unit_of_work
from forum.lib.ddl import APPEND_ONLY
from forum.lib.markup import render
from tests.browser.house import House

TYPED: dict[str, tuple[str, ...]] = {
    "users": ("name",),
    "sessions": ("device",),
    "posts": ("safe_title", "title", "body"),
    "revisions": ("safe_title", "title", "body"),
    "pending_revisions": ("safe_title", "title", "body"),
    "drafts": ("fields",),
    "reports": ("words",),
    "notes": ("text",),
    "cases": ("purge_reasons", "purge_note"),
    "decisions": ("reasons", "note"),
    "decided_posts": ("safe_title_before",),
    "moderation_log": ("reasons",),
    "log_labels": ("text",),
    "refused_revisions": ("safe_title", "title", "body"),
    "rules": ("title", "text"),
    "rule_versions": ("title", "text"),
    "site_texts": ("body",),
    "films": ("title", "original_title", "summary", "summary_source", "summary_licence"),
    "statements": ("speaker", "text", "publication"),
}
"""Table → the columns that hold what people wrote, and what film lists said."""

OURS: dict[str, tuple[str, ...]] = {
    "films": (
        *("slug", "title_key", "search_key", "initial", "directors", "state"),
        *("notes", "notes_source"),
    ),
    "jobs": ("kind", "payload", "last_error"),
    "log_head": ("hash",),
    "page_versions": ("key",),
    "rules": ("html",),
    "site_texts": ("name", "html"),
    "throttles": ("key",),
    "users": (
        *("name_key", "skeleton", "email", "email_key", "password_hash", "role", "trust_set"),
        "sanction",
    ),
    "drafts": ("kind",),
    "identifiers": ("scheme", "value"),
    "posts": (
        *("type", "seed_key", "state", "film_state", "thread_state", "theory_state", "html"),
        *("excerpt", "kind", "stance", "hold_reason", "path"),
    ),
    "reset_links": ("token_hash",),
    "sessions": ("token_hash",),
    "statements": ("seed_key", "role", "address", "status"),
    "bearings": ("bearing",),
    "cases": ("kind", "hold_reason", "outcome"),
    "events": ("kind", "codes"),
    "moderation_log": ("act", "source", "label_digest", "private_digest", "prev_hash", "hash"),
    "log_labels": ("salt",),
    "refused_revisions": ("hold_reason", "kind", "stance"),
    "pending_revisions": ("hold_reason", "kind", "stance"),
    "decisions": ("act", "source", "note_salt"),
    "reports": ("state",),
    "decided_posts": ("state_before",),
    "notices": ("kind",),
}
"""Table → the columns that hold words of ours, keys, hashes, and what follows from the others."""

_MARKDOWN = {("posts", "body"), ("rules", "text"), ("site_texts", "body")}

# Rows that stand on one page together: each such group holds every payload once.
_TOGETHER: dict[str, Callable[..., object]] = {
    "posts": lambda row: (row.type, row.theory_id or row.thread_id or row.film_id),
    "revisions": lambda row: row.post_id,
    "drafts": lambda row: row.user_id,
    "reports": lambda row: row.case_id,
    "notes": lambda row: row.case_id,
    "films": lambda row: row.slug if row.slug == "anora-2024" else "",
}


def columns_of_text() -> set[tuple[str, str]]:
    """Every column that can hold text."""
    return {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | JSON)
    }


def named(columns: dict[str, tuple[str, ...]]) -> set[tuple[str, str]]:
    """(table, column) of a dictionary above."""
    return {(table, name) for table, names in columns.items() for name in names}


def fill(house: House, payloads: Sequence[str]) -> None:
    """Write `payloads` over every text in the house; each stands in each group of rows.

    Each text ends in a mark, "MARK-table-column", by which a test sees where it was shown.
    """
    with house.app.app_context():
        with unit_of_work() as work:
            for table in APPEND_ONLY:
                work.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_update"))
            for name in TYPED:
                _fill(Base.metadata.tables[name], payloads)
        db.session.remove()


def _fill(table: Table, payloads: Sequence[str]) -> None:
    rows = session().execute(table.select().order_by(*table.primary_key.columns)).all()
    together = _TOGETHER.get(table.name, lambda _row: "")
    groups = defaultdict(list)
    for row in rows:
        groups[together(row)].append(row)
    keys = [column.name for column in table.primary_key.columns]
    changes = [
        {**{f"at_{key}": getattr(row, key) for key in keys}, **_texts(table.name, row, some)}
        for group in groups.values()
        for row, some in zip(group, _shares(payloads, len(group)), strict=True)
    ]
    if changes:
        same = [table.c[key] == bindparam(f"at_{key}") for key in keys]
        names = [name for name in changes[0] if not name.startswith("at_")]
        values = {name: bindparam(f"new_{name}") for name in names}
        renamed = [
            {key if key.startswith("at_") else f"new_{key}": value for key, value in row.items()}
            for row in changes
        ]
        session().connection().execute(update(table).where(*same).values(values), renamed)


def _shares(payloads: Sequence[str], count: int) -> Iterator[Sequence[str]]:
    """`payloads` in `count` shares of about one size; none is empty."""
    for number in range(count):
        first, end = (n * len(payloads) // count for n in (number, number + 1))
        yield payloads[first:end] or [payloads[number % len(payloads)]]


def _texts(table: str, row: object, some: Sequence[str]) -> dict[str, object]:
    """What `row` says from now on: nothing where it said nothing."""
    found: dict[str, object] = {}
    for column in TYPED[table]:
        before, mark = getattr(row, column), f"MARK-{table}-{column}"
        written = f"{'  '.join(some)} {mark}"
        if column == "fields":
            written_fields = dict.fromkeys(("safe_title", "title", "body"), written)
            found[column] = {**before, **written_fields}
            continue
        if (table, column) in _MARKDOWN:
            written = "\n\n".join((*_shapes(getattr(row, "type", ""), some), mark))
        elif column == "body":
            written = "\n".join((*some, mark))
        found[column] = written if before is not None or table == "films" else None
        if (table, column) in _MARKDOWN:
            rendered = render(written)
            found["html"] = rendered.html
            if table == "posts":
                found["excerpt"] = rendered.excerpt
    return found


def _shapes(type_of_post: str, some: Sequence[str]) -> Iterator[str]:
    """Payloads as Markdown: bare in replies, as links and pictures in theories, veiled in
    questions."""
    for payload in some:
        if type_of_post == "theory":
            yield f"[a]({payload}) [b](<{payload}>) ![c]({payload}) <{payload}>"
        elif type_of_post == "thread":
            yield f">!{payload}!< `{payload}`"
        else:
            yield payload
