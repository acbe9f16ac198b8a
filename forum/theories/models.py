"""Posts: questions (threads), theories that answer them, replies; their revisions and drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    func,
    literal_column,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from forum.lib.database import Base
from forum.lib.moments import UTCDateTime

SAFE_TITLE_LENGTH = 80
TITLE_LENGTH = 160
BODY_LENGTH = 20_000
REPLY_LENGTH = 10_000
KINDS = ("reading", "plot", "after", "allegory", "alternate")
STANCES = ("supports", "challenges", "neutral")
STATES = ("held", "published", "hidden", "removed", "withdrawn", "purged")

_MOVES = {
    "held": {"published", "removed", "withdrawn", "purged"},
    "published": {"hidden", "removed", "withdrawn", "purged"},
    "hidden": {"published", "removed", "purged"},
    # Back to where it was, when the removal is undone.
    "removed": {"published", "hidden", "held", "withdrawn", "purged"},
    "withdrawn": {"removed", "purged"},
}
"""The one state machine of posts: from each state, where it may go."""


class IllegalMove(ValueError):
    """A post was asked to go to a state that it can't reach from where it is."""


FEW_VOTES = 10
OPEN_VOTES = "CASE WHEN blind THEN 0 ELSE vote_count END"
"""How many votes a post has as far as everybody may know: a blind one counts as one without."""
IS_THEORY = "type = 'theory'"
NEEDY = f"{IS_THEORY} AND state = 'published' AND {OPEN_VOTES} < {FEW_VOTES}"
"""Which theories few have judged: SQL with no parameters, by which an index knows its rows."""

THREAD, THEORY, HELD, PUBLISHED = (
    literal_column(f"'{word}'", String) for word in ("thread", "theory", "held", "published")
)
"""What statements compare type and state with, for the same reason: a type that is a parameter
finds no index that holds nothing but theories."""


def _where(name: str, condition: str, *columns: Any) -> Index:
    """An index of some rows only."""
    given = text(condition)
    return Index(name, *columns, sqlite_where=given, postgresql_where=given)


class Post(Base):
    """What reports, revisions, votes and events point to: a Thread, a Theory or a Reply.

    Thread, theory and film have their state copied onto each post's row, so that whether a post is
    found and read is decided by its row alone.
    """

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint("type IN ('thread', 'theory', 'reply')", name="type"),
        CheckConstraint(
            "state IN ('held', 'published', 'hidden', 'removed', 'withdrawn', 'purged')",
            name="state",
        ),
        CheckConstraint("(type = 'thread') = (thread_id IS NULL)", name="thread"),
        CheckConstraint("(type = 'reply') = (theory_id IS NOT NULL)", name="theory"),
        CheckConstraint("(type = 'reply') = (path IS NOT NULL)", name="path"),
        CheckConstraint("type = 'reply' OR parent_id IS NULL", name="parent"),
        CheckConstraint("(type = 'reply') = (safe_title IS NULL)", name="safe_title"),
        CheckConstraint("(type = 'reply') = (title IS NULL)", name="title"),
        CheckConstraint("(type = 'theory') = (kind IS NOT NULL)", name="kind_given"),
        CheckConstraint(
            "kind IN ('reading', 'plot', 'after', 'allegory', 'alternate')", name="kind"
        ),
        CheckConstraint("(type = 'reply') = (stance IS NOT NULL)", name="stance_given"),
        CheckConstraint("stance IN ('supports', 'challenges', 'neutral')", name="stance"),
        CheckConstraint("type <> 'thread' OR (ups = 0 AND downs = 0)", name="no_thread_votes"),
        CheckConstraint("type = 'theory' OR downs = 0", name="only_theories_doubted"),
        CheckConstraint(
            "ups >= 0 AND downs >= 0 AND vote_count >= 0 AND theory_count >= 0"
            " AND reply_count >= 0 AND supports_count >= 0 AND challenges_count >= 0",
            name="counts",
        ),
        _where(
            *("ix_posts_threads", "type = 'thread'"),
            *("film_id", text("pinned DESC"), text("active_at DESC"), "id"),
        ),
        _where("ix_posts_best", IS_THEORY, "thread_id", text("best DESC"), "id"),
        _where("ix_posts_hot", IS_THEORY, "thread_id", text("hot DESC"), "id"),
        _where("ix_posts_divisive", IS_THEORY, "thread_id", text("divisive DESC"), "id"),
        _where(
            *("ix_posts_new", IS_THEORY, "thread_id"),
            *(text("coalesce(published_at, created_at) DESC"), text("id DESC")),
        ),
        _where(
            *("ix_posts_division", f"{IS_THEORY} AND state = 'published'"),
            *("thread_id", "blind", "ups"),
        ),
        _where("ix_posts_held", "state = 'held'", "author_id", "id"),
        Index("ix_posts_thread_id", "thread_id"),
        _where("ix_posts_dividing", "divisive IS NOT NULL", text("divisive DESC"), "id"),
        _where("ix_posts_needy", NEEDY, "thread_id", text(f"({OPEN_VOTES})"), "id"),
        Index("uq_posts_path", "theory_id", "path", unique=True),
        Index("ix_posts_author", "author_id", "type", text("id DESC")),
        Index("ix_posts_author_film", "author_id", "film_id"),
        Index("ix_posts_film", "film_id", "type", text("hot DESC"), "id"),
    )
    __mapper_args__ = {"polymorphic_on": "type"}

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(7))
    film_id: Mapped[int] = mapped_column(ForeignKey("films.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    theory_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    seed_key: Mapped[str | None] = mapped_column(String(80), unique=True)

    state: Mapped[str] = mapped_column(String(10))
    film_state: Mapped[str] = mapped_column(String(10))
    thread_state: Mapped[str] = mapped_column(String(10))
    theory_state: Mapped[str] = mapped_column(String(10), default="published")
    thread_locked: Mapped[bool] = mapped_column(default=False, server_default=false())
    pinned: Mapped[bool] = mapped_column(default=False, server_default=false())

    safe_title: Mapped[str | None] = mapped_column(String(SAFE_TITLE_LENGTH))
    title: Mapped[str | None] = mapped_column(String(TITLE_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(String(400))
    renderer: Mapped[int]
    kind: Mapped[str | None] = mapped_column(String(10))
    stance: Mapped[str | None] = mapped_column(String(10))

    created_at: Mapped[datetime] = mapped_column()
    published_at: Mapped[datetime | None] = mapped_column()
    edited_at: Mapped[datetime | None]
    # When the discussion below a thread last grew.
    active_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    # Why a new post is held: "first" or "link".
    hold_reason: Mapped[str | None] = mapped_column(String(10))
    # The decision that took it down: its rule and its line in the log, for the tombstone.
    removed_under: Mapped[int | None]
    log_seq: Mapped[int | None]
    # How many votes were cast before the last edit; null while there was none.
    votes_before_edit: Mapped[int | None]

    # A reply's place: the ids from the first reply down to it, so that their order is reading
    # order.
    path: Mapped[str | None] = mapped_column(String(440))
    depth: Mapped[int] = mapped_column(default=0, server_default="0")

    ups: Mapped[int] = mapped_column(default=0, server_default="0")
    downs: Mapped[int] = mapped_column(default=0, server_default="0")
    ups_weight: Mapped[float] = mapped_column(default=0.0, server_default="0")
    downs_weight: Mapped[float] = mapped_column(default=0.0, server_default="0")
    # Of a theory or reply: its votes. Of a thread: those of its theories whose figures are open.
    vote_count: Mapped[int] = mapped_column(default=0, server_default="0")
    theory_count: Mapped[int] = mapped_column(default=0, server_default="0")
    reply_count: Mapped[int] = mapped_column(default=0, server_default="0")
    supports_count: Mapped[int] = mapped_column(default=0, server_default="0")
    challenges_count: Mapped[int] = mapped_column(default=0, server_default="0")
    # While a theory is blind its figures are hidden from those who haven't voted, and its ranks are
    # those of a theory without votes, so that no order gives the figures away.
    blind: Mapped[bool] = mapped_column(default=False, server_default=false())
    best: Mapped[float] = mapped_column(default=0.0, server_default="0")
    hot: Mapped[float] = mapped_column(default=0.0, server_default="0")
    divisive: Mapped[float | None]

    @hybrid_property
    def placed_at(self) -> datetime:
        """Where it stands among the newest: a post that waits has a place too, for its author."""
        return self.published_at or self.created_at

    @placed_at.inplace.expression
    @classmethod
    def _placed_at(cls) -> Any:
        return func.coalesce(cls.published_at, cls.created_at, type_=UTCDateTime())

    def publish(self, at: datetime) -> None:
        """Show the post to everybody, for the first time or again.

        Raises:
            IllegalMove: it is out already, or can't come back.
        """
        self.move_to("published")
        self.published_at = self.published_at or at

    def move_to(self, state: str) -> None:
        """Change the state, if the move is legal; a purged post loses its text.

        Raises:
            IllegalMove: there is no way from where it is to `state`.
        """
        if state not in _MOVES.get(self.state, ()):
            raise IllegalMove(f"a {self.state} post can't become {state}")
        self.state = state
        if state == "purged":
            self.body = self.html = self.excerpt = ""
            if self.type != "reply":
                self.title = self.safe_title = ""


class Thread(Post):
    """One question about one film's ending."""

    __mapper_args__ = {"polymorphic_identity": "thread"}


class Theory(Post):
    """One interpretation that answers a thread's question."""

    __mapper_args__ = {"polymorphic_identity": "theory"}


class Reply(Post):
    """An answer to a theory or to a reply, with a stance."""

    __mapper_args__ = {"polymorphic_identity": "reply"}


class Revision(Base):
    """What a post said at one time; number 1 is what it first said."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("post_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    safe_title: Mapped[str | None] = mapped_column(String(SAFE_TITLE_LENGTH))
    title: Mapped[str | None] = mapped_column(String(TITLE_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    # How many votes the post had when this revision replaced the one before.
    votes_before: Mapped[int] = mapped_column(default=0, server_default="0")


class PendingRevision(Base):
    """A change that waits for review; its post says what it said before until then."""

    __tablename__ = "pending_revisions"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    # The version that was changed, and why the change is held: "link" or "change".
    version: Mapped[int]
    hold_reason: Mapped[str] = mapped_column(String(10))
    safe_title: Mapped[str | None] = mapped_column(String(SAFE_TITLE_LENGTH))
    title: Mapped[str | None] = mapped_column(String(TITLE_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(String(10))
    stance: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[datetime]

    @property
    def stamp(self) -> str:
        """What tells this change from those that waited before and after it."""
        return self.created_at.isoformat()


class Draft(Base):
    """What a fan has half written, kept for them alone; one for each place."""

    __tablename__ = "drafts"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "target_id"),
        CheckConstraint("kind IN ('thread', 'theory', 'reply')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(7))
    # What it will answer: the film of a thread, the thread of a theory, the post of a reply.
    target_id: Mapped[int]
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]

    @staticmethod
    def length(fields: dict[str, str]) -> int:
        """Characters that a draft of `fields` keeps."""
        return sum(map(len, fields.values()))
