"""The queue as a page: its rows, its filters, and beside them a case."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import render_template, request

from forum.accounts.sessions import viewer
from forum.films.models import Film
from forum.lib import clock
from forum.lib.addresses import url_for
from forum.lib.language import gettext as _
from forum.lib.language import ngettext
from forum.lib.pages import Order, Pager, with_query
from forum.moderation import cards, narrowed, queries, queue_queries
from forum.moderation.case_page import CasePage


@dataclass(frozen=True, slots=True)
class Week:
    """What was done in the last seven days, told while no case is open."""

    decided: int
    median_hours: str


def queue_page(page: CasePage | None, status: int) -> Any:
    """The queue, and `page` beside it: a case, or None."""
    me, kind, film_id = viewer().id, narrowed.kind(), narrowed.film_id()
    rows = queue_queries.queue(me, kind, film_id, request.args.get("after"))
    if page is not None and page.is_open and page.id not in {row[0].id for row in rows.items}:
        # A case further down: the list begins with it, so that "next" leads on from there.
        case = queries.case_with_id(page.id)
        rows = queue_queries.queue_from(case, me, kind, film_id) if case is not None else rows
    count, oldest = queue_queries.waiting(me)
    films = queue_queries.waiting_films(me) if count else []
    selected = page.id if page is not None else 0
    body = render_template(
        "moderation/queue.html",
        section="queue",
        cases=[cards.case_row(row, viewer(), selected) for row in rows.items],
        count=count,
        oldest_at=oldest,
        kinds=_kinds(kind),
        films=_films(film_id, films),
        pager=_pager(rows.next),
        week=None if page is not None else _week(),
        case=page,
        keys=True,
    )
    return body, status


def _pager(cursor: str | None) -> Pager:
    """Links to the list's other pages: on the page of a case they lead back to the queue."""
    here = url_for("moderation.queue")
    return Pager(
        next_url=_queue_url(here, after=cursor) if cursor else None,
        first_url=_queue_url(here, after=None) if request.args.get("after") else None,
    )


def _kinds(current: str | None) -> list[Order]:
    labels = {
        "report": _("Reported"),
        "held": _("Held"),
        "edit": _("Changes"),
        "own": _("Moderators' own"),
    }
    here = url_for("moderation.queue")
    every = Order("all", _("All"), _queue_url(here, kind=None), current is None)
    return [
        every,
        *(
            Order(key, label, _queue_url(here, kind=key), key == current)
            for key, label in labels.items()
        ),
    ]


def _films(current: int | None, films: list[tuple[Film, int]]) -> list[Order]:
    here = url_for("moderation.queue")
    every = Order("all", _("All"), _queue_url(here, film=None), current is None)
    return [
        every,
        *(
            Order(
                film.slug,
                film.title,
                _queue_url(here, film=str(film.id)),
                film.id == current,
                count=count,
            )
            for film, count in films
        ),
    ]


def _queue_url(here: str, **changes: str | None) -> str:
    """A link of the queue, from whichever page it stands on."""
    query = with_query(**changes).partition("?")[2]
    return f"{here}?{query}" if query else here


def _week() -> Week:
    decided, median = queue_queries.decided_since(clock.now() - timedelta(days=7))
    if median is None:
        return Week(decided, "")
    hours = round(median.total_seconds() / 3600)
    if hours:
        return Week(decided, ngettext("%(num)d hour", "%(num)d hours", hours) % {"num": hours})
    minutes = max(1, round(median.total_seconds() / 60))
    return Week(decided, ngettext("%(num)d minute", "%(num)d minutes", minutes) % {"num": minutes})
