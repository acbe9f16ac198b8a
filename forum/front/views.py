"""The front page: what is argued about now, what divides, what waits for one's vote."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template

from forum.accounts.sessions import list_viewer
from forum.films.cards import FilmCard, film_card
from forum.films.queries import arguing_now, site_counts, waiting_for_a_question
from forum.lib.page_versions import SITE, made_of
from forum.permissions import can_read
from forum.theories import cards
from forum.theories.queries import threads_of
from forum.votes.cards import theory_card
from forum.votes.queries import Opinions, dividing, waiting_for_vote

blueprint = Blueprint("front", __name__)

_FILMS = 7
_THREADS = 4
_DIVIDED = 5
_WAITING = 4


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is on the site."""

    films: int
    theories: int
    votes: int


@dataclass(frozen=True, slots=True)
class Divided:
    """A question as divided as its most divisive theory; `share` is that theory's, in percent."""

    safe_title: str
    title: str | None
    url: str
    film: FilmCard
    share: int
    votes: int


@blueprint.get("/")
def index() -> Any:
    """The front page."""
    made_of(SITE)
    person = list_viewer()
    argued = list(arguing_now(_FILMS))
    lead = argued[0] if argued else None
    quiet = list(waiting_for_a_question(_FILMS - len(argued))) if len(argued) < _FILMS else []
    threads = threads_of(lead.id, person, size=_THREADS).items if lead else []
    return render_template(
        "films/front.html",
        counts=Counts(*site_counts()),
        lead=film_card(lead, person.seen) if lead else None,
        lead_threads=[cards.thread_line(thread, person) for thread, _ in threads],
        others=[film_card(film, person.seen) for film in [*argued[1:], *quiet][: _FILMS - 1]],
        divided=[_divided(*row) for row in dividing(_DIVIDED)],
        waiting=[
            theory_card(theory, author, person, Opinions(), film=film_card(film, person.seen))
            for theory, author, film in waiting_for_vote(person, _WAITING)
        ],
        seen_count=len(person.seen),
    )


def _divided(ups: int, downs: int, votes: int, thread: Any, film: Any) -> Divided:
    person = list_viewer()
    return Divided(
        safe_title=thread.safe_title,
        title=thread.title if can_read(person, thread) else None,
        url=cards.address(thread),
        film=film_card(film, person.seen),
        share=round(100 * ups / (ups + downs)),
        votes=votes,
    )
