"""Reads about posts: what a viewer finds, in which order."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, case, func, select

from forum.accounts.models import User
from forum.films.models import Film
from forum.lib.database import session
from forum.lib.paging import Keyset, Page
from forum.permissions import Viewer, findable_by, readable_by
from forum.theories.models import Draft, PendingRevision, Post, Revision

Authored = tuple[Post, User]
"""A post with its author."""

THEORIES_A_PAGE = 25
REPLIES_A_PAGE = 50
CANDIDATES = 20

# The number of votes breaks no tie: blind theories of a film tie all, and neither their order nor
# the cursor in an address may give it away. Theories with open figures tie only where it is equal.
ORDERS = {
    "best": Keyset((Post.best, "desc"), (Post.id, "asc")),
    "hot": Keyset((Post.hot, "desc"), (Post.id, "asc")),
    "new": Keyset((Post.published_at, "desc"), (Post.id, "desc")),
    "divisive": Keyset((Post.divisive, "desc"), (Post.id, "asc")),
}
_REPLIES = Keyset((Post.path, "asc"), (Post.id, "asc"))
_LATEST = Keyset(
    (Post.id, "desc"),
)

# A number that no post can have; ids in addresses beyond it are not even asked for.
_LARGEST_ID = 2**31 - 1


def post_with_id(post_id: int) -> Post | None:
    """The post numbered `post_id`, in whatever state."""
    if not 0 < post_id <= _LARGEST_ID:
        return None
    return session().scalar(select(Post).where(Post.id == post_id))


def authored(post_id: int) -> Authored | None:
    """The post numbered `post_id` with its author, in one statement."""
    if not 0 < post_id <= _LARGEST_ID:
        return None
    row = session().execute(_with_author().where(Post.id == post_id)).first()
    return None if row is None else (row[0], row[1])


def threads_of(film_id: int, viewer: Viewer, most: int = 100) -> list[Authored]:
    """The questions about a film that `viewer` finds: pinned first, then by activity."""
    return _all(
        _with_author()
        .where(Post.film_id == film_id, Post.type == "thread", findable_by(viewer, Post))
        .order_by(Post.pinned.desc(), Post.active_at.desc(), Post.id)
        .limit(most)
    )


def leading_theories(film_id: int, each: int) -> dict[int, list[Authored]]:
    """The best published theories of a film's threads, by thread: at most `each`; one statement."""
    place = func.row_number().over(
        partition_by=Post.thread_id,
        order_by=(Post.best.desc(), Post.id),
    )
    ranked = (
        select(Post.id, place.label("place"))
        .where(Post.film_id == film_id, Post.type == "theory", Post.state == "published")
        .subquery()
    )
    rows = _all(
        _with_author()
        .join(ranked, ranked.c.id == Post.id)
        .where(ranked.c.place <= each)
        .order_by(Post.thread_id, ranked.c.place)
    )
    leading: dict[int, list[Authored]] = {}
    for theory, author in rows:
        leading.setdefault(theory.thread_id or 0, []).append((theory, author))
    return leading


def theories_of(thread_id: int, viewer: Viewer, order: str, cursor: str | None) -> Page[Authored]:
    """One page of a thread's theories with their authors.

    Args:
        order: a key of `ORDERS`. Under "divisive" only theories with ten votes or more appear.
        cursor: see `Keyset.page`.
    """
    statement = _with_author().where(
        Post.thread_id == thread_id, Post.type == "theory", findable_by(viewer, Post)
    )
    if order == "divisive":
        statement = statement.where(Post.divisive.is_not(None))
    return _page(ORDERS[order], statement, cursor, THEORIES_A_PAGE)


def needing_votes(thread_id: int, fewer_than: int) -> list[Authored]:
    """Published theories of a thread with the fewest votes: candidates for the places kept for
    them. A blind theory counts as one without votes."""
    open_votes = case((Post.blind, 0), else_=Post.vote_count)
    return _all(
        _with_author()
        .where(
            Post.thread_id == thread_id,
            Post.type == "theory",
            Post.state == "published",
            open_votes < fewer_than,
        )
        .order_by(open_votes, Post.id)
        .limit(CANDIDATES)
    )


def convinced_votes(thread_id: int) -> list[Row[Any]]:
    """Id, title, safe title, convinced votes and blindness of a thread's published theories, the
    best first; at most 100."""
    return list(
        session().execute(
            select(Post.id, Post.title, Post.safe_title, Post.ups, Post.blind)
            .where(Post.thread_id == thread_id, Post.type == "theory", Post.state == "published")
            .order_by(Post.best.desc(), Post.id)
            .limit(100)
        )
    )


def replies_to(
    theory_id: int, viewer: Viewer, stance: str | None, cursor: str | None
) -> Page[Authored]:
    """One page of the replies below a theory, in reading order, with their authors.

    Args:
        stance: only replies that take it; None for all.
        cursor: see `Keyset.page`.
    """
    statement = _with_author().where(Post.theory_id == theory_id, findable_by(viewer, Post))
    if stance:
        statement = statement.where(Post.stance == stance)
    return _page(_REPLIES, statement, cursor, REPLIES_A_PAGE)


def page_start(reply: Post, viewer: Viewer) -> str | None:
    """The cursor of the page of replies on which `reply` stands; None for the first."""
    assert reply.path is not None
    above = select(Post).where(
        Post.theory_id == reply.theory_id, Post.path < reply.path, findable_by(viewer, Post)
    )
    count = session().scalars(select(func.count()).select_from(above.subquery())).one()
    first = count // REPLIES_A_PAGE * REPLIES_A_PAGE
    if not first:
        return None
    last_before = session().scalars(above.order_by(Post.path).offset(first - 1).limit(1)).one()
    return _REPLIES.cursor(last_before)


def theories_by(author_id: int, viewer: Viewer, cursor: str | None, size: int) -> Page[Authored]:
    """The theories of one account that `viewer` finds published, the latest first."""
    statement = _with_author().where(
        Post.author_id == author_id,
        Post.type == "theory",
        Post.state == "published",
        findable_by(viewer, Post),
    )
    return _page(_LATEST, statement, cursor, size)


def readable_posts(post_ids: Iterable[int], viewer: Viewer) -> dict[int, Post]:
    """Those of some posts that `viewer` may read, by id."""
    wanted = set(post_ids)
    if not wanted:
        return {}
    rows = session().scalars(select(Post).where(Post.id.in_(wanted), readable_by(viewer, Post)))
    return {post.id: post for post in rows}


def posts_with(post_ids: Iterable[int]) -> dict[int, Post]:
    """Some posts by id, in whatever state."""
    wanted = set(post_ids)
    if not wanted:
        return {}
    return {post.id: post for post in session().scalars(select(Post).where(Post.id.in_(wanted)))}


def revisions_of(post_id: int) -> list[Revision]:
    """What a post has said, the latest first; at most 200."""
    return list(
        session().scalars(
            select(Revision)
            .where(Revision.post_id == post_id)
            .order_by(Revision.number.desc())
            .limit(200)
        )
    )


def revision_of(post_id: int, number: int) -> Revision | None:
    """One version of what a post has said."""
    return session().scalar(
        select(Revision).where(Revision.post_id == post_id, Revision.number == number)
    )


def has_pending(post_id: int) -> bool:
    """Whether a change of a post waits for a moderator."""
    return session().get(PendingRevision, post_id) is not None


def drafts_of(user_id: int) -> list[Draft]:
    """An account's drafts, the latest saved first; at most 200."""
    return list(
        session().scalars(
            select(Draft)
            .where(Draft.user_id == user_id)
            .order_by(Draft.saved_at.desc(), Draft.id)
            .limit(200)
        )
    )


def draft_for(user_id: int, kind: str, target_id: int) -> Draft | None:
    """The draft that an account keeps for one place."""
    return session().scalar(
        select(Draft).where(
            Draft.user_id == user_id, Draft.kind == kind, Draft.target_id == target_id
        )
    )


def _with_author() -> Any:
    return select(Post, User).join(User, User.id == Post.author_id)


def _all(statement: Any) -> list[Authored]:
    return [(post, author) for post, author in session().execute(statement)]


def _page(order: Keyset, statement: Any, cursor: str | None, size: int) -> Page[Authored]:
    return order.page(statement, cursor, size, fetch=_all, row_of=lambda pair: pair[0])


def thread_and_film(thread_id: int) -> tuple[Post, Film]:
    """A thread, which exists, and its film; one statement."""
    row = session().execute(
        select(Post, Film).join(Film, Film.id == Post.film_id).where(Post.id == thread_id)
    )
    thread, film = row.one()
    return thread, film
