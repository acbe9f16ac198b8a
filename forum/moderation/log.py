"""The public log: append, verify. Each line's hash covers the line and the hash before it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from forum.lib.database import insert_into, session
from forum.lib.engines import read_at_one_moment
from forum.moderation import labels
from forum.moderation.models import Decision, LogEntry, LogHead, LogLabel

GENESIS = "0" * 64
_BATCH = 1000
_FIELDS = (
    *("seq", "at", "act", "actor_id", "with_second", "post_id", "film_id", "label_digest"),
    *("rule_number", "rule_version", "reasons", "source", "until", "child_count"),
    *("reverts_seq", "private_digest", "prev_hash"),
)
_COLUMNS = ", ".join((*_FIELDS, "hash"))
_STORED_TIME = "%Y-%m-%d %H:%M:%S.%f"  # as SQLite keeps it


@dataclass(frozen=True, slots=True)
class Broken:
    """The first line that does not follow from the ones before it."""

    seq: int
    why: str


class _Unreadable(ValueError):
    """A line holds what was never written."""


def append(entry: LogEntry, label: str, note: str) -> tuple[LogEntry, str]:
    """Add `entry` as the log's next line, in the current transaction.

    The head row is locked here, so call it last of all.

    Args:
        entry: everything but seq, digests and hashes.
        label: what it is about, which can be erased later.
        note: the private note, likewise; the line keeps a salted digest of both.

    Returns:
        The line, and the salt of the note, to be kept as long as the note is.
    """
    session().execute(
        insert_into(LogHead).values(id=1, seq=0, hash=GENESIS).on_conflict_do_nothing()
    )
    head = (
        session()
        .scalars(
            select(LogHead)
            .where(LogHead.id == 1)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        .one()
    )
    note_salt, label_salt = labels.new_salt(), labels.new_salt()
    entry.private_digest = labels.digest(note_salt, note)
    entry.label_digest = labels.digest(label_salt, label)
    entry.seq = head.seq + 1
    entry.prev_hash = head.hash
    entry.hash = line_hash({name: getattr(entry, name) for name in _FIELDS})
    session().add(entry)
    head.seq, head.hash = entry.seq, entry.hash
    session().flush()
    session().add(LogLabel(seq=entry.seq, text=label, salt=label_salt))
    return entry, note_salt


def line_hash(line: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, over a line's fields as canonical JSON."""
    content = {name: line[name] for name in _FIELDS}
    for name in ("at", "until"):
        moment = content[name]
        content[name] = moment.isoformat(timespec="microseconds") if moment else None
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()


def verify() -> Broken | None:
    """The first line that was changed, taken out or put in; None if the chain is whole.

    The labels and private notes that are still kept are compared with their lines, too. All of it
    is read as of one moment: moderators may go on deciding.
    """
    session().rollback()
    read_at_one_moment(session().connection())
    before, expected = GENESIS, 1
    for seq, line in _lines():
        if seq != expected:
            return Broken(expected, "the line is missing")
        if line is None:
            return Broken(seq, "it can't be read")
        if line["prev_hash"] != before:
            return Broken(seq, "it does not follow from the line before it")
        if line["hash"] != line_hash(line):
            return Broken(seq, "it was changed after it was written")
        before, expected = line["hash"], expected + 1
    return _broken_end(expected, before) or _broken_label() or _broken_note()


def _broken_end(expected: int, before: str) -> Broken | None:
    """What is missing behind the last line: the head and the decisions tell."""
    head = session().execute(select(LogHead.seq, LogHead.hash).where(LogHead.id == 1)).first()
    if head is None and expected > 1:
        return Broken(expected, "the log has entries and no head")
    if head is not None and (head.seq, head.hash) != (expected - 1, before):
        return Broken(expected, "the last line is missing")
    if (session().scalar(select(func.max(Decision.log_seq))) or 0) >= expected:
        return Broken(expected, "the last line is missing")
    return None


def _broken_label() -> Broken | None:
    rows = _in_batches(
        select(LogEntry.seq, LogEntry.label_digest, LogLabel.seq, LogLabel.salt, LogLabel.text)
        .outerjoin(LogLabel, LogLabel.seq == LogEntry.seq)
        .order_by(LogEntry.seq)
    )
    for seq, expected, kept, salt, label in rows:
        if kept is None:
            return Broken(seq, "what it is about is missing")
        if salt is not None and not _matches(expected, salt, label):
            return Broken(seq, "what it is about was changed")
    return None


def _broken_note() -> Broken | None:
    rows = _in_batches(
        select(LogEntry.seq, LogEntry.private_digest, Decision.note_salt, Decision.note)
        .join(Decision, Decision.log_seq == LogEntry.seq)
        .where(Decision.note_salt.is_not(None))
        .order_by(LogEntry.seq)
    )
    for seq, expected, salt, note in rows:
        if not _matches(expected, salt, note):
            return Broken(seq, "its private note was changed")
    return None


def _in_batches(statement: Any) -> Iterator[Any]:
    """The rows of `statement`, which begin with the line's number and are in its order."""
    last = 0
    while rows := session().execute(statement.where(LogEntry.seq > last).limit(_BATCH)).all():
        yield from rows
        last = rows[-1][0]


def _matches(expected: str, salt: str, kept: str) -> bool:
    try:
        return labels.digest(salt, kept) == expected
    except ValueError:
        return False


def _lines() -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Every line by its number, as the database holds it; None for one that can't be read."""
    last = 0
    while seqs := _next_seqs(last):
        try:
            rows = _rows(seqs[0], seqs[-1])
        except (SQLAlchemyError, ValueError):  # one of them holds what was never written: which?
            session().rollback()
            rows = [_row(seq) for seq in seqs]
        yield from zip(seqs, rows, strict=True)
        last = seqs[-1]


def _next_seqs(after: int) -> list[int]:
    found = text("SELECT seq FROM moderation_log WHERE seq > :after ORDER BY seq LIMIT :most")
    return list(session().scalars(found, {"after": after, "most": _BATCH}))


def _rows(first: int, last: int) -> list[dict[str, Any] | None]:
    found = text(
        f"SELECT {_COLUMNS} FROM moderation_log"  # noqa: S608  # our own names
        " WHERE seq BETWEEN :first AND :last ORDER BY seq"
    )
    rows = session().execute(found, {"first": first, "last": last}).mappings()
    return [_read(row) for row in rows]


def _row(seq: int) -> dict[str, Any] | None:
    try:
        return _rows(seq, seq)[0]
    except (SQLAlchemyError, ValueError):
        session().rollback()
        return None


def _read(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A line's fields, of the types that they were written in.

    Raises:
        _Unreadable: a field holds what no line ever held.
    """
    line = dict(row)
    line["at"], line["until"] = _moment(line["at"]), _moment(line["until"])
    if line["with_second"] not in (0, 1):
        raise _Unreadable
    line["with_second"] = bool(line["with_second"])
    if any(isinstance(value, bytes) for value in line.values()):
        raise _Unreadable
    return line


def _moment(stored: datetime | str | None) -> datetime | None:
    if stored is None:
        return None
    if isinstance(stored, datetime):
        return stored.astimezone(UTC)
    moment = datetime.strptime(stored, _STORED_TIME).replace(tzinfo=UTC)
    if moment.strftime(_STORED_TIME) != stored:
        raise _Unreadable
    return moment
