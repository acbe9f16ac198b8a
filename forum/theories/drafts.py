"""What is done with drafts: keeping and discarding them."""

from typing import Any

from sqlalchemy import delete

from forum.lib import clock
from forum.lib.database import insert_into, session
from forum.permissions import Viewer, can_keep_draft, require
from forum.theories.models import Draft

FIELDS = ("safe_title", "title", "kind", "stance", "body")
"""The fields of a composer that a draft keeps."""


def save_draft(kind: str, target_id: int, fields: dict[str, Any], *, by: Viewer) -> None:
    """Keep what `by` has half written for one place; what was kept there before is replaced.

    Args:
        kind: "thread", "theory" or "reply".
        target_id: the film, thread or post that it will answer.
        fields: field name → text, as typed.

    Raises:
        Refused: `by` is a guest.
    """
    require(can_keep_draft(by))
    kept = {name: fields[name] for name in FIELDS if fields.get(name)}
    if not kept.get("body") and not kept.get("title") and not kept.get("safe_title"):
        return
    now = clock.now()
    statement = insert_into(Draft).values(
        user_id=by.id, kind=kind, target_id=target_id, fields=kept, saved_at=now
    )
    session().execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "kind", "target_id"],
            set_={"fields": kept, "saved_at": now},
        )
    )


def discard_draft(kind: str, target_id: int, *, by: Viewer) -> None:
    """Throw a draft away, by wish or because it was posted.

    Raises:
        Refused: `by` is a guest.
    """
    require(can_keep_draft(by))
    session().execute(
        delete(Draft).where(
            Draft.user_id == by.id, Draft.kind == kind, Draft.target_id == target_id
        )
    )
