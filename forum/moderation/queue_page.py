"""The queue as a page: its rows, its filters, and beside them a case."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import render_template, request

from forum.accounts.sessions import viewer
from forum.lib import clock
from forum.lib.addresses import url_for
from forum.lib.language import gettext as _
from forum.lib.language import ngettext
from forum.lib.pages import Order, Pager, with_query
from forum.moderation import cards, narrowed, queue_queries
from forum.moderation.case_page import CasePage
from forum.moderation.reasons import CANNED
from forum.moderation.standing import waiting_for


@dataclass(frozen=True, slots=True)
class Week:
    """What was done in the last seven days, told while no case is open."""

    decided: int
    median_hours: str


def queue_page(page: CasePage | None, status: int) -> Any:
    """The queue, and `page` beside it: a case, or None."""
    me, kind, film_id = viewer(), narrowed.kind(), narrowed.film_id()
    rows = queue_queries.queue(me, kind, film_id, request.args.get("after"))
    if page is not None and page.is_open and page.id not in {row.id for row in rows.items}:
        # A case further down: the list begins with it, so that "next" leads on from there.
        rows = queue_queries.queue_from(page.id, page.cursor, me, kind, film_id)
    waiting = waiting_for(me)
    films = queue_queries.waiting_films(waiting) if waiting.count else []
    selected = page.id if page is not None else 0
    body = render_template(
        "moderation/queue.html",
        section="queue",
        cases=[cards.case_row(row, me, selected) for row in rows.items],
        count=waiting.count,
        oldest_at=waiting.oldest,
        kinds=tuple(_kinds(kind, film_id)),
        films=tuple(_films(kind, film_id, films)),
        pager=_pager(rows.next),
        week=None if page is not None else _week(),
        case=page,
        canned=CANNED,
        keys=True,
    )
    return body, status


def _pager(cursor: str | None) -> Pager:
    """Links to the list's other pages: on the page of a case they lead back to the queue."""
    here = url_for("moderation.queue")
    return Pager(
        next_url=f"{here}?{with_query(after=cursor).partition('?')[2]}" if cursor else None,
        first_url=narrowed.url("moderation.queue") if request.args.get("after") else None,
    )


def _kinds(current: str | None, film_id: int | None) -> list[Order]:
    """Links to the cases of each kind, of the film that is chosen."""
    labels = {
        None: _("All"),
        "report": _("Reported"),
        "held": _("Held"),
        "edit": _("Changes"),
        "own": _("Moderators' own"),
    }
    return [
        Order(
            kind or "all",
            label,
            url_for("moderation.queue", kind=kind, film=film_id),
            kind == current,
        )
        for kind, label in labels.items()
    ]


def _films(kind: str | None, current: int | None, films: list[tuple[Any, int]]) -> list[Order]:
    """Links to the cases about each of some films, of the kind that is chosen."""
    every = Order("all", _("All"), url_for("moderation.queue", kind=kind), current is None)
    return [
        every,
        *(
            Order(
                film.slug,
                film.title,
                url_for("moderation.queue", kind=kind, film=film.id),
                film.id == current,
            )
            for film, _count in films
        ),
    ]


def _week() -> Week:
    decided, median = queue_queries.decided_since(clock.now() - timedelta(days=7), viewer())
    if median is None:
        return Week(decided, "")
    hours = round(median.total_seconds() / 3600)
    if hours:
        return Week(decided, ngettext("%(num)d hour", "%(num)d hours", hours) % {"num": hours})
    minutes = max(1, round(median.total_seconds() / 60))
    return Week(decided, ngettext("%(num)d minute", "%(num)d minutes", minutes) % {"num": minutes})
