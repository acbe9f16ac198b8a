"""Reads of the queue: what waits for a moderator, and how long things take.

Nobody meets cases about their own posts, nor about films that others moderate: they are left out of
every list and count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.films.models import Film
from forum.lib.database import run, session
from forum.lib.paging import Keyset, Page
from forum.moderation.models import Case
from forum.permissions import Viewer, moderates
from forum.theories.models import Post

CASES_A_PAGE = 40
_FILMS_NAMED = 20
_RECENT = 50
_JUDGED = ("approved", "upheld", "declined")
"""Outcomes that somebody decided; others fell away by themselves."""

QUEUE = Keyset((Case.score, "desc"), (Case.opened_at, "asc"), (Case.id, "asc"))

# Statements are built once, and read columns: the queue is looked at all day, and no object of it
# is needed.
_me: Any = bindparam("me")
_above, _holder = aliased(Post), aliased(User)
_CASES: Any = (
    select(
        *(Case.id, Case.kind, Case.hold_reason, Case.score, Case.report_count, Case.opened_at),
        *(Case.claimed_by_id, Case.claimed_until, Case.purge_by_id),
        Post.type,
        func.coalesce(_above.safe_title, Post.safe_title).label("safe_title"),
        Film.title.label("film"),
        _holder.name.label("holder"),
    )
    .join(Post, Post.id == Case.post_id)
    .join(Film, Film.id == Case.film_id)
    .outerjoin(_above, _above.id == Post.theory_id)
    .outerjoin(_holder, _holder.id == Case.claimed_by_id)
    .where(Case.closed_at.is_(None), Post.author_id != _me)
)
_FIRST_CASES = QUEUE.limited(_CASES, CASES_A_PAGE)
_ONE_CASE = _CASES.where(Case.id == bindparam("case_id"))
_own = (
    select(Case.id)
    .join(Post, Post.id == Case.post_id)
    .where(Case.closed_at.is_(None), Post.author_id == _me)
)
_WAITING = (
    select(Case.film_id, func.count().label("cases"), func.min(Case.opened_at).label("oldest"))
    .where(Case.closed_at.is_(None), Case.id.not_in(_own))
    .group_by(Case.film_id)
)
_NAMES = select(Film.id, Film.slug, Film.title).where(
    Film.id.in_(bindparam("films", expanding=True))
)

_DECIDED = (
    select(Case.opened_at, Case.closed_at, func.count().over().label("cases"))
    .where(Case.closed_at > bindparam("moment"), Case.outcome.in_(_JUDGED))
    .order_by(Case.closed_at.desc())
    .limit(100)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is open for one moderator.

    Attributes:
        count: how many cases.
        oldest: since when the oldest waits; None if nothing does.
        films: film id → how many cases are about it; the films with the most first.
    """

    count: int
    oldest: datetime | None
    films: dict[int, int]


def theirs(statement: Any, viewer: Viewer, film_id: Any) -> Any:
    """What of a statement is about films that `viewer` moderates, by the column `film_id`."""
    if viewer.is_moderator:  # of all: the statement may have been built and compiled before
        return statement
    return statement.where(moderates(viewer, film_id))


def queue(viewer: Viewer, kind: str | None, film_id: int | None, cursor: str | None) -> Page[Any]:
    """Open cases for one moderator, the weightiest first: rows with the columns of `_CASES`."""
    if viewer.is_moderator and not (kind or film_id or cursor):
        return QUEUE.cut(run(_FIRST_CASES, {"me": viewer.id}), CASES_A_PAGE)
    chosen = theirs(_CASES, viewer, Case.film_id)
    if kind == "report":  # fans also report what a moderator looks at already
        chosen = chosen.where(Case.report_count > 0)
    elif kind:
        chosen = chosen.where(Case.kind == kind)
    if film_id:
        chosen = chosen.where(Case.film_id == film_id)
    place = QUEUE.given(cursor)
    statement = QUEUE.limited(chosen, CASES_A_PAGE, later=bool(place))
    rows = session().execute(statement, {"me": viewer.id, **place})
    return QUEUE.cut(rows.all(), CASES_A_PAGE)


def queue_from(
    case_id: int, cursor: str, viewer: Viewer, kind: str | None, film_id: int | None
) -> Page[Any]:
    """The page of the queue that begins with an open case, whose place in it is `cursor`."""
    after = queue(viewer, kind, film_id, cursor)
    first = run(_ONE_CASE, {"me": viewer.id, "case_id": case_id})
    return Page([*first, *after.items], after.next)


def waiting(viewer: Viewer) -> Waiting:
    """What is open for one moderator; one statement, which reads an index and nothing else."""
    films = [film for film in run(_WAITING, {"me": viewer.id}) if moderates(viewer, film.film_id)]
    most = sorted(films, key=lambda film: (-film.cases, film.film_id))
    return Waiting(
        count=sum(film.cases for film in films),
        oldest=min((film.oldest for film in films), default=None),
        films={film.film_id: film.cases for film in most},
    )


def waiting_films(waiting: Waiting) -> list[tuple[Any, int]]:
    """The twenty films with the most open cases: (row with id, slug and title, how many)."""
    ids = list(waiting.films)[:_FILMS_NAMED]
    rows = {film.id: film for film in session().execute(_NAMES, {"films": ids})}
    return [(rows[id], waiting.films[id]) for id in ids]


def usual_wait() -> timedelta | None:
    """The median wait of the last 50 held posts that were decided; None below five."""
    rows = session().execute(
        select(Case.opened_at, Case.closed_at)
        .where(Case.kind == "held", Case.closed_at.is_not(None), Case.outcome.in_(_JUDGED))
        .order_by(Case.closed_at.desc())
        .limit(_RECENT)
    )
    waits = sorted(closed - opened for opened, closed in rows if closed is not None)
    return waits[len(waits) // 2] if len(waits) >= 5 else None


def decided_since(moment: datetime, viewer: Viewer) -> tuple[int, timedelta | None]:
    """How many cases on films that `viewer` moderates were decided after `moment`, and the median
    time of the last hundred."""
    decided = theirs(_DECIDED, viewer, Case.film_id)
    rows = session().execute(decided, {"moment": moment}).all()
    times = sorted(row.closed_at - row.opened_at for row in rows)
    return (rows[0].cases, times[len(times) // 2]) if rows else (0, None)
