"""What is posted: questions, theories, replies. Newcomers' may wait for a moderator first.

A form that is sent twice posts once, and leads to the same post.
"""

from flask import current_app

from forum import events
from forum.events import Kind
from forum.films.models import Film
from forum.lib import clock
from forum.lib.database import id_of, session
from forum.lib.ids import next_id
from forum.permissions import (
    Viewer,
    can_open_thread,
    can_post_theory,
    can_reply,
    is_newcomer,
    require,
)
from forum.theories import moving, paths, quotas, screening
from forum.theories.locking import lock_account, locked, locked_row
from forum.theories.models import Post, Reply, Theory, Thread
from forum.theories.twins import sent_already
from forum.theories.writing import Words, keep_revision


def post_thread(film: Film, words: Words, *, by: Viewer, seed_key: str | None = None) -> Thread:
    """Ask a question about `film`'s ending.

    Raises:
        Refused: `by` may not; see `can_open_thread`.
        TooMany: their quota is used up.
    """
    lock_account(by)
    film = session().get_one(Film, film.id, with_for_update=True, populate_existing=True)
    require(can_open_thread(by, film))
    twin = sent_already(Thread, words, by.id, film_id=film.id)
    if twin is not None:
        return twin
    quotas.check(by, "thread", film.id)
    now = clock.now()
    thread = Thread(
        **words.columns(),
        film_id=film.id,
        author_id=by.id,
        seed_key=seed_key,
        created_at=now,
        active_at=now,
        state="held",
        thread_state="held",
        film_state=film.state,
    )
    _add(thread)
    _enter(thread, words, by)
    return thread


def post_theory(thread: Post, words: Words, *, by: Viewer, seed_key: str | None = None) -> Theory:
    """Answer `thread` with a theory.

    Raises:
        Refused: `by` may not; see `can_post_theory`.
        TooMany: their quota is used up.
    """
    thread = locked(thread, by=by)
    require(can_post_theory(by, thread))
    twin = sent_already(Theory, words, by.id, thread_id=thread.id)
    if twin is not None:
        return twin
    quotas.check(by, "theory", thread.film_id)
    theory = Theory(
        **words.columns(),
        kind=words.kind,
        film_id=thread.film_id,
        thread_id=thread.id,
        author_id=by.id,
        seed_key=seed_key,
        created_at=clock.now(),
        state="held",
        film_state=thread.film_state,
        thread_state=thread.state,
    )
    _add(theory)
    _enter(theory, words, by)
    return theory


def post_reply(post: Post, words: Words, *, by: Viewer) -> Reply:
    """Reply to `post`, a theory or a reply.

    Raises:
        Refused: `by` may not; see `can_reply`.
        TooMany: their quota is used up.
    """
    above = locked_row(id_of(post), by=by)
    require(can_reply(by, above))
    is_first = above.type == "theory"
    theory_id = above.id if is_first else above.theory_id
    parent_id = None if is_first else above.id
    twin = sent_already(Reply, words, by.id, theory_id=theory_id, parent_id=parent_id)
    if twin is not None:
        return twin
    quotas.check(by, "reply", above.film_id)
    # Its place holds its id: known before, it is written down once, and as what it becomes.
    reply_id = next_id(Post)
    path, depth = paths.below(None if is_first else above.path, reply_id)
    reply = Reply(
        **words.columns(),
        id=reply_id,
        path=path,
        depth=depth,
        stance=words.stance,
        film_id=above.film_id,
        thread_id=above.thread_id,
        theory_id=theory_id,
        parent_id=parent_id,
        author_id=by.id,
        created_at=clock.now(),
        state="held",
        film_state=above.film_state,
        thread_state=above.thread_state,
        theory_state=above.state if is_first else above.theory_state,
    )
    session().add(reply)
    _enter(reply, words, by)
    return reply


def _add(post: Post) -> None:
    """Give a new post its id."""
    session().add(post)
    session().flush()


def _enter(post: Post, words: Words, by: Viewer) -> None:
    """Put a new post into the forum: published, or held until a moderator has looked at it."""
    post.hold_reason = screening.reason_to_hold(
        is_newcomer=is_newcomer(by, post.film_id),
        approved=by.posts,
        text="\n".join(filter(None, (words.safe_title, words.title, words.body))),
        first_posts=current_app.config["FOYER"].hold_first_posts,
    )
    if post.hold_reason is None:
        moving.publish(post, by=by)
    else:
        events.record(
            Kind.POST_HELD,
            by=by,
            user_id=by.id,
            film_id=post.film_id,
            post_id=post.id,
            codes={"reason": post.hold_reason},
        )
    keep_revision(post)
