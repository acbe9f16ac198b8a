"""What every page says of moderation: what waits, and what is in force against its reader."""

from dataclasses import dataclass
from datetime import datetime

from forum.accounts.viewers import Fan, Guest
from forum.lib.addresses import url_for
from forum.moderation import queries, queue_queries
from forum.permissions import can_see_queue


@dataclass(frozen=True, slots=True)
class Sanction:
    """A sanction in force, with the way to its reasons."""

    kind: str
    until: datetime | None
    statement_url: str


def waiting_count(person: Fan | Guest) -> int | None:
    """How many cases wait, for those who work the queue; None for everybody else."""
    return queue_queries.waiting(person.id)[0] if can_see_queue(person) else None


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
