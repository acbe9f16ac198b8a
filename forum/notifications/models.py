"""Notices: what a fan is told in their inbox."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.lib.database import Base


class Notice(Base):
    """One thing that one account is told."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('reply', 'decision', 'report_upheld', 'report_declined', 'report_moot',"
            " 'report_open')",
            name="kind",
        ),
        Index("ix_notices_user_id", "user_id", text("id DESC")),
        Index(
            "ix_notices_unread",
            "user_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(20))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
