"""A post's way from one state to the next, with the copies of its state and the counts above it."""

from sqlalchemy import delete, update

from forum import counters
from forum.accounts.models import User
from forum.films.models import Film
from forum.lib.database import session
from forum.theories.models import Post, Revision, Theory, Thread
from forum.theories.writing import stance_counts


def leave(post: Post, state: str) -> None:
    """Take a post from where it is to `state`, with the copies of its state and the counts above
    it.

    Part of an operation that has locked the post and required the right to do so.

    Raises:
        IllegalMove: the post can't go there.
    """
    was_published = post.state == "published"
    post.move_to(state)
    if state == "purged":  # the text must go, and so must what it once was
        session().execute(delete(Revision).where(Revision.post_id == post.id))
    session().flush()
    _spread_state(post)
    if was_published != (post.state == "published"):
        _count(post, -1 if was_published else 1)


def _count(post: Post, by: int) -> None:
    """Count a post in above (`by` 1), or out of what it no longer belongs to (-1)."""
    shown_votes = 0 if post.blind else post.vote_count
    if isinstance(post, Thread):
        counters.apply_delta(User.id, post.author_id, thread_count=by)
        counters.apply_delta(Film.id, post.film_id, thread_count=by)
    elif isinstance(post, Theory):
        assert post.thread_id is not None
        votes = by * shown_votes
        counters.apply_delta(User.id, post.author_id, theory_count=by)
        counters.apply_delta(Post.id, post.thread_id, theory_count=by, vote_count=votes)
        counters.apply_delta(Film.id, post.film_id, theory_count=by, vote_count=votes)
    else:
        counters.apply_delta(User.id, post.author_id, reply_count=by)
        counters.apply_delta(Post.id, post.theory_id or 0, **stance_counts(post, by))


def _spread_state(post: Post) -> None:
    """Copy a thread's or theory's state onto the posts below it, where permissions read it."""
    if isinstance(post, Thread):
        post.thread_state = post.state
        below = update(Post).where(Post.thread_id == post.id).values(thread_state=post.state)
    elif isinstance(post, Theory):
        below = update(Post).where(Post.theory_id == post.id).values(theory_state=post.state)
    else:
        return
    session().execute(below, execution_options={"synchronize_session": False})
