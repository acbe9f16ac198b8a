"""What lines of the log are about: words that give nothing away, and that can be erased."""

import hashlib
import secrets

from sqlalchemy import select, update

from forum.accounts.viewers import Guest
from forum.lib.database import session
from forum.lib.language import gettext as _
from forum.moderation.models import LogEntry, LogLabel
from forum.permissions import can_find
from forum.theories.models import Post

AN_ACCOUNT = _("An account")

_BARE = {"thread": _("A question"), "theory": _("A theory"), "reply": _("A reply")}
_WAITED = {
    "thread": _("A question that waited"),
    "theory": _("A theory that waited"),
    "reply": _("A reply that waited"),
}
_PURGED = {
    "thread": _("A question, purged"),
    "theory": _("A theory, purged"),
    "reply": _("A reply, purged"),
}
_STRANGER = Guest()


def new_salt() -> str:
    """A salt of 16 random bytes, in hexadecimal."""
    return secrets.token_hex(16)


def digest(salt: str, text: str) -> str:
    """SHA-256, in hexadecimal, over a salt and a text that may be erased."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def label_of(post: Post, above: Post | None) -> str:
    """What a post is called where everybody reads it: a safe title, never more.

    What nobody has seen yet has no name, and neither has what was purged.

    Args:
        above: the theory that a reply stands under.
    """
    if post.state == "purged":
        return _PURGED[post.type]
    if post.published_at is None:
        return _WAITED[post.type]
    named = above if post.type == "reply" else post
    if named is None or not named.safe_title:
        return _BARE[post.type]
    words = _("A reply under “%(title)s”") if post.type == "reply" else _("“%(title)s”")
    return words % {"title": named.safe_title}


def shown_label(label: LogLabel | None, post: Post | None, above: Post | None) -> str:
    """What a line of the log says now: what was kept with it, unless that was erased or the post is
    no longer for everybody to find.

    Args:
        label: what is kept.
        post: what the line is about; None for an account.
        above: the theory that a reply stands under.
    """
    if post is None:
        return label.text if label is not None and label.text else AN_ACCOUNT
    if not can_find(_STRANGER, post):
        is_named = post.state == "purged" or post.published_at is None
        return label_of(post, above) if is_named else _BARE[post.type]
    if label is not None and label.text is not None:
        return label.text
    return label_of(post, above)


def erase(post: Post) -> None:
    """Forget what earlier lines called `post`, and replies under it after it; part of a decision
    that has locked it."""
    lines = (
        select(LogEntry.seq)
        .join(Post, Post.id == LogEntry.post_id)
        .where((Post.id == post.id) | (Post.theory_id == post.id))
    )
    session().execute(
        update(LogLabel).where(LogLabel.seq.in_(lines)).values(text=None, salt=None),
        execution_options={"synchronize_session": False},
    )
