"""The public log: append, verify. Each line's hash covers the line and the hash before it."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from forum.lib.database import insert_into, session
from forum.moderation.models import LogEntry, LogHead

GENESIS = "0" * 64
_BATCH = 1000
_FIELDS = (
    *("seq", "at", "act", "actor_id", "with_second", "post_id", "film_id", "label"),
    *("rule_number", "rule_version", "reasons", "source", "until", "child_count"),
    *("reverts_seq", "private_digest", "prev_hash"),
)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first line that does not follow from the ones before it."""

    seq: int
    why: str


def append(entry: LogEntry, note: str) -> LogEntry:
    """Add `entry` as the log's next line, in the current transaction.

    The head row is locked here, so call it last of all.

    Args:
        entry: everything but seq, digest and hashes.
        note: the private note, of which the line keeps a salted digest.
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
    salt = secrets.token_bytes(16)
    entry.private_digest = hashlib.sha256(salt + note.encode()).hexdigest()
    entry.seq = head.seq + 1
    entry.prev_hash = head.hash
    entry.hash = line_hash(entry)
    session().add(entry)
    head.seq, head.hash = entry.seq, entry.hash
    session().flush()
    return entry


def line_hash(entry: LogEntry) -> str:
    """SHA-256, in hexadecimal, over the line's fields as canonical JSON."""
    content = {name: getattr(entry, name) for name in _FIELDS}
    for name in ("at", "until"):
        moment = content[name]
        content[name] = moment.isoformat(timespec="microseconds") if moment else None
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def verify() -> Broken | None:
    """The first line that was changed, taken out or put in; None if the chain is whole."""
    before, expected = GENESIS, 1
    for entry in _lines():
        if entry.seq != expected:
            return Broken(expected, "the line is missing")
        if entry.prev_hash != before:
            return Broken(entry.seq, "it does not follow from the line before it")
        if entry.hash != line_hash(entry):
            return Broken(entry.seq, "it was changed after it was written")
        before, expected = entry.hash, expected + 1
    head = session().get(LogHead, 1)
    if head is not None and (head.seq, head.hash) != (expected - 1, before):
        return Broken(expected, "the last line is missing")
    return None


def _lines() -> Iterator[LogEntry]:
    last = 0
    while True:
        batch = (
            session()
            .scalars(
                select(LogEntry).where(LogEntry.seq > last).order_by(LogEntry.seq).limit(_BATCH)
            )
            .all()
        )
        yield from batch
        if len(batch) < _BATCH:
            return
        last = batch[-1].seq
        session().expunge_all()
