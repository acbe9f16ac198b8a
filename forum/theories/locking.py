"""Rows locked in the one order that everybody keeps: account, thread, theory, reply, then film."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import bindparam, select

from forum.accounts.models import User
from forum.accounts.sessions import sanction_in_force
from forum.accounts.viewers import Fan
from forum.films.queries import moderated_ids
from forum.lib import clock
from forum.lib.database import id_of, run, session, table_of
from forum.lib.language import gettext as _
from forum.lib.prepared import planned_once
from forum.permissions import ABSENT, Refused, Verdict, Viewer
from forum.theories.models import Post

P = TypeVar("P", bound=Post)

_users, _posts = table_of(User), table_of(Post)
_asked = _posts.alias("asked")

ROW = tuple(
    _posts.c[name]
    for name in (
        *("id", "type", "film_id", "thread_id", "theory_id", "author_id", "safe_title"),
        *("state", "film_state", "thread_state", "theory_state", "thread_locked"),
        *("created_at", "published_at", "blind", "path"),
        *("ups", "downs", "ups_weight", "downs_weight", "vote_count"),
    )
)
"""The columns that permissions read of a post, and those that votes change."""


def _with_what_is_above(*columns: Any) -> Any:
    """Selects a post, its thread and its theory, and locks them together with an account."""
    return (
        select(*columns)
        .select_from(_users)
        .join(_asked, _asked.c.id == bindparam("id"))
        .join(_posts, _posts.c.id.in_([_asked.c.id, _asked.c.thread_id, _asked.c.theory_id]))
        .where(_users.c.id == bindparam("by"))
        .order_by(_posts.c.id)
        # Rows that only point here need not wait.
        .with_for_update(key_share=True, of=[_users, _posts])
    )


_STANDING = tuple(_users.c[n] for n in ("role", "trust_set", "sanction", "sanctioned_until"))
_LOCKED = _with_what_is_above(Post, *_STANDING).execution_options(populate_existing=True)
_LOCKED_ROWS = planned_once(_with_what_is_above(*ROW, *_STANDING))
_ACCOUNT = planned_once(
    select(*_STANDING).where(_users.c.id == bindparam("by")).with_for_update(key_share=True)
)


def locked(post: P, *, by: Viewer) -> P:
    """`post` as it stands now, locked together with its thread, its theory and the acting account.

    One statement. The rows of a join are locked in the order of its FROM, so the account comes
    before all; a thread's id is below those of its posts, so ordering by id locks the thread next.
    Locking the account makes quotas exact and keeps two acts of one person apart.

    Raises:
        Refused: the account was banned, dismissed or the like, while the request waited.
    """
    require_the_same(by, session().execute(_LOCKED, {"id": id_of(post), "by": by.id}).all())
    return post


def locked_row(post_id: int, *, by: Viewer) -> Any:
    """The row of a post as it stands now, locked as `locked()` locks it: for acts that need no
    object. It has the columns of `ROW`.

    Raises:
        Refused: there is no such post, or see `locked`.
    """
    rows = run(_LOCKED_ROWS, {"id": post_id, "by": by.id})
    require_the_same(by, rows)
    for row in rows:
        if row.id == post_id:
            return row
    raise Refused(ABSENT)


def lock_account(by: Viewer) -> None:
    """Lock the acting account alone, for acts that touch no post yet.

    Raises:
        Refused: see `locked`.
    """
    require_the_same(by, run(_ACCOUNT, {"by": by.id}))


def require_the_same(by: Viewer, rows: Sequence[Any]) -> None:
    """Go on only if the account of `by` stands as it did when its request began: a ban holds for
    what was on its way already.

    Args:
        rows: what was read under the lock; the first one has the account's columns.

    Raises:
        Refused: it stands otherwise.
    """
    if not rows or not isinstance(by, Fan):
        return
    now = rows[0]
    sanction = sanction_in_force(now.sanction, now.sanctioned_until, clock.now())
    if (
        (now.role, now.trust_set) != (by.role, by.trust_set)
        or (sanction is not None and by.sanction is None)
        # Most moderate no film: it costs them no statement.
        or (by.appointed and not by.appointed <= moderated_ids(by.id))
    ):
        reason = _("Your account has changed meanwhile: look at this page again.")
        raise Refused(Verdict(False, reason, "state"))
