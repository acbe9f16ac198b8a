"""Reads of the public log."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.accounts.models import User
from forum.films.models import Film
from forum.lib.database import session
from forum.lib.paging import Keyset, Page
from forum.moderation.models import Decision, LogEntry, LogLabel
from forum.theories.models import Post

ENTRIES_A_PAGE = 50
_LOG = Keyset(
    (LogEntry.seq, "desc"),
)


def log_page(
    act: str | None, film_id: int | None, actor_id: int | None, cursor: str | None
) -> Page[Any]:
    """Lines of the public log, the latest first: (LogEntry, actor, Film if it is listed, LogLabel,
    Post or None, theory above a reply)."""
    above = aliased(Post)
    statement: Any = (
        select(LogEntry, User, Film, LogLabel, Post, above)
        .join(User, User.id == LogEntry.actor_id)
        .outerjoin(Film, (Film.id == LogEntry.film_id) & (Film.state == "listed"))
        .outerjoin(LogLabel, LogLabel.seq == LogEntry.seq)
        .outerjoin(Post, Post.id == LogEntry.post_id)
        .outerjoin(above, above.id == Post.theory_id)
    )
    for column, wanted in (
        (LogEntry.act, act),
        (Film.id, film_id),
        (LogEntry.actor_id, actor_id),
    ):
        if wanted:
            statement = statement.where(column == wanted)
    return _LOG.page_of_rows(statement, cursor, ENTRIES_A_PAGE)


def decisions_in(seqs: Iterable[int]) -> dict[int, Decision]:
    """The decisions behind some lines of the log, by line."""
    wanted = list(seqs)
    if not wanted:
        return {}
    rows = session().scalars(select(Decision).where(Decision.log_seq.in_(wanted)))
    return {decision.log_seq: decision for decision in rows}


def undone_by(seqs: Iterable[int]) -> dict[int, int]:
    """Which later line undoes each of some lines."""
    wanted = list(seqs)
    if not wanted:
        return {}
    rows = session().execute(
        select(LogEntry.reverts_seq, LogEntry.seq).where(LogEntry.reverts_seq.in_(wanted))
    )
    return dict(rows.all())  # type: ignore[arg-type]  # rows of two


def seconds_in(seqs: Iterable[int]) -> dict[int, str]:
    """Who proposed what a second moderator then confirmed, of some lines of the log, by line."""
    wanted = list(seqs)
    if not wanted:
        return {}
    rows = session().execute(
        select(Decision.log_seq, User.name)
        .join(User, User.id == Decision.second_by_id)
        .where(Decision.log_seq.in_(wanted))
    )
    return dict(rows.all())


def actors() -> list[User]:
    """Everybody whose acts the log holds, moderators or not by now, by name."""
    acting = select(LogEntry.actor_id).distinct()
    return list(session().scalars(select(User).where(User.id.in_(acting)).order_by(User.name_key)))


def logged_films(most: int = 200) -> list[Film]:
    """Listed films that the log speaks of, by title."""
    ids = select(LogEntry.film_id).where(LogEntry.film_id.is_not(None)).distinct()
    return list(
        session().scalars(
            select(Film)
            .where(Film.id.in_(ids), Film.state == "listed")
            .order_by(Film.title_key, Film.id)
            .limit(most)
        )
    )
