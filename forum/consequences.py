"""What follows an act: kind of event → what happens in its transaction; and the jobs."""

from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, select

from forum import events
from forum.accounts import operations as accounts
from forum.accounts.models import User
from forum.accounts.viewers import Operator
from forum.events import Event, Kind
from forum.lib import clock, jobs, throttle
from forum.lib.database import run, session, table_of
from forum.lib.prepared import planned_once
from forum.moderation import opening
from forum.moderation.acts import DECIDED
from forum.moderation.models import Case, Decision, Report
from forum.notifications import operations as notices
from forum.theories.models import Post, Theory
from forum.votes import operations, ranks

_OPERATOR = Operator()

_posts, _users = table_of(Post), table_of(User)
_AUTHOR_OF = planned_once(
    select(_users.c.id, _users.c.is_archive)
    .join(_posts, _posts.c.author_id == _users.c.id)
    .where(_posts.c.id == bindparam("post"))
)


def hide_first_figures(event: Event) -> None:
    """A new theory starts blind until its time is over; the archive's don't."""
    theory = session().get_one(Theory, event.post_id)
    author = session().get_one(User, theory.author_id)
    hours: int = current_app.config["FOYER"].blind_hours
    blind = hours > 0 and not author.is_archive
    operations.begin_blind(theory, blind, by=_OPERATOR)
    if blind:
        opens_at = clock.now() + timedelta(hours=hours)
        jobs.enqueue("open_figures", {"theory_id": theory.id}, run_at=opens_at)


def open_figures(payload: dict[str, Any]) -> None:
    """Job: a theory's blind time is over."""
    theory = session().get_one(Theory, payload["theory_id"])
    operations.open_figures(theory, by=_OPERATOR)


def nightly(_payload: dict[str, Any]) -> None:
    """Job: tonight's upkeep, a job of its own; whatever comes of it, this one is back tomorrow."""
    jobs.enqueue("upkeep", {})
    jobs.enqueue("nightly", {}, run_at=clock.now() + timedelta(days=1))


def upkeep(_payload: dict[str, Any]) -> None:
    """Job: each film's prior follows its votes, what is over goes."""
    for film_id in ranks.films_to_refresh():
        jobs.enqueue("refresh_prior", {"film_id": film_id})
    throttle.sweep()
    jobs.sweep()
    accounts.sweep_sessions(by=_OPERATOR)


def refresh_prior(payload: dict[str, Any]) -> None:
    """Job: one film's prior, in a transaction of its own."""
    ranks.refresh_prior(payload["film_id"])


def rank_held(event: Event) -> None:
    """A theory that waits has the ranks of one without votes, as every theory has ranks."""
    post = session().get_one(Post, event.post_id)
    if isinstance(post, Theory):
        operations.begin_blind(post, False, by=_OPERATOR)


def open_held_case(event: Event) -> None:
    """A post that is held, or whose change is, waits in the queue."""
    post = session().get_one(Post, event.post_id)
    kind = "held" if event.kind == Kind.POST_HELD else "edit"
    opening.hold(post, kind, (event.codes or {})["reason"])


def close_case_of_withdrawn(event: Event) -> None:
    """Nobody needs to look at what its author took down; those who reported it hear of that."""
    for report in opening.close_withdrawn(session().get_one(Post, event.post_id)):
        notices.tell(report.reporter_id, "report_moot", by=_OPERATOR, post_id=event.post_id)


def let_case_follow(event: Event) -> None:
    """What an author changes, whoever looks at it must see before they decide."""
    if event.by_id == event.user_id:  # what a moderator approves, they have seen
        opening.follow_revision(session().get_one(Post, event.post_id))


def tell_answered(event: Event) -> None:
    """Whoever is replied to hears of it, but not from themselves."""
    reply = session().get_one(Post, event.post_id)
    (author,) = run(_AUTHOR_OF, {"post": reply.parent_id or reply.theory_id})
    if author.id != reply.author_id and not author.is_archive:
        notices.tell(author.id, "reply", by=_OPERATOR, post_id=reply.id)


def tell_decided(event: Event) -> None:
    """The author hears what was decided, and each reporter what came of their report."""
    decision = session().get_one(Decision, (event.codes or {})["decision"])

    def tell(user_id: int, kind: str, post_id: int | None) -> None:
        notices.tell(user_id, kind, by=_OPERATOR, post_id=post_id, decision_id=decision.id)

    # That a report led nowhere is no news to the author, who never knew of it.
    if decision.act != "no_action":
        tell(decision.user_id, "decision", decision.post_id)
    reports = (
        select(Report, Case.post_id)
        .join(Case, Case.id == Report.case_id)
        .where(Report.decision_id == decision.id)
        .order_by(Report.id)
    )
    for report, post_id in session().execute(reports).all():
        tell(report.reporter_id, f"report_{report.state}", post_id)


CONSEQUENCES: dict[Kind, tuple[events.Consequence, ...]] = {
    Kind.THEORY_PUBLISHED: (hide_first_figures,),
    Kind.REPLY_PUBLISHED: (tell_answered,),
    Kind.POST_HELD: (rank_held, open_held_case),
    Kind.REVISION_HELD: (open_held_case,),
    Kind.POST_REVISED: (let_case_follow,),
    Kind.REVISION_WITHDRAWN: (let_case_follow,),
    Kind.POST_WITHDRAWN: (close_case_of_withdrawn,),
    **dict.fromkeys(DECIDED, (tell_decided,)),
}

JOBS: dict[str, jobs.Run] = {
    "open_figures": open_figures,
    "nightly": nightly,
    "upkeep": upkeep,
    "refresh_prior": refresh_prior,
}


def init_app() -> None:
    """Tell events and jobs what follows."""
    events.follow_up(CONSEQUENCES)
    jobs.know(JOBS)
