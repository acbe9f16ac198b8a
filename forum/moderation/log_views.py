"""The public log."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, TypeVar

from flask import render_template, request

from forum.accounts.models import User
from forum.accounts.queries import user_named
from forum.accounts.sessions import viewer
from forum.films.cards import FilmCard, film_card
from forum.films.models import Film
from forum.films.queries import film_at
from forum.lib.addresses import LARGEST_ID, url_for
from forum.lib.language import gettext as _
from forum.lib.pages import Pager, with_query
from forum.lib.paging import Page
from forum.moderation import cards, log_queries
from forum.moderation.acts import ACTS
from forum.moderation.labels import shown_label
from forum.moderation.models import Decision
from forum.moderation.views import blueprint
from forum.permissions import can_find, can_find_film, moderates

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Private:
    """What only moderators see of a line."""

    note: str
    case_url: str
    undo_url: str | None


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the log."""

    seq: int
    at: datetime
    act: str
    label: str
    film: FilmCard | None
    reasons: str
    until: datetime | None
    actor: str
    how: str
    rule: str | None
    undoes: int | None
    undone_by: int | None
    url: str | None
    children: int
    private: Private | None


@dataclass(frozen=True, slots=True)
class LogDay:
    """The lines of one day, UTC."""

    date: date
    entries: list[LogRow]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the log is narrowed to; "" where it isn't."""

    film: str
    act: str
    who: str


@blueprint.get("/moderation/log")
def log() -> Any:
    """Every decision, in order, for everybody."""
    chosen = Chosen(*(request.args.get(name, "")[:120] for name in ("film", "act", "who")))
    film, actor = _film(chosen.film), _actor(chosen.who)
    entry = request.args.get("entry", type=int)
    page = _page(chosen, film, actor, entry)
    entries = [line[0] for line in page.items]
    about = _About(
        undone=log_queries.undone_by(one.seq for one in entries),
        behind=log_queries.decisions_in(
            one.seq for one in entries if moderates(viewer(), one.film_id)
        ),
        seconds=log_queries.seconds_in(one.seq for one in entries if one.with_second),
    )
    rows = [_row(line, about) for line in page.items]
    begins_later = bool(request.args.get("after") or entry)
    return render_template(
        "moderation/log.html",
        section="log",
        days=[LogDay(day, list(lines)) for day, lines in groupby(rows, lambda r: r.at.date())],
        films=[(one.slug, one.title) for one in _offered(log_queries.logged_films(), film)],
        acts=[(act, cards.done(act)) for act in ACTS],
        people=[user.name for user in _offered(log_queries.actors(), actor)],
        # An option is found by the name as its fan writes it; addresses don't mind letter case.
        chosen=replace(chosen, who=actor.name if actor else chosen.who),
        pager=Pager(
            # One entry's own address is where the list began: its other pages go by the cursor.
            next_url=with_query(after=page.next, entry=None) if page.next else None,
            first_url=with_query(after=None, entry=None) if begins_later else None,
        ),
    )


def _film(slug: str) -> Film | None:
    """The film that the log is to be narrowed to, if its reader finds it."""
    film = film_at(slug) if slug and "\0" not in slug else None
    return film if film is not None and can_find_film(viewer(), film) else None


def _actor(name: str) -> User | None:
    """The account that the log is to be narrowed to."""
    return user_named(name) if name and len(name) <= 20 and "\0" not in name else None


def _offered(known: list[T], chosen: T | None) -> list[T]:
    """What a choice offers: what the log knows of, and what was chosen though it doesn't."""
    return known if chosen is None or chosen in known else [chosen, *known]


def _page(chosen: Chosen, film: Film | None, actor: User | None, entry: int | None) -> Page[Any]:
    """The lines that fit; none where something was chosen that the log knows nothing of."""
    unknown = (
        (chosen.act and chosen.act not in ACTS)
        or (chosen.film and film is None)
        or (chosen.who and actor is None)
    )
    if unknown:
        return Page([], None)
    return log_queries.log_page(
        chosen.act or None,
        film.id if film else None,
        actor.id if actor else None,
        str(entry + 1) if entry and 0 < entry < LARGEST_ID else request.args.get("after"),
    )


@dataclass(frozen=True, slots=True)
class _About:
    """What stands beside some lines, by line: which undoes it, the decision behind it where its
    reader may see that, who proposed it."""

    undone: dict[int, int]
    behind: dict[int, Decision]
    seconds: dict[int, str]


def how_words(source: str) -> str:
    """How something came before the moderators."""
    return {
        "report": _("reports"),
        "held": _("held before publication"),
        "edit": _("a change was held"),
        "own": _("own initiative"),
    }[source]


def _row(line: Any, about: _About) -> LogRow:
    """A row of `log_queries.log_page`, as its reader sees it."""
    entry, actor, film, label, post, above = line
    rule = None
    if entry.rule_number:
        rule = _("Rule %(number)d, version %(version)d") % {
            "number": entry.rule_number,
            "version": entry.rule_version or 1,
        }
    return LogRow(
        seq=entry.seq,
        at=entry.at,
        act=cards.done(entry.act),
        label=shown_label(label, post, above),
        film=film_card(film) if film else None,
        reasons=entry.reasons,
        until=entry.until,
        actor=_actors(actor, about.seconds.get(entry.seq)),
        how=how_words(entry.source),
        rule=rule,
        undoes=entry.reverts_seq,
        undone_by=about.undone.get(entry.seq),
        url=url_for("theories.post", post_id=post.id)
        if post is not None and can_find(viewer(), post)
        else None,
        children=entry.child_count,
        private=_private(about.behind.get(entry.seq)),
    )


def _actors(actor: User, proposer: str | None) -> str:
    """Who decided; both moderators where two had to agree."""
    if proposer is None:
        return actor.name
    return _("%(first)s, confirmed by %(second)s") % {"first": proposer, "second": actor.name}


def _private(decision: Decision | None) -> Private | None:
    if decision is None or not decision.case_id or decision.user_id == viewer().id:
        return None
    undo = None
    if ACTS[decision.act].reversal is not None and decision.reverted_by_id is None:
        undo = url_for("moderation.statement", decision_id=decision.id, _anchor="undo")
    return Private(
        note=decision.note,
        case_url=url_for("moderation.case", case_id=decision.case_id),
        undo_url=undo,
    )
