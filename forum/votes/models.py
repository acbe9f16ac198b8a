"""Votes, the journal of every change of one, and who asked to see figures early."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.lib.database import Base


class Vote(Base):
    """What one account thinks of one post: convinced, or a good point (+1); or not (-1)."""

    __tablename__ = "votes"
    __table_args__ = (
        CheckConstraint("value IN (-1, 1)", name="value"),
        CheckConstraint("weight >= 0 AND weight <= 1", name="weight"),
        Index("ix_votes_post_id", "post_id", "value"),
        Index("ix_votes_user_id", "user_id", text("updated_at DESC"), text("post_id DESC")),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    value: Mapped[int]
    # What it counts in ranks. 1 until accounts have mail that can be verified.
    weight: Mapped[float] = mapped_column(default=1.0, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class VoteChange(Base):
    """One line of the journal: a vote cast, changed or withdrawn. Never changed afterwards."""

    __tablename__ = "vote_changes"
    __table_args__ = (
        CheckConstraint("old_value IN (-1, 0, 1) AND new_value IN (-1, 0, 1)", name="values"),
        CheckConstraint("old_value <> new_value", name="a_change"),
        Index("ix_vote_changes_user_id_at", "user_id", "at"),
        Index("ix_vote_changes_post_id_at", "post_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    old_value: Mapped[int]
    new_value: Mapped[int]
    at: Mapped[datetime]


class Peek(Base):
    """ "Show me": this account sees the figures of this theory before voting on it."""

    __tablename__ = "peeks"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    at: Mapped[datetime]
