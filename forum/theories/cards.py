"""Questions and authors as pages show them, and the addresses of posts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from forum.accounts.models import User
from forum.lib import text
from forum.lib.addresses import url_for
from forum.lib.language import gettext as _
from forum.lib.language import ngettext
from forum.permissions import Viewer, can_read, can_report, can_review, is_newcomer
from forum.theories.models import Post

_slug = lru_cache(maxsize=4096)(text.slug)


class Byline(NamedTuple):
    """Who wrote something."""

    name: str
    url: str | None
    is_archive: bool
    is_viewer: bool


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A question in a list; `title` is None while the film is sealed."""

    id: int
    url: str
    safe_title: str
    title: str | None
    theory_count: int
    vote_count: int
    last_activity_at: datetime | None
    pinned: bool
    locked: bool
    tombstone: str | None
    tombstone_url: str | None
    report_url: str | None


def address(post: Post) -> str:
    """Where a thread or theory is shown; the words in it come from the safe title."""
    endpoint = "theories.thread" if post.type == "thread" else "theories.theory"
    return url_for(endpoint, post_id=post.id, slug=_slug(post.safe_title or "") or post.type)


def permalink(post: Post) -> str:
    """An address that leads to `post` wherever it stands."""
    return url_for("theories.post", post_id=post.id)


@dataclass(frozen=True, slots=True)
class Held:
    """Why a post waits for a moderator, and how long that usually takes."""

    reason: str
    usual_wait: str


def held_words(post: Post, usual_wait: timedelta | None) -> Held | None:
    """What the author of a held post, and moderators, read above it; None if it isn't held.

    Args:
        usual_wait: the median of late; None if too few were decided to say.
    """
    if post.state != "held":
        return None
    reason = (
        _("Links by newcomers are looked at before others can follow them.")
        if post.hold_reason == "link"
        else _("The first posts of a newcomer are looked at before others can read them.")
    )
    meanwhile = _("You hear of it in your inbox, and can still edit or withdraw it.")
    return Held(reason, f"{wait_words(usual_wait)} {meanwhile}")


def wait_words(usual_wait: timedelta | None) -> str:
    """How long it takes until a moderator has looked, as a sentence.

    Args:
        usual_wait: the median of late; None if too few were decided to say.
    """
    if usual_wait is None:
        return _("The moderators mean to look within a day.")
    minutes = max(1, round(usual_wait.total_seconds() / 60))
    if minutes >= 90:
        hours = round(minutes / 60)
        took = ngettext("%(num)d hour", "%(num)d hours", hours) % {"num": hours}
    else:
        took = ngettext("%(num)d minute", "%(num)d minutes", minutes) % {"num": minutes}
    return _("At present that takes about %(time)s.") % {"time": took}


def will_wait(
    viewer: Viewer, film_id: int, first_posts: int, usual_wait: Callable[[], timedelta | None]
) -> str:
    """What a newcomer reads before they send something about a film that will wait; "" for
    everybody else.

    Args:
        first_posts: how many posts of a newcomer are held.
        usual_wait: asks for the median of late.
    """
    if viewer.is_guest or not is_newcomer(viewer, film_id):
        return ""
    if viewer.posts >= first_posts:
        return _("You are new here: with a link in it, it waits for a moderator first.")
    return _("You are new here: what you post waits for a moderator first.") + (
        f" {wait_words(usual_wait())}"
    )


def change_will_wait(post: Post, viewer: Viewer) -> str:
    """What a newcomer reads before they change what stands; "" for everybody else."""
    if post.state != "published" or not is_newcomer(viewer, post.film_id):
        return ""
    return _("You are new here: a new link, or a large change, waits for a moderator first.")


@dataclass(frozen=True, slots=True)
class Pending:
    """A change of one's own that waits, and what can be done with it meanwhile."""

    sentence: str
    edit_url: str
    withdraw_url: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A post of one's own, or a change of it, that waits for a moderator."""

    label: str
    url: str
    what: str
    film: str
    since: datetime


def type_words(type: str) -> str:
    """What a post of that type is: "a question", "a theory" or "a reply"."""
    return {"thread": _("a question"), "theory": _("a theory"), "reply": _("a reply")}[type]


def waiting_line(post: Post, above: Post | None, film_title: str) -> WaitingLine:
    """A row of `waiting.waiting_of`, for the author of `post`."""
    changes = {
        "thread": _("a change of a question"),
        "theory": _("a change of a theory"),
        "reply": _("a change of a reply"),
    }
    label = post.title or (above.safe_title if above is not None else None)
    return WaitingLine(
        label=label or film_title,
        url=permalink(post),
        what=type_words(post.type) if post.state == "held" else changes[post.type],
        film=film_title,
        since=post.created_at,
    )


def pending(post: Post) -> Pending:
    """What the author of `post` reads of their change that waits."""
    return Pending(
        sentence=_("Your change waits for a moderator; until then the version before shows."),
        edit_url=url_for("theories.edit", post_id=post.id),
        withdraw_url=url_for("theories.withdraw_change", post_id=post.id),
    )


def byline(author: User, viewer: Viewer) -> Byline:
    """Who wrote something, as `viewer` sees it."""
    return Byline(
        name=author.name,
        url=url_for("accounts.fan", name=author.name),
        is_archive=author.is_archive,
        is_viewer=author.id == viewer.id,
    )


def tombstone(post: Post) -> str | None:
    """What stands where a post was taken down; None while it stands."""
    if post.state == "withdrawn":
        return _("Withdrawn by its author.")
    if post.state == "removed":
        if post.removed_under:
            return _("Removed by the moderators, by rule %(rule)d.") % {"rule": post.removed_under}
        return _("Removed by the moderators.")
    if post.state == "hidden":
        return _("Hidden until the moderators have looked at it.")
    return None


def thread_line(thread: Post, viewer: Viewer) -> ThreadLine:
    """`thread` in a list."""
    return ThreadLine(
        id=thread.id,
        url=address(thread),
        safe_title=thread.safe_title or _("A question that was erased"),
        title=thread.title if can_read(viewer, thread) else None,
        theory_count=thread.theory_count,
        vote_count=thread.vote_count,
        last_activity_at=thread.active_at,
        pinned=thread.pinned,
        locked=thread.thread_locked,
        tombstone=tombstone(thread),
        tombstone_url=log_line(thread),
        report_url=report_url(thread, viewer),
    )


def report_url(post: Post, viewer: Viewer) -> str | None:
    """Where a post is reported; None where it can't be, or a tombstone stands (guests are asked to
    log in there)."""
    if tombstone(post) is not None:
        return None
    verdict = can_report(viewer, post)
    if verdict or verdict.code == "guest":
        return url_for("moderation.compose_report", post_id=post.id)
    return None


def moderate_url(post: Post, author: User, viewer: Viewer) -> str | None:
    """Where a moderator opens a case about a post."""
    if not can_review(viewer, post, author):
        return None
    return url_for("moderation.open_case", post_id=post.id)


def log_line(post: Post) -> str | None:
    """The line of the public log that a tombstone leads to."""
    if post.state not in ("removed", "hidden") or post.log_seq is None:
        return None
    return url_for("moderation.log", entry=post.log_seq, _anchor=f"entry-{post.log_seq}")
