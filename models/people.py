"""People and what they may do: users, enrolments, the audit trail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, SoftDelete, TextArray, Timestamps, UuidKey
from models.courses import Course


class User(Timestamps, SoftDelete, Base):
    """A person who signs in, or the operator account of the command line (no password)."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'teacher', 'student')", name="role"),
        CheckConstraint(
            "learning_preference IN"
            " ('balanced', 'examples_first', 'theory_first', 'practice_first')",
            name="learning_preference",
        ),
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index("uq_users_email", "email", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index(
            "uq_users_email_key",
            "email_key",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_users_created_at_id", "created_at", "id"),
        Index("ix_users_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    )

    id: Mapped[UuidKey]
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(
        Computed("lower(normalize(email, NFKC))", persisted=True)
    )
    """What is equal for addresses that look the same; mail always goes to `email`."""
    email_verified_at: Mapped[datetime | None]
    """When its owner, or the admin who made the account, vouched for the address."""
    display_name: Mapped[str]
    role: Mapped[str] = mapped_column(server_default="student")
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    language: Mapped[str] = mapped_column(server_default="en")
    learning_preference: Mapped[str] = mapped_column(server_default="balanced")
    interests: Mapped[TextArray]

    enrollments: Mapped[list["Enrollment"]] = relationship(back_populates="user", lazy="raise")


class Enrollment(Base):
    """A user's role in one course; it decides who may ask and who may teach there."""

    __tablename__ = "enrollments"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'teacher', 'assistant', 'learner')", name="role"),
        Index("ix_enrollments_user_id_course_id", "user_id", "course_id"),
    )

    course_id: Mapped[UUID] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(server_default="learner")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    user: Mapped[User] = relationship(back_populates="enrollments", lazy="raise")
    course: Mapped[Course] = relationship(lazy="raise")


class AuditEvent(Base):
    """One security-relevant act; rows are only ever added, and purged when they are old.

    Where a person is erased, their addresses leave the rows; nothing else ever changes.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_created_at_id", "created_at", "id"),
        Index("ix_audit_events_actor_id_created_at", "actor_id", "created_at"),
        Index("ix_audit_events_subject_created_at", "subject", "created_at"),
        Index(
            "ix_audit_events_email",
            text("(details ->> 'email'::text)"),
            postgresql_where=text("details ? 'email'::text"),
        ),
    )

    id: Mapped[UuidKey]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    action: Mapped[str]
    subject: Mapped[str | None]
    course_id: Mapped[UUID | None]
    address: Mapped[str | None]
    """Where the request came from; None for what the service did by itself."""
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


class ApiKey(Base):
    """What a program signs in with as its user, until it expires or is taken back."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index("uq_api_keys_key_hash", "key_hash", unique=True),
        Index("ix_api_keys_user_id_created_at", "user_id", "created_at"),
    )

    id: Mapped[UuidKey]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key_hash: Mapped[bytes]
    """sha256; the key itself is not kept."""
    name: Mapped[str]
    prefix: Mapped[str]
    """The key's first characters, for its owner to know it by."""
    scopes: Mapped[TextArray]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """Within a minute."""


class SocketTicket(Base):
    """What opens one WebSocket for a user, once, within seconds."""

    __tablename__ = "socket_tickets"
    __table_args__ = (
        Index("ix_socket_tickets_expires_at", "expires_at"),
        Index("ix_socket_tickets_user_id", "user_id"),
        Index("ix_socket_tickets_session_id", "session_id"),
    )

    ticket_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """sha256; the ticket itself is not kept."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    session_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("user_sessions.id", ondelete="CASCADE")
    )
    """The sign-in that asked for it; None for an API key."""
    expires_at: Mapped[datetime]
