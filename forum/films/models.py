"""Films: what they are, who has seen them, what their makers said."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from forum.lib.database import Base

TITLE_LENGTH = 200
STATES = ("proposed", "listed", "declined", "hidden")


class Film(Base):
    """One film. All on this row but the notes may be shown to people who haven't seen it."""

    __tablename__ = "films"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'listed', 'declined', 'hidden')", name="state"),
        CheckConstraint("year BETWEEN 1870 AND 2100", name="year"),
        CheckConstraint("runtime BETWEEN 1 AND 6000", name="runtime"),
        CheckConstraint(
            "thread_count >= 0 AND theory_count >= 0 AND vote_count >= 0", name="counts"
        ),
        CheckConstraint("prior > 0 AND prior < 1", name="prior"),
        Index("ix_films_title", "state", "title_key", "id"),
        Index("ix_films_initial", "state", "initial", "title_key", "id"),
        Index("ix_films_year", "state", "year", "title_key", "id"),
        Index("ix_films_argued", "state", sql("theory_count DESC"), sql("vote_count DESC"), "id"),
        Index("ix_films_active", "state", sql("active_at DESC"), "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    # Folded for order: no case, no accents, no leading article.
    title_key: Mapped[str] = mapped_column(String(2 * TITLE_LENGTH))
    # Title and original title, folded for search.
    search_key: Mapped[str] = mapped_column(String(4 * TITLE_LENGTH + 1))
    initial: Mapped[str] = mapped_column(String(1))
    original_title: Mapped[str | None] = mapped_column(String(TITLE_LENGTH))
    year: Mapped[int]
    runtime: Mapped[int | None]
    directors: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10), default="listed", server_default="listed")
    summary: Mapped[str | None] = mapped_column(Text)
    summary_source: Mapped[str | None] = mapped_column(String(200))
    summary_licence: Mapped[str | None] = mapped_column(String(40))
    # How the film was made, as published; shown behind the seal.
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)
    notes_source: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    active_at: Mapped[datetime | None]
    # The share of its votes that convince, shrunk: the prior of every theory's rank (ranking.md 1).
    prior: Mapped[float] = mapped_column(default=0.5, server_default="0.5")
    thread_count: Mapped[int] = mapped_column(default=0, server_default="0")
    theory_count: Mapped[int] = mapped_column(default=0, server_default="0")
    vote_count: Mapped[int] = mapped_column(default=0, server_default="0")


class Identifier(Base):
    """What another catalogue calls a film; one film for each name."""

    __tablename__ = "identifiers"
    __table_args__ = (
        UniqueConstraint("scheme", "value"),
        CheckConstraint("scheme IN ('wikidata', 'imdb', 'tmdb', 'wikipedia')", name="scheme"),
        Index("ix_identifiers_film_id", "film_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    film_id: Mapped[int] = mapped_column(ForeignKey("films.id", ondelete="CASCADE"))
    scheme: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(300))


class Viewing(Base):
    """ "I have seen it": opens the seal of one film for one person."""

    __tablename__ = "viewings"
    __table_args__ = (
        Index("ix_viewings_film_id", "film_id"),
        Index("ix_viewings_latest", "user_id", sql("created_at DESC"), "film_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    film_id: Mapped[int] = mapped_column(ForeignKey("films.id"), primary_key=True)
    created_at: Mapped[datetime]


class FilmModerator(Base):
    """Somebody who moderates one film, beside the moderators of the site."""

    __tablename__ = "film_moderators"
    __table_args__ = (Index("ix_film_moderators_film_id", "film_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    film_id: Mapped[int] = mapped_column(ForeignKey("films.id"), primary_key=True)
    created_at: Mapped[datetime]


class Statement(Base):
    """What a maker of the film said of its ending; sealed like a theory."""

    __tablename__ = "statements"
    __table_args__ = (
        CheckConstraint("status IN ('reported', 'verified')", name="status"),
        Index("ix_statements_film_id", "film_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    film_id: Mapped[int] = mapped_column(ForeignKey("films.id"))
    seed_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    speaker: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(String(300))
    is_quotation: Mapped[bool]
    publication: Mapped[str] = mapped_column(String(200))
    published_on: Mapped[date | None]
    address: Mapped[str | None] = mapped_column(String(500))
    status: Mapped[str] = mapped_column(String(10), default="reported", server_default="reported")
    created_at: Mapped[datetime]


class Bearing(Base):
    """What a statement means for a theory."""

    __tablename__ = "bearings"
    __table_args__ = (
        CheckConstraint(
            "bearing IN ('supports', 'contradicts', 'leaves_open', 'declined')", name="bearing"
        ),
        Index("ix_bearings_theory_id", "theory_id"),
    )

    statement_id: Mapped[int] = mapped_column(
        ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True
    )
    theory_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    bearing: Mapped[str] = mapped_column(String(12))
