"""Reads about moderation."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.films.models import Film
from forum.lib.addresses import LARGEST_ID
from forum.lib.database import session
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
from forum.permissions import UNTOLD
from forum.theories.models import Post


def case_with_id(case_id: int) -> Case | None:
    """The case numbered `case_id`."""
    if not 0 < case_id <= LARGEST_ID:
        return None
    return session().scalar(select(Case).where(Case.id == case_id))


def case_post(case: Case) -> Any:
    """A case's (Post, author, Film, theory above a reply, reply that it answers)."""
    above, parent = aliased(Post), aliased(Post)
    return (
        session()
        .execute(
            select(Post, User, Film, above, parent)
            .join(User, User.id == Post.author_id)
            .join(Film, Film.id == Post.film_id)
            .outerjoin(above, above.id == Post.theory_id)
            .outerjoin(parent, parent.id == Post.parent_id)
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


def decisions_about(user_id: int, most: int = 20, *, told: bool = False) -> list[Any]:
    """(Decision, who made it, Post, theory above a reply, Film) about an account, the latest first.

    Args:
        told: leave out those of which the account is not told: that a report led nowhere.
    """
    statement = _decisions().where(Decision.user_id == user_id)
    if told:
        statement = statement.where(Decision.act.not_in(UNTOLD))
    return list(session().execute(statement.order_by(Decision.id.desc()).limit(most)))


def decisions_in_case(case_id: int) -> list[Any]:
    """(Decision, who made it, Post, theory above a reply, Film) of one case, the latest first; at
    most 20."""
    statement = _decisions().where(Decision.case_id == case_id)
    return list(session().execute(statement.order_by(Decision.id.desc()).limit(20)))


def decision_with_id(decision_id: int) -> Decision | None:
    """The decision numbered `decision_id`."""
    if not 0 < decision_id <= LARGEST_ID:
        return None
    return session().scalar(select(Decision).where(Decision.id == decision_id))


def decision_row(decision_id: int) -> Any:
    """The (Decision, whom it concerns, Post, theory above a reply, Film) of that number, as they
    stand now."""
    above = aliased(Post)
    statement = (
        select(Decision, User, Post, above, Film)
        .join(User, User.id == Decision.user_id)
        .join(Post, Post.id == Decision.post_id)
        .join(Film, Film.id == Post.film_id)
        .outerjoin(above, above.id == Post.theory_id)
        .where(Decision.id == decision_id)
    )
    return session().execute(statement).one()


def refused_by(decision: Decision) -> list[Any]:
    """(RefusedRevision, Post, theory above a reply, Film) of the changes that a decision refused,
    or removed with their posts, by post; at most 50."""
    above = aliased(Post)
    return list(
        session().execute(
            select(RefusedRevision, Post, above, Film)
            .join(Post, Post.id == RefusedRevision.post_id)
            .join(Film, Film.id == Post.film_id)
            .outerjoin(above, above.id == Post.theory_id)
            .where(RefusedRevision.decision_id == decision.id)
            .order_by(RefusedRevision.post_id)
            .limit(50)
        )
    )


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
    """(Report, Post, theory above a reply, Film) of one reporter, the latest first; at most 50."""
    above = aliased(Post)
    return list(
        session().execute(
            select(Report, Post, above, Film)
            .join(Case, Case.id == Report.case_id)
            .join(Post, Post.id == Case.post_id)
            .join(Film, Film.id == Post.film_id)
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


def _decisions() -> Any:
    above = aliased(Post)
    return (
        select(Decision, User, Post, above, Film)
        .join(User, User.id == Decision.by_id)
        .outerjoin(Post, Post.id == Decision.post_id)
        .outerjoin(above, above.id == Post.theory_id)
        .outerjoin(Film, Film.id == Post.film_id)
    )
