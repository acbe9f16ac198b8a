"""The inbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from forum.accounts.sessions import viewer
from forum.accounts.viewers import Fan
from forum.films.models import Film
from forum.lib.addresses import url_for
from forum.lib.answers import onward
from forum.lib.database import unit_of_work
from forum.lib.language import gettext as _
from forum.lib.pages import pager
from forum.moderation.models import Decision
from forum.notifications import operations, queries
from forum.notifications.models import Notice
from forum.permissions import can_find, can_read
from forum.theories import cards
from forum.theories.models import Post

blueprint = Blueprint("notifications", __name__)

NOTICES_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice in the inbox."""

    at: datetime
    sentence: str
    url: str | None
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
        notices=[_line(person, *row) for row in page.items],
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


def _line(
    person: Fan, notice: Notice, post: Post | None, film: Film | None, decision: Decision | None
) -> NoticeLine:
    name = _named(person, post)
    place = film.title if film else ""
    if notice.kind == "reply":
        sentence = _("Somebody replied to you about %(film)s.") % {"film": place}
        url = cards.permalink(post) if post and can_find(person, post) else None
    elif notice.kind in _REPORTS and (decision is None or notice.kind == "report_open"):
        sentence, url = _REPORTS[notice.kind] % {"name": name}, url_for("moderation.standing")
    elif decision is None:
        sentence, url = _("The moderators wrote to you."), None
    elif notice.kind == "decision":
        sentence = _DECIDED[decision.act] % {"name": name, "film": place}
        url = url_for("moderation.statement", decision_id=decision.id)
        if decision.act in _OPENED and post is not None and can_read(person, post):
            url = cards.permalink(post)
    else:
        sentence = _REPORTS[notice.kind] % {"name": name}
        url = url_for("moderation.log", entry=decision.log_seq, _anchor=f"entry-{decision.log_seq}")
    return NoticeLine(notice.at, sentence, url, notice.read_at is None)


_REPORTS = {
    "report_upheld": _("Your report about %(name)s was right: the moderators acted on it."),
    "report_declined": _("The moderators looked at your report about %(name)s, and it stands."),
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
    "suspend": _("Your account is suspended: you can read."),
    "ban": _("Your account is banned: you can read."),
    "ban_and_remove": _("Your account is banned, and what you posted was removed."),
    "lift": _("Your account may write again."),
}


_OPENED = frozenset({"approve", "no_action", "restore", "unlock"})
"""Decisions for the author, who rather goes to the post than to the reasons."""


def _named(person: Fan, post: Post | None) -> str:
    """A post by its title for those who may read it, else by its safe title; a reply as such."""
    if post is None:
        return _("Your account")
    if post.type == "reply":
        return _("a reply")
    title = post.title if can_read(person, post) else post.safe_title
    return _("“%(title)s”") % {"title": title}
