"""Reads about moderation."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.films.models import Film
from forum.lib.addresses import LARGEST_ID
from forum.lib.database import session
from forum.moderation.acts import SANCTIONS
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
from forum.moderation.queue_queries import theirs
from forum.permissions import UNTOLD, Viewer
from forum.theories.models import PendingRevision, Post

# Statements of the page of a case are built once: building them costs more than their answers.
_above, _parent = aliased(Post), aliased(Post)
_CASE = (
    select(Case, Post.author_id, Post.film_id)
    .join(Post, Post.id == Case.post_id)
    .where(Case.id == bindparam("case_id"))
)
_FACTS: Any = (
    select(Post, User, Film, _above, _parent, PendingRevision, CaseOpening.at)
    .join(User, User.id == Post.author_id)
    .join(Film, Film.id == Post.film_id)
    .outerjoin(_above, _above.id == Post.theory_id)
    .outerjoin(_parent, _parent.id == Post.parent_id)
    .outerjoin(PendingRevision, PendingRevision.post_id == Post.id)
    .outerjoin(
        CaseOpening,
        (CaseOpening.case_id == bindparam("case_id"))
        & (CaseOpening.user_id == bindparam("viewer_id")),
    )
    .where(Post.id == bindparam("post_id"))
)
_REPORTS = (
    select(Report, Rule, User)
    .join(Rule, Rule.number == Report.rule_number)
    .join(User, User.id == Report.reporter_id)
    .where(Report.case_id == bindparam("case_id"))
    .order_by(Report.weight.desc(), Report.id)
    .limit(100)
)
_NOTES = (
    select(Note, User)
    .join(User, User.id == Note.by_id)
    .outerjoin(Case, Case.id == Note.case_id)
    .where(Note.user_id == bindparam("user_id"))
    .order_by(Note.id.desc())
    .limit(20)
)
_DECISIONS = (
    select(Decision, User, Post, _above, Film)
    .join(User, User.id == Decision.by_id)
    .outerjoin(Post, Post.id == Decision.post_id)
    .outerjoin(_above, _above.id == Post.theory_id)
    .outerjoin(Film, Film.id == Post.film_id)
    .order_by(Decision.id.desc())
    .limit(bindparam("most"))
)
_DECISIONS_ABOUT = _DECISIONS.where(Decision.user_id == bindparam("user_id"))
_DECISIONS_TOLD = _DECISIONS_ABOUT.where(Decision.act.not_in(UNTOLD))
_DECISIONS_IN_CASE = _DECISIONS.where(Decision.case_id == bindparam("case_id"))
_RULES = select(Rule).order_by(Rule.number)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a case is about.

    Attributes:
        above: the theory that a reply stands under.
        parent: the reply that it answers.
        pending: the change that waits, if one does.
        is_unsealed: whether the moderator who looks at it has opened its text knowingly.
    """

    post: Post
    author: User
    film: Film
    above: Post | None
    parent: Post | None
    pending: PendingRevision | None
    is_unsealed: bool


def case_with_id(case_id: int) -> Case | None:
    """The case numbered `case_id`."""
    found = case_and_whose(case_id)
    return found[0] if found else None


def case_and_whose(case_id: int) -> Any:
    """The case numbered `case_id`, and the `author_id` and `film_id` of its post, as a row; None if
    there is none."""
    if not 0 < case_id <= LARGEST_ID:
        return None
    return session().execute(_CASE, {"case_id": case_id}).first()


def facts_of(case: Case, viewer_id: int) -> Facts:
    """What `case` is about, for a moderator; one statement."""
    ids = {"case_id": case.id, "post_id": case.post_id, "viewer_id": viewer_id}
    post, author, film, above, parent, pending, at = session().execute(_FACTS, ids).one()
    return Facts(post, author, film, above, parent, pending, is_unsealed=at is not None)


def reports_of(case_id: int) -> list[Any]:
    """(Report, Rule, reporter) of a case, the weightiest first; at most 100."""
    return list(session().execute(_REPORTS, {"case_id": case_id}))


def notes_about(user_id: int, viewer: Viewer) -> list[Any]:
    """(Note, its author) about an account, for a moderator: those on films that they moderate, the
    latest first; at most 20."""
    return list(session().execute(theirs(_NOTES, viewer, Case.film_id), {"user_id": user_id}))


def decisions_about(user_id: int, viewer: Viewer) -> list[Any]:
    """(Decision, who made it, Post, theory above a reply, Film) about an account, for a moderator:
    those on films that they moderate, the latest first; at most 20."""
    statement = theirs(_DECISIONS_ABOUT, viewer, Post.film_id)
    return list(session().execute(statement, {"user_id": user_id, "most": 20}))


def decisions_told(user_id: int) -> list[Any]:
    """The same for the account itself, but those of which it is not told: that a report led
    nowhere; at most 100."""
    return list(session().execute(_DECISIONS_TOLD, {"user_id": user_id, "most": 100}))


def decisions_in_case(case_id: int) -> list[Any]:
    """(Decision, who made it, Post, theory above a reply, Film) of one case, the latest first; at
    most 20."""
    return list(session().execute(_DECISIONS_IN_CASE, {"case_id": case_id, "most": 20}))


def decision_and_film(decision_id: int) -> tuple[Decision, int] | tuple[None, None]:
    """The decision numbered `decision_id`, and the id of the film that it concerns."""
    if not 0 < decision_id <= LARGEST_ID:
        return None, None
    found = (
        select(Decision, Post.film_id)
        .join(Post, Post.id == Decision.post_id)
        .where(Decision.id == decision_id)
    )
    row = session().execute(found).first()
    return (row[0], row[1]) if row else (None, None)


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
            Decision.act.in_(SANCTIONS),
            Decision.reverted_by_id.is_(None),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )


def rules() -> list[Rule]:
    """The site's rules, by number."""
    return list(session().scalars(_RULES))


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
                Report.reporter_id == user_id,
                Report.state == "open",
            )
        )
        is not None
    )
