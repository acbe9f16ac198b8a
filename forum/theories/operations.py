"""What is posted: questions, theories, replies."""

from sqlalchemy import update

from forum import counters, events
from forum.accounts.models import User
from forum.events import Kind
from forum.films.models import Film
from forum.lib import clock
from forum.lib.database import session
from forum.permissions import (
    Viewer,
    can_open_thread,
    can_post_theory,
    can_reply,
    require,
)
from forum.theories import paths, quotas
from forum.theories.locking import lock_account, locked
from forum.theories.models import Post, Reply, Theory, Thread
from forum.theories.writing import Words, keep_revision, stance_counts


def post_thread(film: Film, words: Words, *, by: Viewer, seed_key: str | None = None) -> Thread:
    """Ask a question about `film`'s ending.

    Raises:
        Refused: `by` may not; see `can_open_thread`.
        TooMany: their quota is used up.
    """
    lock_account(by)
    film = session().get_one(Film, film.id, with_for_update=True, populate_existing=True)
    require(can_open_thread(by, film))
    quotas.check(by, "thread")
    now = clock.now()
    thread = Thread(
        **words.columns(), film_id=film.id, author_id=by.id, seed_key=seed_key, created_at=now
    )
    thread.state, thread.film_state, thread.thread_state = "held", film.state, "published"
    thread.active_at = now
    _publish(thread, by)
    counters.apply_delta(User.id, by.id, thread_count=1)
    film.thread_count += 1
    film.active_at = now
    events.record(Kind.THREAD_PUBLISHED, by=by, film_id=film.id, post_id=thread.id)
    return thread


def post_theory(thread: Post, words: Words, *, by: Viewer, seed_key: str | None = None) -> Theory:
    """Answer `thread` with a theory.

    Raises:
        Refused: `by` may not; see `can_post_theory`.
        TooMany: their quota is used up.
    """
    thread = locked(thread, by=by)
    require(can_post_theory(by, thread))
    quotas.check(by, "theory")
    now = clock.now()
    theory = Theory(
        **words.columns(),
        kind=words.kind,
        film_id=thread.film_id,
        thread_id=thread.id,
        author_id=by.id,
        seed_key=seed_key,
        created_at=now,
    )
    theory.state = "held"
    theory.film_state, theory.thread_state = thread.film_state, thread.state
    _publish(theory, by)
    counters.apply_delta(User.id, by.id, theory_count=1)
    _grow(thread, theory_count=1)
    events.record(
        Kind.THEORY_PUBLISHED, by=by, user_id=by.id, film_id=thread.film_id, post_id=theory.id
    )
    return theory


def post_reply(post: Post, words: Words, *, by: Viewer) -> Reply:
    """Reply to `post`, a theory or a reply.

    Raises:
        Refused: `by` may not; see `can_reply`.
        TooMany: their quota is used up.
    """
    post = locked(post, by=by)
    require(can_reply(by, post))
    quotas.check(by, "reply")
    now = clock.now()
    is_first = isinstance(post, Theory)
    reply = Reply(
        **words.columns(),
        stance=words.stance,
        film_id=post.film_id,
        thread_id=post.thread_id,
        theory_id=post.id if is_first else post.theory_id,
        parent_id=None if is_first else post.id,
        author_id=by.id,
        created_at=now,
    )
    reply.state, reply.film_state = "held", post.film_state
    reply.thread_state = post.thread_state
    reply.theory_state = post.state if is_first else post.theory_state
    reply.path = paths.provisional()  # its place holds its own id, which the database gives
    _publish(reply, by)
    reply.path, reply.depth = paths.below(None if is_first else post.path, reply.id)
    counters.apply_delta(User.id, by.id, reply_count=1)
    assert reply.theory_id is not None
    counters.apply_delta(Post.id, reply.theory_id, **stance_counts(reply, 1))
    assert reply.thread_id is not None
    session().execute(
        update(Post).where(Post.id == reply.thread_id).values(active_at=now),
        execution_options={"synchronize_session": False},
    )
    session().execute(
        update(Film).where(Film.id == reply.film_id).values(active_at=now),
        execution_options={"synchronize_session": False},
    )
    events.record(Kind.REPLY_PUBLISHED, by=by, film_id=reply.film_id, post_id=reply.id)
    return reply


def _publish(post: Post, by: Viewer) -> None:
    post.publish(clock.now())
    if isinstance(post, Thread):
        post.thread_state = post.state
    session().add(post)
    session().flush()
    keep_revision(post, by)


def _grow(thread: Post, *, theory_count: int) -> None:
    now = clock.now()
    thread.theory_count += theory_count
    thread.active_at = now
    session().execute(
        update(Film)
        .where(Film.id == thread.film_id)
        .values(theory_count=Film.theory_count + theory_count, active_at=now),
        execution_options={"synchronize_session": False},
    )
