"""Questions and authors as pages show them, and the addresses of posts."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from flask import url_for

from forum.accounts.models import User
from forum.lib import text
from forum.lib.language import gettext as _
from forum.permissions import Viewer, can_read
from forum.theories.models import Post

_slug = lru_cache(maxsize=4096)(text.slug)


@dataclass(frozen=True, slots=True)
class Byline:
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


def address(post: Post) -> str:
    """Where a thread or theory is shown; the words in it come from the safe title."""
    endpoint = "theories.thread" if post.type == "thread" else "theories.theory"
    return url_for(endpoint, post_id=post.id, slug=_slug(post.safe_title or "") or post.type)


def permalink(post: Post) -> str:
    """An address that leads to `post` wherever it stands."""
    return url_for("theories.post", post_id=post.id)


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
        return _("Removed by the moderators.")
    if post.state == "hidden":
        return _("Hidden until the moderators have looked at it.")
    if post.state == "held":
        return _("Waits for the moderators; only you and they can find it.")
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
    )
