"""What is told to people and to other systems: announced, noted, delivered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, SmallNumber, TextArray, UuidKey


class Announcement(Base):
    """Something that happened and is not told yet; written with it, gone once it is told."""

    __tablename__ = "announcements"
    __table_args__ = (
        Index("ix_announcements_course_id", "course_id"),
        Index("ix_announcements_due_at", "due_at", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UuidKey]
    kind: Mapped[str]
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    payload: Mapped[Json]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    ended_at: Mapped[datetime | None]
    """When it was given up; what was told leaves no row."""
    error: Mapped[str | None]


class Notification(Base):
    """Something that somebody is told."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_course_id", "course_id"),
        Index("ix_notifications_created_at", "created_at"),
        Index("ix_notifications_user_id_created_at_id", "user_id", "created_at", "id"),
        Index(
            "ix_notifications_unread",
            "user_id",
            postgresql_where=text("is_shown AND read_at IS NULL"),
        ),
        Index(
            "uq_notifications_announcement_id_user_id", "announcement_id", "user_id", unique=True
        ),
    )

    id: Mapped[UuidKey]
    announcement_id: Mapped[UUID]
    """What it tells of, so that nobody is told twice."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    kind: Mapped[str]
    payload: Mapped[Json]
    is_shown: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether it stands on the page."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    read_at: Mapped[datetime | None]


class NotificationDelivery(Base):
    """A notification on its way through a channel."""

    __tablename__ = "notification_deliveries"
    __table_args__ = (
        Index(
            "ix_notification_deliveries_due_at",
            "due_at",
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_notification_deliveries_user_id", "user_id"),
    )

    notification_id: Mapped[UUID] = mapped_column(
        ForeignKey("notifications.id", ondelete="CASCADE"), primary_key=True
    )
    channel: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None]


class NotificationSettings(Base):
    """What somebody wants to be told, how and when; who has no row has the defaults."""

    __tablename__ = "notification_settings"
    __table_args__ = (
        CheckConstraint("digest IN ('off', 'daily', 'weekly')", name="digest"),
        CheckConstraint(
            "quiet_from_minute BETWEEN 0 AND 1439 AND quiet_until_minute BETWEEN 0 AND 1439",
            name="quiet_minutes",
        ),
        CheckConstraint(
            "(quiet_from_minute IS NULL) = (quiet_until_minute IS NULL)", name="quiet_hours"
        ),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    choices: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """Channels by kind, where they are not the defaults."""
    digest: Mapped[str] = mapped_column(server_default="off")
    quiet_from_minute: Mapped[SmallNumber | None]
    """Of the day, in the time zone."""
    quiet_until_minute: Mapped[SmallNumber | None]
    time_zone: Mapped[str] = mapped_column(server_default="UTC")


class Webhook(Base):
    """Where another system is told, and of what."""

    __tablename__ = "webhooks"
    __table_args__ = (
        Index("ix_webhooks_course_id", "course_id"),
        Index("ix_webhooks_created_by", "created_by"),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    """None: of all courses, an admin's."""
    url: Mapped[str]
    sealed_secret: Mapped[bytes]
    kinds: Mapped[TextArray]
    """None named: all."""
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WebhookDelivery(Base):
    """A message to a webhook, and what became of it."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'delivered', 'failed')", name="status"),
        Index("ix_webhook_deliveries_course_id", "course_id"),
        Index(
            "ix_webhook_deliveries_due_at",
            "due_at",
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_webhook_deliveries_webhook_id_created_at_id", "webhook_id", "created_at", "id"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
        Index(
            "uq_webhook_deliveries_webhook_id_announcement_id",
            "webhook_id",
            "announcement_id",
            unique=True,
        ),
    )

    id: Mapped[UuidKey]
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    announcement_id: Mapped[UUID]
    kind: Mapped[str]
    body: Mapped[str]
    """What is sent, byte for byte: its signature is made anew for each attempt."""
    status: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    response_status: Mapped[SmallNumber | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
