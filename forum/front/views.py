"""The front page: what is argued about now, what divides, what waits for one's vote."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template

from forum.accounts.sessions import list_viewer
from forum.accounts.viewers import Guest
from forum.films.cards import FilmCard, film_card
from forum.films.queries import arguing_now, site_counts, waiting_for_a_question
from forum.lib.page_versions import SITE, made_of
from forum.lib.unchanged import until_changed
from forum.permissions import can_read
from forum.theories import cards
from forum.theories.models import Post
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

    safe_title: str | None
    title: str | None
    url: str
    film: FilmCard
    share: int
    votes: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What the front page shows to everybody alike.

    Attributes:
        lead: the film that was argued about last; None if none ever was.
        threads: its questions.
        others: those before it, and films without a question in the places left over.
        divided: a question, its film, and of its most divisive theory the convinced votes, those
            not convinced, and all.
    """

    counts: Counts
    lead: FilmCard | None
    threads: tuple[Post, ...]
    others: tuple[FilmCard, ...]
    divided: tuple[tuple[Post, FilmCard, int, int, int], ...]


@blueprint.get("/")
def index() -> Any:
    """The front page."""
    made_of(SITE)
    person = list_viewer()
    shown = until_changed(_look)
    return render_template(
        "films/front.html",
        counts=shown.counts,
        lead=shown.lead,
        lead_threads=tuple(cards.thread_line(thread, person) for thread in shown.threads),
        others=shown.others,
        divided=tuple(_divided(*row) for row in shown.divided),
        waiting=[
            theory_card(theory, author, person, Opinions(), film=film_card(film))
            for theory, author, film in waiting_for_vote(person, _WAITING)
        ],
        seen_count=len(person.seen),
    )


def _look() -> Shown:
    """What there is to show, to readers of whom nothing is known."""
    argued = arguing_now(_FILMS)
    quiet = waiting_for_a_question(_FILMS - len(argued)) if len(argued) < _FILMS else ()
    threads = threads_of(argued[0].id, Guest(), size=_THREADS).items if argued else []
    return Shown(
        counts=Counts(*site_counts()),
        lead=film_card(argued[0]) if argued else None,
        threads=tuple(thread for thread, _ in threads),
        others=tuple(film_card(film) for film in [*argued[1:], *quiet][: _FILMS - 1]),
        divided=tuple(
            (thread, film_card(film), *figures) for thread, film, *figures in dividing(_DIVIDED)
        ),
    )


def _divided(thread: Post, film: FilmCard, ups: int, downs: int, votes: int) -> Divided:
    person = list_viewer()
    return Divided(
        safe_title=thread.safe_title,
        title=thread.title if can_read(person, thread) else None,
        url=cards.address(thread),
        film=film,
        share=round(100 * ups / (ups + downs)),
        votes=votes,
    )
