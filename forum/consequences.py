"""What follows an act: kind of event → what happens in its transaction; and the jobs."""

from datetime import timedelta
from typing import Any

from flask import current_app

from forum import events
from forum.accounts.models import User
from forum.accounts.viewers import Operator
from forum.events import Event, Kind
from forum.lib import clock, jobs, throttle
from forum.lib.database import session
from forum.theories.models import Theory
from forum.votes import operations, ranks

_OPERATOR = Operator()


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
    """Job: each film's prior follows its votes, old throttle windows go; comes back tomorrow."""
    for film_id in ranks.films_to_refresh():
        jobs.enqueue("refresh_prior", {"film_id": film_id})
    throttle.sweep()
    jobs.enqueue("nightly", {}, run_at=clock.now() + timedelta(days=1))


def refresh_prior(payload: dict[str, Any]) -> None:
    """Job: one film's prior, in a transaction of its own."""
    ranks.refresh_prior(payload["film_id"])


CONSEQUENCES: dict[Kind, tuple[events.Consequence, ...]] = {
    Kind.THEORY_PUBLISHED: (hide_first_figures,),
}

JOBS: dict[str, jobs.Run] = {
    "open_figures": open_figures,
    "nightly": nightly,
    "refresh_prior": refresh_prior,
}


def init_app() -> None:
    """Tell events and jobs what follows."""
    events.follow_up(CONSEQUENCES)
    jobs.know(JOBS)
