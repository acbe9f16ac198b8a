"""Reads about films."""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from forum.films.models import Bearing, Film, FilmModerator, Identifier, Statement, Viewing
from forum.lib.columns import Columns
from forum.lib.database import run, session
from forum.lib.paging import Keyset, Page
from forum.lib.text import folded, like_pattern
from forum.permissions import Viewer, films_findable_by

ORDERS = {
    "title": Keyset((Film.title_key, "asc"), (Film.id, "asc")),
    "year": Keyset((Film.year, "desc"), (Film.title_key, "asc"), (Film.id, "asc")),
    "argued": Keyset((Film.theory_count, "desc"), (Film.vote_count, "desc"), (Film.id, "asc")),
}

FILM = Columns(Film)
"""A film as pages read it."""

_BETWEEN_WORDS = re.compile(r"[\s()-]+")
_YEAR = re.compile(r"[0-9]{4}")

_seen_ids = select(Viewing.film_id).where(Viewing.user_id == bindparam("user_id"))


def seen_by(user_id: int) -> frozenset[int]:
    """Ids of the films whose seal the account has opened."""
    return frozenset(session().scalars(_seen_ids, {"user_id": user_id}))


_film_by_slug = select(Film).where(Film.slug == bindparam("slug"))


def film_at(slug: str) -> Film | None:
    """The film at the address `slug`, in whatever state."""
    return session().scalar(_film_by_slug, {"slug": slug})


def moderated_by(user_id: int) -> Sequence[Film]:
    """The films that an account was made moderator of, by title."""
    films = session().scalars(
        select(Film)
        .join(FilmModerator, FilmModerator.film_id == Film.id)
        .where(FilmModerator.user_id == user_id)
    )
    return sorted(films, key=lambda film: (film.title_key, film.id))


def moderated_ids(user_id: int) -> set[int]:
    """The ids of the films that an account was made moderator of."""
    theirs = select(FilmModerator.film_id).where(FilmModerator.user_id == user_id)
    return set(session().scalars(theirs))


def films_with(ids: Iterable[int]) -> dict[int, Film]:
    """Films by id, for the pages that show posts of several films."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {film.id: film for film in session().scalars(select(Film).where(Film.id.in_(wanted)))}


def browse(
    viewer: Viewer,
    *,
    order: str = "title",
    words: str = "",
    letter: str | None = None,
    decade: int | None = None,
    cursor: str | None = None,
    size: int = 48,
) -> Page[Film]:
    """One page of the films that `viewer` finds.

    Args:
        order: a key of `ORDERS`.
        words: what the title, or the original title, must hold, accents, case and hyphens aside;
            beside other words, a year may be that of the film instead.
        letter: only titles under this initial ("a" to "z", "0", "#").
        decade: only films of these ten years, named by the first.
        cursor, size: see `Keyset.page`.
    """
    statement = select(Film).where(films_findable_by(viewer, Film))
    wanted = [word for word in _BETWEEN_WORDS.split(folded(words)) if word][:8]
    for word in wanted:
        held: list[ColumnElement[bool]] = [Film.search_key.like(like_pattern(word), escape="\\")]
        if len(wanted) > 1 and _YEAR.fullmatch(word):
            held.append(Film.year == int(word))
        statement = statement.where(or_(*held))
    if letter:
        statement = statement.where(Film.initial == letter)
    if decade is not None:
        statement = statement.where(Film.year.between(decade, decade + 9))
    return ORDERS[order].page(statement, cursor, size)


def decades() -> list[int]:
    """The first years of the decades that have a listed film, the latest first."""
    return list(session().scalars(_DECADES))


# From each decade to the one before that has a film: the catalogue itself is not read.
_latest = select(func.max(Film.year).label("year")).where(Film.state == "listed")
_found = _latest.cte("found", recursive=True)
_before = _latest.where(Film.year < _found.c.year // 10 * 10).scalar_subquery()
_found = _found.union_all(select(_before).where(_found.c.year.is_not(None)))
_DECADES = (
    select((_found.c.year // 10 * 10).label("decade"))
    .where(_found.c.year.is_not(None))
    .order_by(_found.c.year.desc())
)

# The front page's, built once.
_ARGUING = (
    select(*FILM)
    .where(Film.state == "listed", Film.active_at.is_not(None), Film.thread_count > 0)
    .order_by(Film.active_at.desc(), Film.id)
    .limit(bindparam("size"))
)
_WITHOUT_QUESTION = (
    select(*FILM)
    .where(Film.state == "listed", Film.theory_count == 0, Film.thread_count == 0)
    # As the index of years runs, backwards: sorting the catalogue would read all of it.
    .order_by(Film.year.desc(), Film.title_key.desc(), Film.id.desc())
    .limit(bindparam("size"))
)
_COUNTS = select(
    func.count(),
    func.coalesce(func.sum(Film.theory_count), 0),
    func.coalesce(func.sum(Film.vote_count), 0),
).where(Film.state == "listed")


def arguing_now(size: int) -> Sequence[Film]:
    """Listed films with a question, the latest active first; rows."""
    return [film for (film,) in run(_ARGUING, {"size": size}, FILM)]


def waiting_for_a_question(size: int) -> Sequence[Film]:
    """Listed films about which nobody has asked yet, the newest films first; rows."""
    return [film for (film,) in run(_WITHOUT_QUESTION, {"size": size}, FILM)]


def site_counts() -> tuple[int, int, int]:
    """How many films are listed, and how many theories and votes they have."""
    (row,) = run(_COUNTS)
    return (row[0], row[1], row[2])


def seen_films(user_id: int, cursor: str | None, size: int) -> Page[Film]:
    """The films whose seal an account has opened, by title."""
    statement = select(Film).join(Viewing).where(Viewing.user_id == user_id)
    return ORDERS["title"].page(statement, cursor, size)


_STATEMENT, _BEARING = Columns(Statement), Columns(Bearing)
_SAID = (
    select(*_STATEMENT, *_BEARING)
    .outerjoin_from(Statement, Bearing, Bearing.statement_id == Statement.id)
    .where(Statement.film_id == bindparam("film_id"))
    .order_by(Statement.id, Bearing.theory_id)
)


def statements_about(film_id: int) -> list[tuple[Statement, list[Bearing]]]:
    """What the film's makers said, each with the theories that it bears on; rows, by one
    statement."""
    found: dict[int, tuple[Statement, list[Bearing]]] = {}
    for statement, bearing in run(_SAID, {"film_id": film_id}, _STATEMENT, _BEARING):
        _, bearings = found.setdefault(statement.id, (statement, []))
        if bearing.theory_id is not None:
            bearings.append(bearing)
    return list(found.values())


def identified(identifiers: Iterable[tuple[str, str]]) -> Film | None:
    """The film that one of the (scheme, value) `identifiers` names."""
    for scheme, value in identifiers:
        film = session().scalar(
            select(Film)
            .join(Identifier, Identifier.film_id == Film.id)
            .where(Identifier.scheme == scheme, Identifier.value == value)
        )
        if film is not None:
            return film
    return None
