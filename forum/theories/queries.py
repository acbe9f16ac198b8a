"""Reads about posts: what a viewer finds, in which order."""

from collections.abc import Iterable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.films.models import Film
from forum.films.queries import FILM
from forum.lib.addresses import LARGEST_ID
from forum.lib.columns import Columns
from forum.lib.database import run, session
from forum.lib.logic import ANYONE, asked_by
from forum.lib.paging import Keyset, Page
from forum.lib.tops import top_of_each
from forum.permissions import Viewer, findable_by, readable_by
from forum.theories.models import NEEDY, OPEN_VOTES, THEORY, THREAD, Post

_UNSHOWN = ("body", "seed_key", "renderer", "ups_weight", "downs_weight")
POST, CARD = Columns(Post, without=_UNSHOWN), Columns(Post, without=(*_UNSHOWN, "html"))
"""What a post's own page shows of it, and what a card does: the text itself may be long."""

AUTHOR = Columns(User, only=("id", "name", "role", "is_archive"))

Authored = tuple[Post, User]
"""A post with its author: rows with the names of both, where only pages ask."""

Theory = tuple[Post, User, Post, Film]
"""A theory with its author, the question that it answers, and the film: rows, as above."""

THREADS_A_PAGE = 50
THEORIES_A_PAGE = 25
REPLIES_A_PAGE = 50
CANDIDATES = 20

# The number of votes breaks no tie: blind theories of a film tie all, and neither their order nor
# the cursor in an address may give it away. Theories with open figures tie only where it is equal.
ORDERS = {
    "best": Keyset((Post.best, "desc"), (Post.id, "asc")),
    "hot": Keyset((Post.hot, "desc"), (Post.id, "asc")),
    "new": Keyset((Post.placed_at, "desc"), (Post.id, "desc")),
    "divisive": Keyset((Post.divisive, "desc"), (Post.id, "asc")),
}
_BY_ACTIVITY = Keyset((Post.pinned, "desc"), (Post.active_at, "desc"), (Post.id, "asc"))
_IN_READING_ORDER = Keyset((Post.path, "asc"), (Post.id, "asc"))
_LATEST = Keyset(
    (Post.id, "desc"),
)

# Statements of the pages that are read most are built once: building one costs as much as SQLite
# takes to answer it.
_POST = select(Post).where(Post.id == bindparam("id"))
_AUTHORED = select(Post, User).join(User, User.id == Post.author_id)
_AUTHORED_BY_ID = _AUTHORED.where(Post.id == bindparam("id"))
_AUTHOR_AND_THEORY: Any = (
    select(*CARD, *AUTHOR)
    .select_from(User)
    .join(Post, Post.id == bindparam("theory_id"))
    .where(User.id == bindparam("author_id"))
)
_THREAD_AND_FILM = (
    select(Post, Film).join(Film, Film.id == Post.film_id).where(Post.id == bindparam("id"))
)


def _with_author(of_post: Columns, *more: Any) -> Any:
    chosen: Any = select(*of_post, *AUTHOR, *more)
    return chosen.select_from(Post).join(User, User.id == Post.author_id)


_question = aliased(Post)
_ASKED = (
    _with_author(POST, *FILM).join(Film, Film.id == Post.film_id).where(Post.id == bindparam("id"))
)
_THEORY = (
    _with_author(POST, *CARD.of(_question), *FILM)
    .join(_question, _question.id == Post.thread_id)
    .join(Film, Film.id == Post.film_id)
    .where(Post.id == bindparam("id"), Post.type == "theory")
)
_CARDS = _with_author(CARD)


@cache
def _threads(size: int, *, later: bool) -> Any:
    found = _CARDS.where(
        Post.film_id == bindparam("film_id"), Post.type == THREAD, findable_by(ANYONE, Post)
    )
    return _BY_ACTIVITY.limited(found, size, later=later)


@cache
def _theories(order: str, *, later: bool) -> Any:
    found = _CARDS.where(
        Post.thread_id == bindparam("thread_id"), Post.type == THEORY, findable_by(ANYONE, Post)
    )
    if order == "divisive":
        found = found.where(Post.divisive.is_not(None))
    return ORDERS[order].limited(found, THEORIES_A_PAGE, later=later)


@cache
def _replies(*, by_stance: bool, later: bool) -> Any:
    found = _with_author(POST).where(
        Post.theory_id == bindparam("theory_id"), findable_by(ANYONE, Post)
    )
    if by_stance:
        found = found.where(Post.stance == bindparam("stance"))
    return _IN_READING_ORDER.limited(found, REPLIES_A_PAGE, later=later)


@cache
def _leading(dialect: str) -> Any:
    thread, theory = aliased(Post), aliased(Post)
    first = (
        select(theory.id)
        .where(theory.thread_id == thread.id, theory.type == THEORY, theory.state == "published")
        .order_by(theory.best.desc(), theory.id)
        .limit(bindparam("each"))
        .correlate(thread)
    )
    return (
        top_of_each(dialect, thread, Post, first, select(*CARD, *AUTHOR))
        .join(User, User.id == Post.author_id)
        .where(thread.id.in_(bindparam("thread_ids", expanding=True)))
        .order_by(Post.thread_id, Post.best.desc(), Post.id)
    )


_NEEDING_VOTES = (
    _CARDS.where(Post.thread_id == bindparam("thread_id"), text(NEEDY))
    .order_by(text(OPEN_VOTES), Post.id)
    .limit(CANDIDATES)
)


def post_with_id(post_id: int) -> Post | None:
    """The post numbered `post_id`, in whatever state."""
    if not 0 < post_id <= LARGEST_ID:
        return None
    return session().scalar(_POST, {"id": post_id})


def authored(post_id: int) -> Authored | None:
    """The post numbered `post_id` with its author, in one statement."""
    if not 0 < post_id <= LARGEST_ID:
        return None
    row = session().execute(_AUTHORED_BY_ID, {"id": post_id}).first()
    return None if row is None else (row[0], row[1])


def author_and_theory(reply: Post) -> Authored:
    """The author of a reply, and the theory that it stands under with its present counts; one
    statement."""
    given = {"author_id": reply.author_id, "theory_id": reply.theory_id}
    ((theory, author),) = run(_AUTHOR_AND_THEORY, given, CARD, AUTHOR)
    return theory, author


def asked(thread_id: int) -> tuple[Post, User, Film] | None:
    """The post numbered `thread_id` with its author and its film, in one statement."""
    if not 0 < thread_id <= LARGEST_ID:
        return None
    found = run(_ASKED, {"id": thread_id}, POST, AUTHOR, FILM)
    return found[0] if found else None


def theory(theory_id: int) -> Theory | None:
    """The theory numbered `theory_id`, in whatever state; one statement."""
    if not 0 < theory_id <= LARGEST_ID:
        return None
    found = run(_THEORY, {"id": theory_id}, POST, AUTHOR, CARD, FILM)
    return found[0] if found else None


def threads_of(
    film_id: int, viewer: Viewer, cursor: str | None = None, size: int = THREADS_A_PAGE
) -> Page[Authored]:
    """One page of the questions about a film that `viewer` finds: pinned first, then by activity.

    Args:
        cursor: see `Keyset.page`.
        size: questions a page.
    """
    place = _BY_ACTIVITY.given(cursor)
    given = {"film_id": film_id, **asked_by(viewer), **place}
    found = run(_threads(size, later=bool(place)), given, CARD, AUTHOR)
    return _BY_ACTIVITY.cut(found, size, itemgetter(0))


def leading_theories(each: int, thread_ids: Sequence[int]) -> dict[int, list[Authored]]:
    """The best published theories of some threads, by thread: at most `each`; one statement."""
    statement = _leading(session().get_bind().dialect.name)
    given = {"each": each, "thread_ids": list(thread_ids)}
    rows = run(statement, given, CARD, AUTHOR) if thread_ids else []
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
    keyset = ORDERS[order]
    place = keyset.given(cursor)
    given = {"thread_id": thread_id, **asked_by(viewer), **place}
    found = run(_theories(order, later=bool(place)), given, CARD, AUTHOR)
    return keyset.cut(found, THEORIES_A_PAGE, itemgetter(0))


def needing_votes(thread_id: int) -> list[Authored]:
    """Published theories of a thread with the fewest votes, under `FEW_VOTES`: candidates for the
    places kept for them."""
    return run(_NEEDING_VOTES, {"thread_id": thread_id}, CARD, AUTHOR)


def replies_to(
    theory_id: int, viewer: Viewer, stance: str | None, cursor: str | None
) -> Page[Authored]:
    """One page of the replies below a theory, in reading order, with their authors.

    Args:
        stance: only replies that take it; None for all.
        cursor: see `Keyset.page`.
    """
    place = _IN_READING_ORDER.given(cursor)
    given = {"theory_id": theory_id, **asked_by(viewer), **place}
    if stance:
        given["stance"] = stance
    statement = _replies(by_stance=bool(stance), later=bool(place))
    found = run(statement, given, POST, AUTHOR)
    return _IN_READING_ORDER.cut(found, REPLIES_A_PAGE, itemgetter(0))


def page_start(reply: Post, viewer: Viewer) -> str | None:
    """The cursor of a page of replies in whose midst `reply` stands; None for the first page, if it
    stands there. However many are above it, no more are read than a page holds."""
    assert reply.path is not None
    above = (
        select(Post.path, Post.id)
        .where(Post.theory_id == reply.theory_id, Post.path < reply.path, findable_by(viewer, Post))
        .order_by(Post.path.desc())
        .limit(REPLIES_A_PAGE)
    )
    found = session().execute(above).all()
    if len(found) < REPLIES_A_PAGE:
        return None
    return _IN_READING_ORDER.cursor(found[REPLIES_A_PAGE // 2])


def theories_by(author_id: int, viewer: Viewer, cursor: str | None, size: int) -> Page[Authored]:
    """The theories of one account that `viewer` finds published, the latest first."""
    statement = _AUTHORED.where(
        Post.author_id == author_id,
        Post.type == "theory",
        Post.state == "published",
        findable_by(viewer, Post),
    )
    return _LATEST.page_of_rows(statement, cursor, size)


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


def thread_and_film(thread_id: int) -> tuple[Post, Film]:
    """A thread, which exists, and its film; one statement."""
    thread, film = session().execute(_THREAD_AND_FILM, {"id": thread_id}).one()
    return thread, film
