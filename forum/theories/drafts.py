"""What is done with drafts: keeping and discarding them."""

from typing import Any

from sqlalchemy import bindparam, delete, func, select

from forum.lib import clock
from forum.lib.database import insert_into, run, session, table_of
from forum.lib.language import gettext as _
from forum.permissions import Viewer, can_keep_draft, require
from forum.theories.locking import lock_account
from forum.theories.models import Draft

FIELDS = ("safe_title", "title", "kind", "stance", "body")
"""The fields of a composer that a draft keeps."""

MOST_KEPT = 60_000
"""Characters of a draft: three times those of a post, so that one can write first and cut then."""

MOST_DRAFTS = 100
"""Of one account."""

_drafts = table_of(Draft)
_DISCARD = delete(_drafts).where(
    _drafts.c.user_id == bindparam("by"),
    _drafts.c.kind == bindparam("of_kind"),
    _drafts.c.target_id == bindparam("target"),
)


class DraftRefused(ValueError):
    """A draft is too long, or one too many; the message says what to do."""


def save_draft(
    kind: str, target_id: int, fields: dict[str, Any], *, by: Viewer, rescue: bool = False
) -> None:
    """Keep what `by` has half written for one place; what was kept there before is replaced.

    Args:
        kind: "thread", "theory" or "reply".
        target_id: the film, thread or post that it will answer.
        fields: field name → text, as typed.
        rescue: whether it would be lost otherwise, so that nobody can be asked to make room; twice
            as many are kept then, and in the end the oldest go.

    Raises:
        Refused: `by` is a guest.
        DraftRefused: it is too long, or `by` has too many.
    """
    require(can_keep_draft(by))
    kept = {name: fields[name] for name in FIELDS if fields.get(name)}
    if Draft.length(kept) > MOST_KEPT:
        raise DraftRefused(
            _("A draft holds up to 60,000 characters. Shorten it, or keep a part of it elsewhere.")
        )
    if not kept.get("body") and not kept.get("title") and not kept.get("safe_title"):
        return
    _make_room(kind, target_id, by, rescue)
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
    run(_DISCARD, {"by": by.id, "of_kind": kind, "target": target_id})


def _make_room(kind: str, target_id: int, by: Viewer, rescue: bool) -> None:
    """See to it that `by` may keep one draft more, besides the one of this place."""
    lock_account(by)
    others = (
        Draft.user_id == by.id,
        (Draft.kind != kind) | (Draft.target_id != target_id),
    )
    count = session().scalars(select(func.count()).select_from(Draft).where(*others)).one()
    if count < MOST_DRAFTS:
        return
    if not rescue:
        raise DraftRefused(
            _("You have %(num)d drafts. Discard one under “Drafts”, then keep this one.")
            % {"num": count}
        )
    kept = (
        select(Draft.id)
        .where(*others)
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
        .limit(2 * MOST_DRAFTS - 1)
    )
    session().execute(
        delete(Draft).where(*others, Draft.id.not_in(kept)),
        execution_options={"synchronize_session": False},
    )
