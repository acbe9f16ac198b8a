"""Reads about moderation."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.films.models import Film
from forum.lib.database import session
from forum.lib.paging import Keyset, Page
from forum.moderation.models import (
    Case,
    CaseOpening,
    Decision,
    Note,
    RefusedRevision,
    Report,
    Rule,
    SiteText,
)
from forum.theories.models import PendingRevision, Post

CASES_A_PAGE = 40
_RECENT = 50

QUEUE = Keyset((Case.score, "desc"), (Case.opened_at, "asc"), (Case.id, "asc"))


def queue(kind: str | None, film_id: int | None, cursor: str | None) -> Page[Any]:
    """Open cases, the weightiest first: (Case, Post, theory above a reply, Film, holder's name)."""
    statement = _waiting_cases()
    if kind:
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


def queue_from(case_id: int) -> Page[Any] | None:
    """The page of the queue that begins with a case; None if it isn't open."""
    case = case_with_id(case_id)
    if case is None or case.closed_at is not None:
        return None
    after = queue(None, None, QUEUE.cursor(case))
    own = session().execute(_waiting_cases().where(Case.id == case_id)).all()
    return Page([*own, *after.items], after.next)


def waiting() -> tuple[int, datetime | None]:
    """How many cases are open, and since when the oldest is."""
    count, oldest = (
        session()
        .execute(select(func.count(), func.min(Case.opened_at)).where(Case.closed_at.is_(None)))
        .one()
    )
    return count, oldest


def waiting_films(most: int = 20) -> list[Any]:
    """The films with open cases, the most cases first: (Film, how many)."""
    return list(
        session().execute(
            select(Film, func.count(Case.id))
            .join(Case, Case.film_id == Film.id)
            .where(Case.closed_at.is_(None))
            .group_by(Film.id)
            .order_by(func.count(Case.id).desc(), Film.id)
            .limit(most)
        )
    )


def usual_wait() -> timedelta | None:
    """The median wait of the last 50 held posts that were decided; None below five."""
    rows = session().execute(
        select(Case.opened_at, Case.closed_at)
        .where(Case.kind == "held", Case.closed_at.is_not(None))
        .order_by(Case.closed_at.desc())
        .limit(_RECENT)
    )
    waits = sorted(closed - opened for opened, closed in rows if closed is not None)
    return waits[len(waits) // 2] if len(waits) >= 5 else None


def decided_since(moment: datetime) -> tuple[int, timedelta | None]:
    """How many cases were closed after `moment`, and their median time; for an empty queue."""
    rows = session().execute(
        select(Case.opened_at, Case.closed_at)
        .where(Case.closed_at > moment)
        .order_by(Case.closed_at.desc())
        .limit(1000)
    )
    times = sorted(closed - opened for opened, closed in rows if closed is not None)
    return len(times), times[len(times) // 2] if times else None


def case_with_id(case_id: int) -> Case | None:
    """The case numbered `case_id`."""
    if not 0 < case_id < 2**31:
        return None
    return session().scalar(select(Case).where(Case.id == case_id))


def case_post(case: Case) -> Any:
    """A case's (Post, author, Film, theory above a reply)."""
    above = aliased(Post)
    return (
        session()
        .execute(
            select(Post, User, Film, above)
            .join(User, User.id == Post.author_id)
            .join(Film, Film.id == Post.film_id)
            .outerjoin(above, above.id == Post.theory_id)
            .where(Post.id == case.post_id)
        )
        .one()
    )


def reports_of(case_id: int) -> list[Any]:
    """(Report, Rule, reporter) of a case, the weightiest first; at most 100."""
    return list(
        session().execute(
            select(Report, Rule, User)
            .join(Rule, Rule.number == Report.rule_number)
            .join(User, User.id == Report.reporter_id)
            .where(Report.case_id == case_id)
            .order_by(Report.weight.desc(), Report.id)
            .limit(100)
        )
    )


def notes_about(user_id: int) -> list[Any]:
    """(Note, its author) about an account, the latest first; at most 20."""
    return list(
        session().execute(
            select(Note, User)
            .join(User, User.id == Note.by_id)
            .where(Note.user_id == user_id)
            .order_by(Note.id.desc())
            .limit(20)
        )
    )


def decisions_about(user_id: int, most: int = 20) -> list[Any]:
    """(Decision, who made it) about an account, the latest first."""
    return list(
        session().execute(
            select(Decision, User)
            .join(User, User.id == Decision.by_id)
            .where(Decision.user_id == user_id)
            .order_by(Decision.id.desc())
            .limit(most)
        )
    )


def decision_with_id(decision_id: int) -> Decision | None:
    """The decision numbered `decision_id`."""
    if not 0 < decision_id < 2**31:
        return None
    return session().scalar(select(Decision).where(Decision.id == decision_id))


def last_decision_against(user_id: int) -> Decision | None:
    """The decision that put an account's present sanction in force."""
    return session().scalar(
        select(Decision)
        .where(
            Decision.user_id == user_id,
            Decision.act.in_(("suspend", "ban", "ban_and_remove")),
            Decision.reverted_by_id.is_(None),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )


def pending_of(post_id: int) -> PendingRevision | None:
    """The change of a post that waits for a moderator."""
    return session().get(PendingRevision, post_id)


def refused_by(decision: Decision) -> RefusedRevision | None:
    """The change that a decision about a post refused, or took down with it: its author reads it
    again beside the reasons."""
    if decision.post_id is None:
        return None
    return session().get(RefusedRevision, (decision.id, decision.post_id))


def is_unsealed(case_id: int, user_id: int) -> bool:
    """Whether a moderator has opened the sealed text of a case."""
    return session().get(CaseOpening, (case_id, user_id)) is not None


def rules() -> list[Rule]:
    """The site's rules, by number."""
    return list(session().scalars(select(Rule).order_by(Rule.number)))


def site_text(name: str) -> SiteText | None:
    """A page that an admin has rewritten."""
    return session().get(SiteText, name)


def reports_by(user_id: int) -> list[Any]:
    """(Report, Case, Post, theory above a reply) of one reporter, the latest first; at most 50."""
    above = aliased(Post)
    return list(
        session().execute(
            select(Report, Case, Post, above)
            .join(Case, Case.id == Report.case_id)
            .join(Post, Post.id == Case.post_id)
            .outerjoin(above, above.id == Post.theory_id)
            .where(Report.reporter_id == user_id)
            .order_by(Report.id.desc())
            .limit(50)
        )
    )


def has_open_report(post_id: int, user_id: int) -> bool:
    """Whether an account's report of a post still waits."""
    return (
        session().scalar(
            select(Report.id)
            .join(Case, Case.id == Report.case_id)
            .where(
                Case.post_id == post_id,
                Case.closed_at.is_(None),
                Report.reporter_id == user_id,
            )
        )
        is not None
    )


def _waiting_cases() -> Any:
    above, holder = aliased(Post), aliased(User)
    return (
        select(Case, Post, above, Film, holder.name)
        .join(Post, Post.id == Case.post_id)
        .join(Film, Film.id == Case.film_id)
        .outerjoin(above, above.id == Post.theory_id)
        .outerjoin(holder, holder.id == Case.claimed_by_id)
        .where(Case.closed_at.is_(None))
    )
