"""Accounts: users, their sessions, one-time links."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.lib.database import Base

ROLES = ("fan", "moderator", "admin")
TRUST_LEVELS = ("newcomer", "member", "trusted")
NAME_LENGTH = 20
EMAIL_LENGTH = 254


class User(Base):
    """One account. Rows are blanked, never deleted, since posts and events point to them."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('fan', 'moderator', 'admin')", name="role"),
        CheckConstraint("trust_set IN ('newcomer', 'member', 'trusted')", name="trust_set"),
        CheckConstraint("sanction IN ('suspended', 'banned')", name="sanction"),
        CheckConstraint("sanction <> 'suspended' OR sanctioned_until IS NOT NULL", name="until"),
        CheckConstraint(
            "theory_count >= 0 AND reply_count >= 0 AND thread_count >= 0", name="counts"
        ),
        Index("ix_users_theory_count", text("theory_count DESC"), "id"),
        Index("ix_users_email_key", "email_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)
    # Names that look alike (rn and m, 0 and O) share a skeleton: one person cannot pose as another.
    skeleton: Mapped[str] = mapped_column(String(2 * NAME_LENGTH), unique=True)
    email: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH))
    email_key: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH))
    # Null: this account cannot log in (the archive).
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(10), default="fan", server_default="fan")
    trust_set: Mapped[str | None] = mapped_column(String(10))
    # In force until then; a ban has no end. A suspension that is over means nothing.
    sanction: Mapped[str | None] = mapped_column(String(10))
    sanctioned_until: Mapped[datetime | None]
    # When moderators last decided against them, as far as it stands: trust waits for 90 days.
    upheld_at: Mapped[datetime | None]
    is_archive: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    thread_count: Mapped[int] = mapped_column(default=0, server_default="0")
    theory_count: Mapped[int] = mapped_column(default=0, server_default="0")
    reply_count: Mapped[int] = mapped_column(default=0, server_default="0")

    @property
    def rank(self) -> int:
        """0 for fans, 1 for moderators, 2 for admins."""
        return ROLES.index(self.role)


class Session(Base):
    """One log-in. The cookie holds a random token, the row only its digest."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    device: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class ResetLink(Base):
    """A one-time link with which its holder sets a new password."""

    __tablename__ = "reset_links"
    __table_args__ = (Index("ix_reset_links_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship()
