"""Moderation: rules, reports, cases, decisions, notes, and the public log."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from forum.lib.database import Base

WORDS_LENGTH = 1000
REASONS_LENGTH = 1000
NOTE_LENGTH = 2000
RULE_TITLE_LENGTH = 80
RULE_TEXT_LENGTH = 1000


class Rule(Base):
    """A clause of the site's rules as it stands; reports and decisions cite number and version."""

    __tablename__ = "rules"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    title: Mapped[str] = mapped_column(String(RULE_TITLE_LENGTH))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]


class RuleVersion(Base):
    """What a rule has said, so that a decision can be read as it was meant."""

    __tablename__ = "rule_versions"

    number: Mapped[int] = mapped_column(ForeignKey("rules.number"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(RULE_TITLE_LENGTH))
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


_WHILE_OPEN: dict[str, Any] = {
    "sqlite_where": text("closed_at IS NULL"),
    "postgresql_where": text("closed_at IS NULL"),
}


class Case(Base):
    """What moderators look at: one post, and why. At most one is open for a post."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("kind IN ('report', 'held', 'edit', 'own')", name="kind"),
        CheckConstraint(
            "outcome IN ('approved', 'declined', 'upheld', 'withdrawn', 'discarded')",
            name="outcome",
        ),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed"),
        CheckConstraint("(claimed_by_id IS NULL) = (claimed_until IS NULL)", name="claim"),
        Index("uq_cases_open", "post_id", unique=True, **_WHILE_OPEN),
        Index("ix_cases_queue", text("score DESC"), "opened_at", "id", **_WHILE_OPEN),
        Index("ix_cases_waiting", "film_id", "opened_at", **_WHILE_OPEN),
        Index("ix_cases_closed", "kind", "closed_at"),
        Index("ix_cases_post_id", "post_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    film_id: Mapped[int] = mapped_column(ForeignKey("films.id"))
    # Why it was held: "first", "link" or "change"; null where nothing was.
    hold_reason: Mapped[str | None] = mapped_column(String(10))
    # The post's version that was reported or held.
    post_version: Mapped[int]
    score: Mapped[float] = mapped_column(default=0.0, server_default="0")
    report_count: Mapped[int] = mapped_column(default=0, server_default="0")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(10))
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    claimed_until: Mapped[datetime | None]
    # A purge waits here for the second moderator: who proposed it, by which rule, why, and what
    # only moderators are told.
    purge_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    purge_rule: Mapped[int | None]
    purge_reasons: Mapped[str | None] = mapped_column(Text)
    purge_note: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Report(Base):
    """What somebody says is wrong with a post, by which rule."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("case_id", "reporter_id"),
        CheckConstraint("state IN ('open', 'upheld', 'declined', 'moot')", name="state"),
        Index("ix_reports_reporter_id", "reporter_id", "id"),
        Index("ix_reports_decision_id", "decision_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    rule_number: Mapped[int] = mapped_column(ForeignKey("rules.number"))
    # The post's version that they had read; null in reports from before this was kept.
    post_version: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text)
    weight: Mapped[float]
    # "moot" where nobody judged it, since the author took down what it was about.
    state: Mapped[str] = mapped_column(String(10), default="open", server_default="open")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    # What came of it: the decision that settled it, or that undid the one which had.
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))


class Decision(Base):
    """What a moderator decided, why, and what it took: the private side of a log entry."""

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint(
            "act IN ('approve', 'hide', 'remove', 'restore', 'lock', 'unlock', 'no_action',"
            " 'refuse', 'retitle', 'purge', 'suspend', 'ban', 'ban_and_remove', 'lift')",
            name="act",
        ),
        Index("ix_decisions_user_id", "user_id", "id"),
        Index("ix_decisions_case_id", "case_id"),
        Index("ix_decisions_post_id", "post_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    act: Mapped[str] = mapped_column(String(20))
    # Whom it concerns: the author.
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    rule_number: Mapped[int | None]
    rule_version: Mapped[int | None]
    reasons: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    # With it the log's digest of the note can be checked; null once the note is erased.
    note_salt: Mapped[str | None] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(String(10))
    until: Mapped[datetime | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    second_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reverts_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    reverted_by_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    log_seq: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]


class DecidedPost(Base):
    """A post that a decision moved, with the state, safe title and tombstone that it had before."""

    __tablename__ = "decided_posts"
    __table_args__ = (Index("ix_decided_posts_post_id", "post_id"),)

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    state_before: Mapped[str] = mapped_column(String(10))
    safe_title_before: Mapped[str | None] = mapped_column(String(80))
    # What its tombstone named before: the rule and line of the decision that was in force.
    removed_under_before: Mapped[int | None]
    log_seq_before: Mapped[int | None]
    # The version that the decision made of it, where it made one.
    version_after: Mapped[int | None]


class RefusedRevision(Base):
    """A change that waited, which a decision refused or removed with its post: its author reads it
    again beside the reasons. Where the removal is undone it waits again, and is no longer here."""

    __tablename__ = "refused_revisions"
    __table_args__ = (Index("ix_refused_revisions_post_id", "post_id"),)

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    # Why it waited; null where an older release refused it.
    hold_reason: Mapped[str | None] = mapped_column(String(10))
    safe_title: Mapped[str | None] = mapped_column(String(80))
    title: Mapped[str | None] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(String(10))
    stance: Mapped[str | None] = mapped_column(String(10))


class Note(Base):
    """What moderators tell each other about a case or its author; never shown to anybody else."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_user_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class CaseOpening(Base):
    """A moderator opened a case's sealed text, knowing that they hadn't seen the film."""

    __tablename__ = "case_openings"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    at: Mapped[datetime]


class LogEntry(Base):
    """One line of the public log. Hash-chained; a trigger refuses every change."""

    __tablename__ = "moderation_log"
    __table_args__ = (
        Index("ix_moderation_log_film_id", "film_id", "seq"),
        Index("ix_moderation_log_act", "act", "seq"),
        Index("ix_moderation_log_actor_id", "actor_id", "seq"),
        Index("ix_moderation_log_post_id", "post_id"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    with_second: Mapped[bool] = mapped_column(default=False, server_default=false())
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    film_id: Mapped[int | None] = mapped_column(ForeignKey("films.id"))
    # SHA-256 over a random salt and the label: erasing the label breaks no chain.
    label_digest: Mapped[str] = mapped_column(String(64))
    rule_number: Mapped[int | None]
    rule_version: Mapped[int | None]
    reasons: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(10))
    until: Mapped[datetime | None]
    child_count: Mapped[int] = mapped_column(default=0, server_default="0")
    reverts_seq: Mapped[int | None]
    # SHA-256 over a random salt and the private note: erasing the note breaks no chain.
    private_digest: Mapped[str] = mapped_column(String(64))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class LogLabel(Base):
    """What a line of the log is about, so that it gives nothing away: a safe title, "An account".

    Beside the chain, so that it can be erased: after a purge, or where a safe title was changed
    because it gave something away. What is called then is the post as it stands.
    """

    __tablename__ = "log_labels"
    __table_args__ = (CheckConstraint("(text IS NULL) = (salt IS NULL)", name="erased_whole"),)

    # A line's. No key points at the log: its own triggers are what keeps it.
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str | None] = mapped_column(String(160))
    salt: Mapped[str | None] = mapped_column(String(32))


class LogHead(Base):
    """The one row that is locked, last of all, to add to the log."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class SiteText(Base):
    """A page that an admin has rewritten: "about"."""

    __tablename__ = "site_texts"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
