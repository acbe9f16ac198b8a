"""How a post gets another text: by its author, or when a change that was held is approved."""

from sqlalchemy import delete, update

from forum import counters, events
from forum.events import Kind
from forum.lib import clock
from forum.lib.database import session
from forum.permissions import Viewer
from forum.theories.models import PendingRevision, Post
from forum.theories.writing import Words, keep_revision


def put_text(post: Post, words: Words, *, by: Viewer) -> None:
    """Make `words` what `post` says, as its next version.

    Part of an operation that has locked the post and required the right to do so.
    """
    if post.stance != words.stance:
        counters.apply_delta(Post.id, post.theory_id or 0, **_stance_change(post, words))
    for name, value in words.columns().items():
        setattr(post, name, value)
    post.kind, post.stance = words.kind, words.stance
    if post.published_at is not None:  # what nobody had read was not edited for anybody
        post.edited_at = clock.now()
        post.votes_before_edit = post.vote_count
    post.version += 1
    keep_revision(post)
    events.record(
        Kind.POST_REVISED,
        by=by,
        user_id=post.author_id,
        film_id=post.film_id,
        post_id=post.id,
        codes={"version": post.version},
    )


def put_safe_title(post: Post, safe_title: str, *, by: Viewer) -> None:
    """Make `safe_title` that of `post`, as its next version: a form that was open before is
    outdated. A change that waits and leaves the safe title alone takes the new one along.

    Part of an operation that has locked the post and required the right to do so.
    """
    session().execute(
        update(PendingRevision)
        .where(PendingRevision.post_id == post.id, PendingRevision.safe_title == post.safe_title)
        .values(safe_title=safe_title)
    )
    post.safe_title = safe_title
    post.version += 1
    keep_revision(post, by_id=by.id)


def drop_pending(post: Post) -> None:
    """Forget the change of `post` that waits, if there is one."""
    session().execute(delete(PendingRevision).where(PendingRevision.post_id == post.id))


def _stance_change(reply: Post, words: Words) -> dict[str, int]:
    counted = ("supports", "challenges")
    deltas = {f"{stance}_count": 0 for stance in counted}
    if reply.stance in counted:
        deltas[f"{reply.stance}_count"] -= 1
    if words.stance in counted:
        deltas[f"{words.stance}_count"] += 1
    return deltas if reply.state == "published" else {}
