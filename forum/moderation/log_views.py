"""The public log."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import render_template, request

from forum.accounts.models import User
from forum.accounts.queries import user_named
from forum.accounts.sessions import list_viewer, viewer
from forum.films.cards import FilmCard, film_card
from forum.films.models import Film
from forum.films.queries import film_at
from forum.lib.addresses import url_for
from forum.lib.language import gettext as _
from forum.lib.pages import pager
from forum.moderation import log_queries
from forum.moderation.acts import ACTS
from forum.moderation.labels import shown_label
from forum.moderation.models import Decision, LogEntry, LogLabel
from forum.moderation.views import blueprint
from forum.permissions import can_find
from forum.theories.models import Post


@dataclass(frozen=True, slots=True)
class Private:
    """What only moderators see of a line."""

    note: str
    case_url: str


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
    film = film_at(chosen.film) if chosen.film else None
    actor = user_named(chosen.who[:20]) if chosen.who else None
    entry = request.args.get("entry", type=int)
    page = log_queries.log_page(
        chosen.act if chosen.act in ACTS else None,
        film.id if film else None,
        actor.id if actor else None,
        str(entry + 1) if entry and 0 < entry < 2**31 - 1 else request.args.get("after"),
    )
    seqs = [line[0].seq for line in page.items]
    undone = log_queries.undone_by(seqs)
    behind = log_queries.decisions_in(seqs) if viewer().is_moderator else {}
    rows = [_row(line, undone, behind) for line in page.items]
    return render_template(
        "moderation/log.html",
        section="log",
        days=[LogDay(day, list(lines)) for day, lines in groupby(rows, lambda r: r.at.date())],
        films=[(film.slug, film.title) for film in log_queries.logged_films()],
        acts=[(act.name, act.done) for act in ACTS.values()],
        people=[user.name for user in log_queries.moderators()],
        chosen=chosen,
        pager=pager(page.next),
    )


def how_words(source: str) -> str:
    """How something came before the moderators."""
    return {
        "report": _("reports"),
        "held": _("held before publication"),
        "edit": _("a change was held"),
        "own": _("own initiative"),
    }[source]


def _row(
    line: tuple[LogEntry, User, Film | None, LogLabel | None, Post | None, Post | None],
    undone: dict[int, int],
    behind: dict[int, Decision],
) -> LogRow:
    entry, actor, film, label, post, above = line
    decision = behind.get(entry.seq)
    private = None
    if decision is not None and decision.case_id and decision.user_id != viewer().id:
        private = Private(decision.note, url_for("moderation.case", case_id=decision.case_id))
    act = ACTS[entry.act].done
    if entry.act == "ban_and_remove":
        act = _("Banned, and removed everything")
    rule = None
    if entry.rule_number:
        rule = _("Rule %(number)d, version %(version)d") % {
            "number": entry.rule_number,
            "version": entry.rule_version or 1,
        }
    how = how_words(entry.source)
    if entry.with_second:
        how = _("%(how)s, with a second moderator") % {"how": how}
    return LogRow(
        seq=entry.seq,
        at=entry.at,
        act=act,
        label=shown_label(label, post, above),
        film=film_card(film, list_viewer().seen) if film else None,
        reasons=entry.reasons,
        until=entry.until,
        actor=actor.name,
        how=how,
        rule=rule,
        undoes=entry.reverts_seq,
        undone_by=undone.get(entry.seq),
        url=url_for("theories.post", post_id=post.id)
        if post and can_find(viewer(), post)
        else None,
        children=entry.child_count,
        private=private,
    )
