"""A post's way from one state to the next, with the copies of its state and the counts above it."""

from collections import defaultdict

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute

from forum import counters, events
from forum.accounts.models import User
from forum.events import Kind
from forum.films.models import Film
from forum.lib import clock
from forum.lib.database import session, table_of
from forum.lib.together import run_together
from forum.permissions import Viewer
from forum.theories.models import Post, Reply, Revision, Theory, Thread
from forum.theories.writing import stance_counts

_PUBLISHED = {
    "thread": Kind.THREAD_PUBLISHED,
    "theory": Kind.THEORY_PUBLISHED,
    "reply": Kind.REPLY_PUBLISHED,
}

_STIR_THREAD, _STIR_FILM = (
    update(table).where(table.c.id == bindparam(name)).values(active_at=bindparam("now"))
    for table, name in ((table_of(Post), "thread"), (table_of(Film), "film"))
)


class Moves:
    """What the moves of one act change beside the posts themselves: states copied below them, and
    what is counted above.

    Applied at its end, in one order and each row once: of two acts on the same rows the one waits
    for the other, and never each for each.
    """

    def __init__(self) -> None:
        self._states: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._deltas: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def spread(self, post: Post) -> None:
        """Copy a thread's or theory's state onto the posts below it, where permissions read it."""
        if isinstance(post, Thread):
            post.thread_state = post.state
        if not isinstance(post, Reply):
            self._states[post.type, post.state].append(post.id)

    def count(self, row: InstrumentedAttribute[int], id: int, **deltas: int) -> None:
        """Note `deltas` (column name → amount) of the row of ``row``'s table numbered `id`."""
        for name, by in deltas.items():
            self._deltas[_COUNTED.index(row), id][name] += by

    def apply(self) -> None:
        """Write down all that was noted."""
        session().flush()
        for (type, state), ids in sorted(self._states.items()):
            below = update(Post).where(getattr(Post, f"{type}_id").in_(ids))
            session().execute(
                below.values({f"{type}_state": state}),
                execution_options={"synchronize_session": False},
            )
        for (place, id), deltas in sorted(self._deltas.items()):
            counters.apply_delta(_COUNTED[place], id, **deltas)


_COUNTED: tuple[InstrumentedAttribute[int], ...] = (User.id, Post.id, Film.id)
"""Where posts are counted, in the order in which everybody locks."""


def publish(post: Post, *, by: Viewer) -> None:
    """Show a post to everybody for the first time; whatever follows publication follows now.

    Part of an operation that has locked the post and required the right to do so.

    Raises:
        IllegalMove: the post can't be published from where it is.
    """
    post.publish(clock.now())
    moves = Moves()
    moves.spread(post)
    _count(post, 1, moves)
    moves.apply()
    _stir(post)
    events.record(
        _PUBLISHED[post.type],
        by=by,
        user_id=post.author_id,
        film_id=post.film_id,
        post_id=post.id,
    )


def leave(post: Post, state: str, among: Moves | None = None) -> None:
    """Take a post from where it is to `state`; coming back after a removal is one such way.

    Part of an operation that has locked the post and required the right to do so.

    Args:
        among: the moves of an act on many posts, which applies them itself.

    Raises:
        IllegalMove: the post can't go there.
    """
    was_published = post.state == "published"
    post.move_to(state)
    if state == "purged":  # the text must go, and so must what it once was
        session().execute(delete(Revision).where(Revision.post_id == post.id))
    moves = among or Moves()
    moves.spread(post)
    if was_published != (post.state == "published"):
        _count(post, -1 if was_published else 1, moves)
    if among is None:
        moves.apply()


def set_locked(thread: Post, locks: bool) -> None:
    """Close a question to theories, replies, votes and edits, or open it again; all below it too.

    Part of an operation that has locked the post and required the right to do so.
    """
    below = (Post.id == thread.id) | (Post.thread_id == thread.id)
    ids = select(Post.id).where(below).order_by(Post.id)
    session().execute(ids.with_for_update(key_share=True))
    session().execute(update(Post).where(below).values(thread_locked=locks))


def _count(post: Post, by: int, moves: Moves) -> None:
    """Count a post in above (`by` 1), or out of what it no longer belongs to (-1)."""
    shown_votes = 0 if post.blind else post.vote_count
    if isinstance(post, Thread):
        moves.count(User.id, post.author_id, thread_count=by)
        moves.count(Film.id, post.film_id, thread_count=by)
    elif isinstance(post, Theory):
        assert post.thread_id is not None
        votes = by * shown_votes
        moves.count(User.id, post.author_id, theory_count=by)
        moves.count(Post.id, post.thread_id, theory_count=by, vote_count=votes)
        moves.count(Film.id, post.film_id, theory_count=by, vote_count=votes)
    else:
        moves.count(User.id, post.author_id, reply_count=by)
        moves.count(Post.id, post.theory_id or 0, **stance_counts(post, by))


def _stir(post: Post) -> None:
    """Its question and its film are being argued about now."""
    stirred = {"thread": post.thread_id or post.id, "film": post.film_id, "now": clock.now()}
    run_together(stirred, _STIR_THREAD, _STIR_FILM)
