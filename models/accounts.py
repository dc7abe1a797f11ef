"""What signing in leaves in the database: sessions, attempts, links sent by mail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UuidKey


class UserSession(Base):
    """One sign-in of a user, on one device, until it ends; a refresh token's family."""

    __tablename__ = "user_sessions"
    __table_args__ = (
        CheckConstraint("kind IN ('browser', 'tool')", name="kind"),
        Index("uq_user_sessions_cookie_hash", "cookie_hash", unique=True),
        Index("ix_user_sessions_user_id_created_at", "user_id", "created_at"),
        Index("ix_user_sessions_expires_at", "expires_at"),
    )

    id: Mapped[UuidKey]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str]
    cookie_hash: Mapped[bytes | None]
    """sha256 of what a browser sends; a tool has tokens instead."""
    generation: Mapped[int] = mapped_column(server_default=text("0"))
    """Which refresh token of the session is good: the others were exchanged before."""
    device: Mapped[str]
    address: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """Within a minute."""
    expires_at: Mapped[datetime]


class SignInAttempt(Base):
    """Failed sign-ins to one account from one address, until one succeeds or a day has passed."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_last_at", "last_at"),)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """sha256 of account and address; the account need not exist."""
    count: Mapped[int] = mapped_column(server_default=text("1"))
    last_at: Mapped[datetime] = mapped_column(server_default=func.now())
    blocked_until: Mapped[datetime] = mapped_column(server_default=func.now())


class AccountLink(Base):
    """A single-use link that was sent to the address of an account."""

    __tablename__ = "account_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('verify_email', 'reset_password')", name="purpose"),
        Index("ix_account_links_user_id_purpose", "user_id", "purpose"),
        Index("ix_account_links_expires_at", "expires_at"),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """sha256; the token itself is not kept."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    email: Mapped[str]
    """Where it was sent to; good only while that is the account's address."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class Invitation(Base):
    """Lets one address register, once, with the role that an admin chose."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'teacher', 'student')", name="role"),
        Index("uq_invitations_token_hash", "token_hash", unique=True),
        Index("ix_invitations_created_at_id", "created_at", "id"),
        Index("ix_invitations_invited_by", "invited_by"),
        Index("ix_invitations_expires_at", "expires_at"),
    )

    id: Mapped[UuidKey]
    token_hash: Mapped[bytes]
    email: Mapped[str]
    role: Mapped[str]
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class OutgoingMail(Base):
    """A mail that is to be sent; what it says is written when it is sent."""

    __tablename__ = "outgoing_mails"
    __table_args__ = (
        Index(
            "uq_outgoing_mails_kind_recipient",
            "kind",
            "recipient",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND kind <> 'notifications'"),
        ),
        Index("ix_outgoing_mails_due_at", "due_at", postgresql_where=text("ended_at IS NULL")),
        Index("ix_outgoing_mails_created_at_id", "created_at", "id"),
        Index("ix_outgoing_mails_ended_at", "ended_at"),
    )

    id: Mapped[UuidKey]
    kind: Mapped[str]
    recipient: Mapped[str]
    """An address that may belong to no account: nothing is sent then."""
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    ended_at: Mapped[datetime | None]
    """When it was given up, or kept to be read here; sent ones leave no row."""
    error: Mapped[str | None]
    subject: Mapped[str | None]
    body: Mapped[str | None]
    """Kept in the embedded mode without a mail server only."""
