"""Reads of the queue: what waits for a moderator, and how long things take.

Nobody meets cases about their own posts: they are left out of every list and count.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.films.models import Film
from forum.lib.database import session
from forum.lib.paging import Keyset, Page
from forum.moderation.models import Case
from forum.theories.models import Post

CASES_A_PAGE = 40
_RECENT = 50
_JUDGED = ("approved", "upheld", "declined")
"""Outcomes that somebody decided; others fell away by themselves."""

QUEUE = Keyset((Case.score, "desc"), (Case.opened_at, "asc"), (Case.id, "asc"))


def queue(viewer_id: int, kind: str | None, film_id: int | None, cursor: str | None) -> Page[Any]:
    """Open cases for one moderator, the weightiest first: (Case, Post, theory above a reply, Film,
    holder's name)."""
    statement = _waiting_cases(viewer_id)
    if kind == "report":  # fans also report what a moderator looks at already
        statement = statement.where(Case.report_count > 0)
    elif kind:
        statement = statement.where(Case.kind == kind)
    if film_id:
        statement = statement.where(Case.film_id == film_id)
    return QUEUE.page(
        statement,
        cursor,
        CASES_A_PAGE,
        fetch=lambda limited: session().execute(limited).all(),
        row_of=lambda row: row[0],
    )


def queue_from(case: Case, viewer_id: int, kind: str | None, film_id: int | None) -> Page[Any]:
    """The page of the queue that begins with an open case."""
    after = queue(viewer_id, kind, film_id, QUEUE.cursor(case))
    own = session().execute(_waiting_cases(viewer_id).where(Case.id == case.id)).all()
    return Page([*own, *after.items], after.next)


def waiting(viewer_id: int) -> tuple[int, datetime | None]:
    """How many cases are open for one moderator, and since when the oldest is."""
    count, oldest = (
        session()
        .execute(_open(select(func.count(), func.min(Case.opened_at)).select_from(Case), viewer_id))
        .one()
    )
    return count, oldest


def waiting_films(viewer_id: int, most: int = 20) -> list[Any]:
    """The films with open cases, the most cases first: (Film, how many)."""
    counted = _open(select(Case.film_id, func.count().label("cases")).select_from(Case), viewer_id)
    films = counted.group_by(Case.film_id).subquery()
    return list(
        session().execute(
            select(Film, films.c.cases)
            .join(films, films.c.film_id == Film.id)
            .order_by(films.c.cases.desc(), Film.id)
            .limit(most)
        )
    )


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


def decided_since(moment: datetime) -> tuple[int, timedelta | None]:
    """How many cases were decided after `moment`, and their median time; for an empty queue."""
    rows = session().execute(
        select(Case.opened_at, Case.closed_at)
        .where(Case.closed_at > moment, Case.outcome.in_(_JUDGED))
        .order_by(Case.closed_at.desc())
        .limit(1000)
    )
    times = sorted(closed - opened for opened, closed in rows if closed is not None)
    return len(times), times[len(times) // 2] if times else None


def _open(statement: Any, viewer_id: int) -> Any:
    return statement.join(Post, Post.id == Case.post_id).where(
        Case.closed_at.is_(None), Post.author_id != viewer_id
    )


def _waiting_cases(viewer_id: int) -> Any:
    above, holder = aliased(Post), aliased(User)
    return (
        _open(select(Case, Post, above, Film, holder.name).select_from(Case), viewer_id)
        .join(Film, Film.id == Case.film_id)
        .outerjoin(above, above.id == Post.theory_id)
        .outerjoin(holder, holder.id == Case.claimed_by_id)
    )
