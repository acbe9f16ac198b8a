"""Cases as the queue and their own page show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from forum.accounts.models import User
from forum.accounts.sessions import sanction_in_force
from forum.accounts.trust import trust_of, trust_word
from forum.accounts.viewers import Fan, Guest
from forum.films.models import Film
from forum.lib import clock
from forum.lib.addresses import url_for
from forum.lib.language import gettext as _
from forum.lib.language import ngettext
from forum.moderation import narrowed
from forum.moderation.acts import ABOUT_ACCOUNTS, ACTS
from forum.moderation.models import Report, Rule
from forum.theories import cards
from forum.theories.cards import Byline
from forum.theories.models import Post

TARGET_TIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in the queue."""

    id: int
    url: str
    safe_title: str
    film: str
    what: str
    opened_at: datetime
    overdue: bool
    score: int | None
    holder: str | None
    until: datetime | None
    selected: bool
    wants_second: bool


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report of a case; `words` is None while they might give the ending away."""

    rule: str
    words: str | None
    version: int | None
    reporter: Byline
    trust_label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AuthorLine:
    """The author of what a case is about, and their record."""

    name: str
    is_archive: bool
    url: str
    since: datetime
    trust_label: str
    theory_count: int
    reply_count: int
    upheld: int
    sanction: str | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A decision made before: what was done by whom, and to what ("" for an account)."""

    at: datetime
    sentence: str
    about: str
    url: str
    undone: bool


def what(case: Any, post: Any) -> str:
    """What waits, in a few words: "a theory, reported"."""
    why = {
        "report": _("reported"),
        "held": _("held: a link") if case.hold_reason == "link" else _("held: a first post"),
        "edit": _("a change is held"),
        "own": _("a moderator’s own"),
    }
    return f"{cards.type_words(post.type)}, {why[case.kind]}"


def heading(post: Post, above: Post | None, film: Film) -> str:
    """What a post is called where it stands alone: the safe title, of the theory for a reply; what
    it was where nothing of that is left."""
    title = (above if above is not None else post).safe_title
    return title or capital(safe_name(post, above, film))


def safe_name(post: Post, above: Post | None, film: Film, *, own: bool = False) -> str:
    """What a post is called within a sentence, so that it gives nothing away, even once its text is
    erased: “The coat”, a reply under “The coat”, a theory about Anora.

    Args:
        above: the theory that a reply stands under.
        own: whether its author is spoken to.
    """
    title = (above if above is not None else post).safe_title
    if not title:
        erased = _OWN_ERASED if own else _ERASED
        return erased[post.type] % {"film": film.title}
    if post.type != "reply":
        return _("“%(title)s”") % {"title": title}
    words = _("your reply under “%(title)s”") if own else _("a reply under “%(title)s”")
    return words % {"title": title}


_ERASED = {
    "thread": _("a question about %(film)s"),
    "theory": _("a theory about %(film)s"),
    "reply": _("a reply about %(film)s"),
}
_OWN_ERASED = {
    "thread": _("your question about %(film)s"),
    "theory": _("your theory about %(film)s"),
    "reply": _("your reply about %(film)s"),
}


def capital(words: str) -> str:
    """`words` as they begin a sentence."""
    return words[:1].upper() + words[1:]


def done(act: str) -> str:
    """What an act has done, in a word or two: as logs and lists of decisions say it."""
    return _("Banned, and removed everything") if act == "ban_and_remove" else ACTS[act].done


def case_row(row: Any, viewer: Fan | Guest, selected_id: int) -> CaseRow:
    """A row of `queue_queries.queue`, as `viewer` sees it."""
    now = clock.now()
    held = lease_of(row, now)
    return CaseRow(
        id=row.id,
        url=narrowed.url("moderation.case", case_id=row.id),
        safe_title=row.safe_title or capital(_ERASED[row.type] % {"film": row.film}),
        film=row.film,
        what=what(row, row),
        opened_at=row.opened_at,
        overdue=now - row.opened_at > TARGET_TIME,
        score=round(row.score) if row.report_count else None,
        holder=_holder_words(row, viewer) if held else None,
        until=held,
        selected=row.id == selected_id,
        wants_second=row.purge_by_id is not None,
    )


def lease_of(case: Any, now: datetime) -> datetime | None:
    """Until when somebody holds a case; None if nobody does, or the lease is over."""
    until: datetime | None = case.claimed_until
    return until if until and until > now else None


def _holder_words(row: Any, viewer: Fan | Guest) -> str:
    if row.claimed_by_id == viewer.id:
        return _("yours")
    return _("claimed by %(name)s") % {"name": row.holder}


def trust_label(user: User, now: datetime) -> str:
    """An account's role, or its trust."""
    if user.role != "fan":
        return {"moderator": _("moderator"), "admin": _("admin")}[user.role]
    posts = user.thread_count + user.theory_count + user.reply_count
    return trust_word(trust_of(user.created_at, posts, user.trust_set, now, user.upheld_at))


def report_line(row: tuple[Report, Rule, User], viewer: Fan | Guest, *, opened: bool) -> ReportLine:
    """A row of `queries.reports_of`, as moderators see it.

    Args:
        opened: whether they have opened the text: reports quote what they are about.
    """
    report, rule, reporter = row
    return ReportLine(
        rule=f"{rule.number}. {rule.title}",
        words=report.words if opened or not report.words else None,
        version=report.post_version,
        reporter=cards.byline(reporter, viewer),
        trust_label=trust_label(reporter, clock.now()),
        at=report.created_at,
    )


def author_line(author: User, decisions: list[Any]) -> AuthorLine:
    """An author's record; `decisions` are those of `queries.decisions_about`."""
    now = clock.now()
    against = [
        decision
        for decision, *_rest in decisions
        if ACTS[decision.act].upholds and decision.reverted_by_id is None
    ]
    sanction = sanction_in_force(author.sanction, author.sanctioned_until, now)
    words = {"suspended": _("suspended"), "banned": _("banned")}
    return AuthorLine(
        name=author.name,
        is_archive=author.is_archive,
        url=url_for("accounts.fan", name=author.name),
        since=author.created_at,
        trust_label=trust_label(author, now),
        theory_count=author.theory_count,
        reply_count=author.reply_count,
        upheld=len(against),
        sanction=words[sanction] if sanction else None,
    )


def history_line(row: Any) -> HistoryLine:
    """A row of `queries.decisions_about`: a decision about the same author, made before."""
    decision, by, post, above, film = row
    about = ""
    if post is not None and decision.act not in ABOUT_ACCOUNTS:
        about = safe_name(post, above, film)
    return HistoryLine(
        at=decision.at,
        sentence=_("%(act)s by %(name)s") % {"act": done(decision.act), "name": by.name},
        about=about,
        url=url_for("moderation.statement", decision_id=decision.id),
        undone=decision.reverted_by_id is not None,
    )


def reports_sentence(count: int) -> str:
    """ "3 reports", or "" for none."""
    return ngettext("%(num)d report", "%(num)d reports", count) % {"num": count} if count else ""


def state_sentence(post: Post) -> str:
    """Where a post is now, for moderators."""
    return {
        "held": _("It waits; only its author and moderators find it."),
        "published": _("It stands."),
        "hidden": _("It is hidden."),
        "removed": _("It is removed."),
        "withdrawn": _("Its author withdrew it."),
        "purged": _("It is purged."),
    }[post.state]
