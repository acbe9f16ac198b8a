"""Films as pages show them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256

from forum.films.models import Film, Statement
from forum.lib.addresses import url_for
from forum.lib.language import gettext as _


@dataclass(frozen=True, slots=True)
class FilmCard:
    """What anybody may know of a film."""

    id: int
    slug: str
    url: str
    title: str
    original_title: str | None
    year: int
    directors: tuple[str, ...]
    directors_text: str
    runtime: int | None
    summary: str | None
    summary_source: str | None
    summary_licence: str | None
    thread_count: int
    theory_count: int
    vote_count: int
    last_activity_at: datetime | None
    poster_url: str


@dataclass(frozen=True, slots=True)
class StatementCard:
    """What a maker said; `theories` are (title, address, bearing) of those it bears on."""

    speaker: str
    role: str
    text: str
    is_quotation: bool
    publication: str
    date: date | None
    status: str
    theories: tuple[tuple[str, str, str], ...]


def film_card(film: Film) -> FilmCard:
    """`film` as a card, the same for everybody."""
    return FilmCard(
        id=film.id,
        slug=film.slug,
        url=url_for("films.show", slug=film.slug),
        title=film.title,
        original_title=film.original_title,
        year=film.year,
        directors=tuple(film.directors),
        directors_text=" & ".join(film.directors) or _("director unknown"),
        runtime=film.runtime,
        summary=film.summary,
        summary_source=film.summary_source,
        summary_licence=film.summary_licence,
        thread_count=film.thread_count,
        theory_count=film.theory_count,
        vote_count=film.vote_count,
        last_activity_at=film.active_at,
        poster_url=url_for("films.poster", slug=film.slug, v=_poster_key(film.title, film.year)),
    )


def bearing_label(bearing: str) -> str:
    """What a statement does to a theory, as the words before the theory's title."""
    return {
        "supports": _("Supports"),
        "contradicts": _("Contradicts"),
        "leaves_open": _("Leaves open"),
        "declined": _("Declined to say about"),
    }[bearing]


def statement_card(
    statement: Statement, theories: tuple[tuple[str, str, str], ...]
) -> StatementCard:
    """`statement` with the theories that the viewer may read."""
    return StatementCard(
        speaker=statement.speaker,
        role=statement.role,
        text=statement.text,
        is_quotation=statement.is_quotation,
        publication=statement.publication,
        date=statement.published_on,
        status=statement.status,
        theories=theories,
    )


@lru_cache(maxsize=4096)
def _poster_key(title: str, year: int) -> str:
    """Changes with what the poster is drawn from, so that its address may be kept for ever."""
    return sha256(f"{title}|{year}".encode()).hexdigest()[:8]
