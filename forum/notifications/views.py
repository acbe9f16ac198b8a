"""The inbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request

from forum.accounts.models import User
from forum.accounts.sessions import viewer
from forum.accounts.viewers import Fan
from forum.films.models import Film
from forum.lib.addresses import url_for
from forum.lib.answers import onward
from forum.lib.database import unit_of_work
from forum.lib.language import day
from forum.lib.language import gettext as _
from forum.lib.pages import pager
from forum.moderation.cards import capital, safe_name
from forum.notifications import operations, queries
from forum.permissions import can_find, can_read
from forum.theories import cards
from forum.theories.models import Post

blueprint = Blueprint("notifications", __name__)

NOTICES_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice in the inbox; following an unread one is an act, for it is read then.

    `film` is None where the sentence names it, `rule` where none was cited.
    """

    at: datetime
    sentence: str
    film: str | None
    rule: int | None
    url: str | None
    open_action: str | None
    unread: bool


@blueprint.get("/inbox")
def inbox() -> Any:
    """What one is told: replies, and what moderators decided."""
    person = viewer()
    if not isinstance(person, Fan):
        return redirect(url_for("accounts.login", next=url_for("notifications.inbox")), 303)
    page = queries.inbox(person.id, request.args.get("after"), NOTICES_A_PAGE)
    return render_template(
        "notifications/inbox.html",
        section="inbox",
        notices=[_line(person, row) for row in page.items],
        unread=person.unread,
        mark_action=url_for("notifications.mark_read"),
        pager=pager(page.next),
    )


@blueprint.post("/inbox/read")
def mark_read() -> Response:
    """Mark all as read."""
    with unit_of_work():
        operations.mark_read(by=viewer())
    return onward(url_for("notifications.inbox"), said="notices-read")


@blueprint.post("/inbox/<int:notice_id>")
def open_notice(notice_id: int) -> Response:
    """Follow a notice to what it is about; from then on it is read."""
    person = viewer()
    if not isinstance(person, Fan):
        return onward(url_for("accounts.login", next=url_for("notifications.inbox")))
    row = queries.noticed(notice_id, person.id)
    if row is None:
        abort(404)
    _sentence, url = _told(person, row)
    with unit_of_work():
        operations.open_notice(row[0], by=person)
    return onward(url or url_for("notifications.inbox"))


def _line(person: Fan, row: Any) -> NoticeLine:
    notice, _post, _above, film, decision, *_rest = row
    sentence, url = _told(person, row)
    is_new = notice.read_at is None
    return NoticeLine(
        at=notice.at,
        sentence=sentence,
        film=film.title if film is not None and film.title not in sentence else None,
        rule=decision.rule_number if decision is not None else None,
        url=url,
        open_action=url_for("notifications.open_notice", notice_id=notice.id) if is_new else None,
        unread=is_new,
    )


def _told(person: Fan, row: Any) -> tuple[str, str | None]:
    """What a notice says, and where it leads; `row` is one of `queries.inbox`."""
    notice, post, above, film, decision, undone, author = row
    if post is None:
        return _("The moderators wrote to you."), None
    if notice.kind == "reply":
        url = cards.permalink(post) if can_find(person, post) else None
        return _answered(person, author, above, film), url
    if notice.kind == "decision":
        name = capital(_own_name(person, post, above, film))
        url = url_for("moderation.statement", decision_id=decision.id)
        if decision.act in _OPENED and not decision.reasons and can_read(person, post):
            url = cards.permalink(post)
        until = day(decision.until) if decision.until is not None else ""
        words = {"name": name, "film": film.title, "until": until}
        return _DECIDED[decision.act] % words, url
    line = url_for("moderation.standing")
    if decision is not None and notice.kind != "report_open":
        seq = decision.log_seq
        line = url_for("moderation.log", entry=seq, _anchor=f"entry-{seq}")
    said = _REPORTED[notice.kind]
    # That something was hidden until somebody had looked was no answer to a report.
    is_undoing = decision is not None and bool(undone or decision.act == "restore")
    if notice.kind == "report_declined" and is_undoing and undone != "hide":
        said = _("What your report about %(name)s led to was undone: what you reported stands.")
    return said % {"name": safe_name(post, above, film)}, line


def _answered(person: Fan, author: User, above: Post, film: Film) -> str:
    """Who replied, and under which theory: by its safe title, if it can be found at all."""
    if can_find(person, above):
        words = {"name": author.name, "title": above.safe_title}
        return _("%(name)s replied to you under “%(title)s”.") % words
    return _("%(name)s replied to you about %(film)s.") % {"name": author.name, "film": film.title}


def _own_name(person: Fan, post: Post, above: Post | None, film: Film) -> str:
    """What one's own post is called: by its title while one may read it, else safely."""
    if post.type == "reply" and above is not None and (title := _title(person, above)):
        return _("your reply under %(title)s") % {"title": title}
    return _title(person, post) or safe_name(post, above, film, own=True)


def _title(person: Fan, post: Post) -> str:
    """The title of a question or theory in quotes, the safe one while the seal is on; "" if it has
    none or isn't found."""
    if not can_find(person, post):
        return ""
    title = post.title if can_read(person, post) else post.safe_title
    return _("“%(title)s”") % {"title": title} if title else ""


_REPORTED = {
    "report_upheld": _("Your report about %(name)s was right: the moderators acted on it."),
    "report_declined": _("The moderators looked at %(name)s, as you asked, and it stands."),
    "report_moot": _("What you reported, %(name)s, was taken down by its author."),
    "report_open": _("A decision was undone: moderators look at %(name)s, as you asked, again."),
}

_DECIDED = {
    "approve": _("%(name)s is approved: everybody who has seen %(film)s can read it."),
    "no_action": _("The moderators looked at %(name)s, and it stands."),
    "hide": _("%(name)s is hidden for now."),
    "remove": _("%(name)s was removed."),
    "restore": _("%(name)s is restored."),
    "refuse": _("Your change of %(name)s was refused; the version before stands."),
    "lock": _("%(name)s is locked."),
    "unlock": _("%(name)s is open again."),
    "retitle": _("%(name)s has another safe title."),
    "purge": _("%(name)s was removed for good."),
    "suspend": _("Your account is suspended until %(until)s: you can read."),
    "ban": _("Your account is banned: you can read."),
    "ban_and_remove": _("Your account is banned, and what you posted was removed."),
    "lift": _("Your account may write again."),
}


_OPENED = frozenset({"approve", "no_action", "restore", "unlock"})
"""Decisions for the author, who goes to the post where no reasons were given."""
