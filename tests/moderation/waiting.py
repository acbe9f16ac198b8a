"""Posts and changes that wait for moderators, for the tests about them."""

from sqlalchemy import select

from forum.lib.database import unit_of_work
from forum.moderation import cases
from forum.moderation.acts import possible
from forum.moderation.models import Case
from forum.moderation.situations import situation_of
from forum.theories.changes import revise
from forum.theories.models import PendingRevision, Theory
from forum.theories.writing import words
from tests.factories import (
    a_fan,
    a_film,
    a_moderator,
    a_theory,
    a_thread,
    again,
    author_of,
    decide,
    found,
)

LEAK = "Free on MyFlixer-to.click"
BODY = "One two three four five six seven eight nine ten eleven twelve."


def a_text(body, **given):
    titles = {"safe_title": "A safe newcomer", "title": "A sealed newcomer", "kind": "plot"}
    return words(body, **{**titles, **given})


def a_newcomers_theory(safe_title=LEAK, body=BODY):
    """A theory that waits, with its author."""
    film = a_film()
    thread = a_thread(film)
    author = a_fan(seen=(film,), trust="newcomer")
    theory = a_theory(thread, by=author, safe_title=safe_title, title="A sealed one", body=body)
    return theory, author


def an_approved_theory(body=BODY):
    theory, author = a_newcomers_theory("A safe newcomer", body)
    decide(open_case(), "approve", a_moderator())
    return again(theory), author


def revised(theory, by, body, **given):
    version = again_version(theory)
    waits = "".join(change.stamp for change in found(select(PendingRevision)))
    with unit_of_work():
        return revise(theory, a_text(body, **given), version, by=by, change=waits)


def again_version(theory):
    return found(select(Theory.version).where(Theory.id == theory.id))[0]


def reported(post, by, rule=2):
    with unit_of_work():
        return cases.report(post, rule, "rude", by=by)


def open_case():
    [case] = found(select(Case).where(Case.closed_at.is_(None)))
    return case


def acts_for(post, by=None):
    by = by or a_moderator()
    return [act.name for act in possible(situation_of(post, author_of(post), by=by))]
