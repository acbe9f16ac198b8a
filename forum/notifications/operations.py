"""Telling people, and their reading it."""

from sqlalchemy import ColumnElement, insert, update

from forum import events
from forum.events import Kind
from forum.lib import clock
from forum.lib.database import run, session, table_of
from forum.notifications.models import Notice
from forum.permissions import Viewer, can_have_account, can_operate, require

_TELL = insert(table_of(Notice))


def tell(
    user_id: int,
    kind: str,
    *,
    by: Viewer,
    post_id: int | None = None,
    decision_id: int | None = None,
) -> None:
    """Put a notice into somebody's inbox, in the transaction of the act that it is about.

    Args:
        kind: "reply", "decision", or "report_" with what became of one's report: "upheld",
            "declined", "moot" (its author took it down) or "open" (it waits again).

    Raises:
        Refused: `by` is not the site itself.
    """
    require(can_operate(by))
    notice = {"user_id": user_id, "kind": kind, "post_id": post_id, "decision_id": decision_id}
    run(_TELL, notice | {"at": clock.now()})


def mark_read(*, by: Viewer) -> None:
    """Mark everything in one's inbox as read.

    Raises:
        Refused: `by` is a guest.
    """
    require(can_have_account(by))
    _read(Notice.user_id == by.id, by)


def open_notice(notice: Notice, *, by: Viewer) -> None:
    """Mark one notice of one's own as read.

    Raises:
        Refused: `by` is a guest.
    """
    require(can_have_account(by))
    _read((Notice.user_id == by.id) & (Notice.id == notice.id), by)


def _read(which: ColumnElement[bool], by: Viewer) -> None:
    read = session().execute(
        update(Notice)
        .where(which, Notice.read_at.is_(None))
        .values(read_at=clock.now())
        .returning(Notice.id),
        execution_options={"synchronize_session": False},
    )
    if read.all():
        events.record(Kind.NOTICES_READ, by=by, user_id=by.id)
