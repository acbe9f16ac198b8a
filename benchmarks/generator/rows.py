"""Rows as the database takes them: one class for each table, its fields named as the columns.

Columns that a class leaves out get what the database gives them (ids, null, server defaults).
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from forum.accounts.models import Session, User
from forum.events import Event
from forum.films.models import Film, Viewing
from forum.lib.jobs import Job
from forum.lib.markup import RENDERER
from forum.moderation.models import Case, Report
from forum.notifications.models import Notice
from forum.theories.models import Post, Revision
from forum.votes.models import Vote, VoteChange


@dataclass(slots=True)
class UserRow:
    """An account; nobody has its password."""

    model: ClassVar = User
    id: int
    name: str
    name_key: str
    skeleton: str
    created_at: datetime
    role: str = "fan"
    trust_set: str | None = None
    is_archive: bool = False
    thread_count: int = 0
    theory_count: int = 0
    reply_count: int = 0


@dataclass(slots=True)
class SessionRow:
    """A log-in whose token the benchmarks know."""

    model: ClassVar = Session
    id: int
    token_hash: str
    user_id: int
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(slots=True)
class FilmRow:
    """A listed film."""

    model: ClassVar = Film
    id: int
    slug: str
    title: str
    title_key: str
    search_key: str
    initial: str
    original_title: str | None
    year: int
    runtime: int | None
    directors: list[str]
    summary: str | None
    summary_source: str | None
    summary_licence: str | None
    notes: list[str]
    created_at: datetime
    state: str = "listed"
    active_at: datetime | None = None
    prior: float = 0.5
    thread_count: int = 0
    theory_count: int = 0
    vote_count: int = 0


@dataclass(slots=True)
class PostRow:
    """A question, a theory or a reply."""

    model: ClassVar = Post
    id: int
    type: str
    film_id: int
    author_id: int
    created_at: datetime
    published_at: datetime | None
    body: str
    html: str
    excerpt: str
    thread_id: int | None = None
    theory_id: int | None = None
    parent_id: int | None = None
    safe_title: str | None = None
    title: str | None = None
    kind: str | None = None
    stance: str | None = None
    active_at: datetime | None = None
    path: str | None = None
    depth: int = 0
    state: str = "published"
    hold_reason: str | None = None
    film_state: str = "listed"
    thread_state: str = "published"
    theory_state: str = "published"
    thread_locked: bool = False
    pinned: bool = False
    renderer: int = RENDERER
    version: int = 1
    ups: int = 0
    downs: int = 0
    ups_weight: float = 0.0
    downs_weight: float = 0.0
    vote_count: int = 0
    theory_count: int = 0
    reply_count: int = 0
    supports_count: int = 0
    challenges_count: int = 0
    blind: bool = False
    best: float = 0.0
    hot: float = 0.0
    divisive: float | None = None


@dataclass(slots=True)
class RevisionRow:
    """What a post first said."""

    model: ClassVar = Revision
    post_id: int
    number: int
    author_id: int
    at: datetime
    safe_title: str | None
    title: str | None
    body: str
    votes_before: int = 0


@dataclass(slots=True)
class VoteRow:
    """A vote as it stands."""

    model: ClassVar = Vote
    user_id: int
    post_id: int
    value: int
    created_at: datetime
    updated_at: datetime
    weight: float = 1.0


@dataclass(slots=True)
class ChangeRow:
    """A line of the votes' journal."""

    model: ClassVar = VoteChange
    user_id: int
    post_id: int
    old_value: int
    new_value: int
    at: datetime


@dataclass(slots=True)
class ViewingRow:
    """ "I have seen it"."""

    model: ClassVar = Viewing
    user_id: int
    film_id: int
    created_at: datetime


@dataclass(slots=True)
class EventRow:
    """An act."""

    model: ClassVar = Event
    kind: str
    at: datetime
    by_id: int | None = None
    user_id: int | None = None
    film_id: int | None = None
    post_id: int | None = None
    codes: dict[str, Any] | None = None


@dataclass(slots=True)
class NoticeRow:
    """ "You were answered"."""

    model: ClassVar = Notice
    user_id: int
    kind: str
    post_id: int
    at: datetime
    read_at: datetime | None


@dataclass(slots=True)
class JobRow:
    """Work that is due later."""

    model: ClassVar = Job
    kind: str
    payload: dict[str, Any]
    run_at: datetime
    attempts: int = 0


@dataclass(slots=True)
class CaseRow:
    """A post that waits for a moderator."""

    model: ClassVar = Case
    id: int
    kind: str
    post_id: int
    film_id: int
    hold_reason: str | None
    opened_at: datetime
    post_version: int = 1
    score: float = 0.0
    report_count: int = 0
    version: int = 1


@dataclass(slots=True)
class ReportRow:
    """What somebody says is wrong with a post."""

    model: ClassVar = Report
    case_id: int
    reporter_id: int
    rule_number: int
    words: str
    weight: float
    created_at: datetime
    state: str = "open"


RowClass = Any
"""One of the classes above."""

ORDER: tuple[RowClass, ...] = (
    *(UserRow, SessionRow, FilmRow, PostRow, RevisionRow, VoteRow, ChangeRow, ViewingRow),
    *(EventRow, NoticeRow, JobRow, CaseRow, ReportRow),
)
"""The classes in an order in which no row points to one that comes later."""


def names(row_class: RowClass) -> tuple[str, ...]:
    """The columns that rows of a class have, in the order of its fields."""
    return tuple(field.name for field in fields(row_class))
