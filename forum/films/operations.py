"""What is done to films: adding them, opening and closing their seal."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, exists, select, tuple_

from forum import events
from forum.accounts.models import User
from forum.events import Kind
from forum.films.catalogue import CatalogueFilm
from forum.films.models import Bearing, Film, FilmModerator, Identifier, Statement, Viewing
from forum.films.queries import film_at, identified, moderated_ids
from forum.lib import clock, text
from forum.lib.database import insert_into, session
from forum.permissions import Viewer, can_open_seal, can_operate, require


def open_seal(film: Film, *, by: Viewer) -> None:
    """Say "I have seen it" for the account `by`; once is enough.

    Raises:
        Refused: `by` can't find the film.
    """
    require(can_open_seal(by, film))
    opened = session().execute(
        insert_into(Viewing)
        .values(user_id=by.id, film_id=film.id, created_at=clock.now())
        .on_conflict_do_nothing()
        .returning(Viewing.film_id)
    )
    if opened.all():
        events.record(Kind.SEAL_OPENED, by=by, film_id=film.id)


def close_seal(film: Film, *, by: Viewer) -> None:
    """Take "I have seen it" back for the account `by`; what it wrote and voted stays.

    Raises:
        Refused: `by` can't find the film.
    """
    require(can_open_seal(by, film))
    gone = session().execute(
        delete(Viewing)
        .where(Viewing.user_id == by.id, Viewing.film_id == film.id)
        .returning(Viewing.film_id)
    )
    if gone.all():
        events.record(Kind.SEAL_CLOSED, by=by, film_id=film.id)


def appoint(user_id: int, films: Collection[Film], *, by: Viewer) -> None:
    """Make an account moderator of exactly these `films`, beside its role on the site; holds from
    its next request on.

    Raises:
        Refused: `by` is not the operator.
    """
    require(can_operate(by))
    # What is on its way from this account locks its row, too: it is done before, or not at all.
    session().scalar(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    chosen, before = {film.id for film in films}, moderated_ids(user_id)
    session().execute(
        delete(FilmModerator).where(
            FilmModerator.user_id == user_id, FilmModerator.film_id.in_(before - chosen)
        )
    )
    now = clock.now()
    session().add_all(
        FilmModerator(user_id=user_id, film_id=film_id, created_at=now)
        for film_id in sorted(chosen - before)
    )
    if chosen != before:
        codes = {"films": sorted(chosen)}
        events.record(Kind.USER_FILMS_CHANGED, by=by, user_id=user_id, codes=codes)


def add_film(entry: CatalogueFilm, *, by: Viewer) -> tuple[Film, bool]:
    """List the film of a catalogue entry, or bring the listed one up to date.

    A film is the same one if an identifier says so, or, where no identifier says otherwise, if
    title, year and directors are equal. What the entry leaves out is kept.

    Returns:
        The film, and whether anything was added or changed.

    Raises:
        Refused: `by` is not the operator.
    """
    require(can_operate(by))
    film = identified(entry.identifiers) or _namesake(entry)
    fresh = film is None
    if film is None:
        film = Film(created_at=clock.now(), slug=_free_slug(entry.title, entry.year), notes=[])
        session().add(film)
    changed = _fill(film, entry)
    session().flush()
    changed = _identify(film, entry) or changed
    if fresh:
        events.record(Kind.FILM_ADDED, by=by, film_id=film.id)
    elif changed:
        events.record(Kind.FILM_CHANGED, by=by, film_id=film.id)
    return film, fresh or changed


def note_production(film: Film, notes: list[str], source: str, *, by: Viewer) -> None:
    """Keep what was published about how `film` was made.

    Args:
        notes: plain sentences, each at most 300 characters.
        source: where they were published.

    Raises:
        Refused: `by` is not the operator.
    """
    require(can_operate(by))
    if film.notes != notes or film.notes_source != source:
        film.notes, film.notes_source = notes, source
        events.record(Kind.FILM_CHANGED, by=by, film_id=film.id)


def add_statement(
    film: Film,
    *,
    by: Viewer,
    seed_key: str,
    speaker: str,
    role: str,
    words: str,
    is_quotation: bool,
    publication: str,
    bearings: dict[int, str],
    published_on: date | None = None,
) -> Statement:
    """Add what a maker of `film` said, as reported.

    Args:
        seed_key: names the statement, so that seeding twice adds it once.
        words: the quotation or paraphrase, at most 300 characters.
        bearings: theory id → "supports", "contradicts", "leaves_open" or "declined".

    Raises:
        Refused: `by` is not the operator.
    """
    require(can_operate(by))
    statement = session().scalar(select(Statement).where(Statement.seed_key == seed_key))
    if statement is not None:
        return statement
    statement = Statement(
        film_id=film.id,
        seed_key=seed_key,
        speaker=speaker,
        role=role,
        text=words,
        is_quotation=is_quotation,
        publication=publication,
        published_on=published_on,
        created_at=clock.now(),
    )
    session().add(statement)
    session().flush()
    session().add_all(
        Bearing(statement_id=statement.id, theory_id=theory_id, bearing=bearing)
        for theory_id, bearing in bearings.items()
    )
    events.record(Kind.STATEMENT_ADDED, by=by, film_id=film.id)
    return statement


def _namesake(entry: CatalogueFilm) -> Film | None:
    """The film of the same title, year and makers, unless another catalogue tells the two apart.

    Called when no film has an identifier of `entry`: so a film that has any under a scheme which
    the entry names has another one.
    """
    named = {scheme for scheme, _value in entry.identifiers}
    told_apart = exists().where(Identifier.film_id == Film.id, Identifier.scheme.in_(named))
    candidates = session().scalars(
        select(Film)
        .where(
            Film.title_key == text.sort_key(entry.title),
            Film.year == entry.year,
            Film.state == "listed",
            ~told_apart,
        )
        .order_by(Film.id)
    )
    for film in candidates:
        same_makers = not entry.directors or not film.directors
        if same_makers or list(entry.directors) == list(film.directors):
            return film
    return None


def _fill(film: Film, entry: CatalogueFilm) -> bool:
    original = entry.original_title or film.original_title
    values = {
        "title": entry.title,
        "title_key": text.sort_key(entry.title),
        "search_key": text.folded(f"{entry.title} {original or ''}").strip(),
        "initial": text.initial(entry.title),
        "year": entry.year,
        "original_title": entry.original_title,
        "runtime": entry.runtime,
        "directors": list(entry.directors),
        "summary": entry.summary,
        "summary_source": entry.summary_source,
        "summary_licence": entry.summary_licence,
    }
    given = {name: value for name, value in values.items() if value not in (None, [])}
    changed = {name: value for name, value in given.items() if getattr(film, name) != value}
    for name, value in changed.items():
        setattr(film, name, value)
    return bool(changed)


def _identify(film: Film, entry: CatalogueFilm) -> bool:
    """Add the identifiers that no film has; one that names another film stays with that."""
    known = set(
        session().execute(
            select(Identifier.scheme, Identifier.value).where(
                tuple_(Identifier.scheme, Identifier.value).in_(entry.identifiers)
            )
        )
    )
    missing = [pair for pair in dict.fromkeys(entry.identifiers) if pair not in known]
    session().add_all(
        Identifier(film_id=film.id, scheme=scheme, value=value) for scheme, value in missing
    )
    return bool(missing)


def _free_slug(title: str, year: int) -> str:
    base = slug = f"{text.slug(title, 90) or 'film'}-{year}"
    number = 1
    while film_at(slug) is not None:
        number += 1
        slug = f"{base}-{number}"
    return slug
