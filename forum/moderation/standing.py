"""What every page says of moderation: what waits, and what is in force against its reader."""

from dataclasses import dataclass
from datetime import datetime

from flask import g

from forum.accounts.viewers import Fan, Guest
from forum.lib.addresses import url_for
from forum.moderation import queries, queue_queries
from forum.moderation.queue_queries import Waiting
from forum.permissions import can_see_queue


@dataclass(frozen=True, slots=True)
class Sanction:
    """A sanction in force, with the way to its reasons."""

    kind: str
    until: datetime | None
    statement_url: str


def waiting_count(person: Fan | Guest) -> int | None:
    """How many cases wait, for those who work the queue; None for everybody else."""
    return waiting_for(person).count if can_see_queue(person) else None


def waiting_for(person: Fan | Guest) -> Waiting:
    """What waits for a moderator; asked once while a page is made, which says it twice."""
    if "waiting" not in g:
        g.waiting = queue_queries.waiting(person)
    found: Waiting = g.waiting
    return found


def sanction_line(person: Fan | Guest) -> Sanction | None:
    """What is in force against `person`; asks the database only if something is."""
    if not isinstance(person, Fan) or person.sanction is None:
        return None
    decision = queries.last_decision_against(person.id)
    url = (
        url_for("moderation.statement", decision_id=decision.id)
        if decision is not None
        else url_for("moderation.standing")
    )
    return Sanction(person.sanction, person.sanctioned_until, url)
