"""Reads about drafts."""

from sqlalchemy import bindparam, select

from forum.lib.database import session
from forum.theories.models import Draft

_DRAFT = select(Draft).where(
    Draft.user_id == bindparam("user_id"),
    Draft.kind == bindparam("kind"),
    Draft.target_id == bindparam("target_id"),
)


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
    given = {"user_id": user_id, "kind": kind, "target_id": target_id}
    return session().scalar(_DRAFT, given)
