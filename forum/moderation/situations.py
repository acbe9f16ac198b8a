"""What a case is about as it stands now, as far as it decides which acts make sense."""

from datetime import timedelta

from forum.accounts.models import User
from forum.accounts.sessions import sanction_in_force
from forum.accounts.trust import trust_of
from forum.films.queries import moderated_ids
from forum.lib import clock
from forum.lib.database import session
from forum.moderation.acts import Situation
from forum.moderation.models import Case
from forum.permissions import Viewer, can_sanction
from forum.theories.models import Post
from forum.theories.waiting import pending_of

NEW_FOR = timedelta(days=30)
"""For how long an account is new: until then it can't be trusted by itself."""


def situation_of(post: Post, author: User, *, by: Viewer, pending: bool | None = None) -> Situation:
    """The situation of `post` for `by`, who looks at it.

    Args:
        pending: whether a change of it waits, where that is known.
    """
    return Situation(
        type=post.type,
        state=post.state,
        is_locked=post.thread_locked,
        has_pending=has_pending(post) if pending is None else pending,
        may_sanction=bool(can_sanction(by, author)),
        sanction=sanction_in_force(author.sanction, author.sanctioned_until, clock.now()),
        is_new_account=_is_new(author),
        is_outranked=author.rank > by.rank,
    )


def has_pending(post: Post) -> bool:
    """Whether a change of `post` waits for a moderator."""
    return pending_of(post.id) is not None


def still_waits(post: Post) -> bool:
    """Whether somebody must look at `post` again: it is out of sight, or a change of it is."""
    return post.state in ("held", "hidden") or has_pending(post)


def is_purge_proposed(case: Case) -> bool:
    """Whether a purge waits for a second moderator: whoever proposed it still is one."""
    if case.purge_by_id is None:
        return False
    proposer = session().get_one(User, case.purge_by_id)
    until = proposer.sanctioned_until
    if sanction_in_force(proposer.sanction, until, clock.now()):
        return False
    return bool(proposer.rank) or case.film_id in moderated_ids(proposer.id)


def _is_new(author: User) -> bool:
    now = clock.now()
    posts = author.thread_count + author.theory_count + author.reply_count
    trust = trust_of(author.created_at, posts, author.trust_set, now, author.upheld_at)
    return trust == "newcomer" or now - author.created_at < NEW_FOR
