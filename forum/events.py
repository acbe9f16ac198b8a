"""What happened: one row per act, written in the act's transaction, never changed.

Events hold ids and codes only. A vote's event is its journal row, and a draft's saving is no act:
it is private, has no consequence, and is overwritten every few seconds.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, insert
from sqlalchemy.orm import Mapped, mapped_column

from forum.lib import clock
from forum.lib.database import Base, run, table_of


class Kind(StrEnum):
    """Every kind of act, named noun.past-tense; at most 40 characters."""

    USER_SIGNED_UP = "user.signed_up"
    USER_LOGGED_IN = "user.logged_in"
    USER_LOGGED_OUT = "user.logged_out"
    USER_ROLE_CHANGED = "user.role_changed"
    USER_FILMS_CHANGED = "user.films_changed"
    USER_TRUST_CHANGED = "user.trust_changed"
    PASSWORD_CHANGED = "password.changed"
    RESET_LINK_MADE = "reset_link.made"
    SESSION_ENDED = "session.ended"
    FILM_ADDED = "film.added"
    FILM_CHANGED = "film.changed"
    SEAL_OPENED = "seal.opened"
    SEAL_CLOSED = "seal.closed"
    STATEMENT_ADDED = "statement.added"
    THREAD_PUBLISHED = "thread.published"
    THREAD_LOCKED = "thread.locked"
    THREAD_UNLOCKED = "thread.unlocked"
    THREAD_PINNED = "thread.pinned"
    THREAD_UNPINNED = "thread.unpinned"
    THEORY_PUBLISHED = "theory.published"
    REPLY_PUBLISHED = "reply.published"
    POST_HELD = "post.held"
    POST_APPROVED = "post.approved"
    POST_HIDDEN = "post.hidden"
    POST_REMOVED = "post.removed"
    POST_RESTORED = "post.restored"
    POST_PURGED = "post.purged"
    POST_RETITLED = "post.retitled"
    REVISION_HELD = "revision.held"
    REVISION_APPROVED = "revision.approved"
    REVISION_REFUSED = "revision.refused"
    REVISION_WITHDRAWN = "revision.withdrawn"
    REPORT_FILED = "report.filed"
    CASE_OPENED = "case.opened"
    CASE_CLAIMED = "case.claimed"
    CASE_RELEASED = "case.released"
    CASE_UNSEALED = "case.unsealed"
    CASE_DECLINED = "case.declined"
    CASE_DISCARDED = "case.discarded"
    PURGE_PROPOSED = "purge.proposed"
    PURGE_REFUSED = "purge.refused"
    NOTE_ADDED = "note.added"
    USER_SUSPENDED = "user.suspended"
    USER_BANNED = "user.banned"
    SANCTION_LIFTED = "sanction.lifted"
    RULE_CHANGED = "rule.changed"
    TEXT_CHANGED = "text.changed"
    NOTICES_READ = "notices.read"
    POST_REVISED = "post.revised"
    POST_WITHDRAWN = "post.withdrawn"
    FIGURES_REVEALED = "figures.revealed"
    FIGURES_OPENED = "figures.opened"


class Event(Base):
    """One act. A trigger on both databases refuses UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_kind_at", "kind", "at"),
        Index("ix_events_post_id", "post_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    film_id: Mapped[int | None] = mapped_column(ForeignKey("films.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    codes: Mapped[dict[str, Any] | None] = mapped_column(JSON)


_RECORD = insert(table_of(Event))

Consequence = Callable[[Event], None]
_consequences: dict[Kind, tuple[Consequence, ...]] = {}


def follow_up(table: dict[Kind, tuple[Consequence, ...]]) -> None:
    """Set what follows each kind of event; called once, by the wiring."""
    _consequences.clear()
    _consequences.update(table)


def record(
    kind: Kind,
    *,
    by: Any,
    user_id: int | None = None,
    film_id: int | None = None,
    post_id: int | None = None,
    codes: dict[str, Any] | None = None,
) -> None:
    """Write one event in the current transaction, then let its consequences run in it.

    Args:
        kind: what happened.
        by: who acted (a viewer; a guest's id 0 is stored as null).
        user_id, film_id, post_id: what it happened to.
        codes: ids and short codes; never a person's text, an address or a secret.
    """
    event = {
        "kind": kind,
        "at": clock.now(),
        "by_id": by.id or None,
        "user_id": user_id,
        "film_id": film_id,
        "post_id": post_id,
        "codes": codes,
    }
    run(_RECORD, event)
    for consequence in _consequences.get(kind, ()):
        consequence(Event(**event))
