"""Conversations and their messages."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Integer, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, SoftDelete, TextArray, Timestamps, UuidKey


class Conversation(Timestamps, SoftDelete, Base):
    """A learner's thread of questions and answers in one course."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "ix_conversations_user_id_course_id_updated_at", "user_id", "course_id", "updated_at"
        ),
        Index("ix_conversations_course_id", "course_id"),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str]
    is_listed: Mapped[bool] = mapped_column(server_default=text("true"))
    """Whether it stands among its owner's conversations; a turn of one kept elsewhere does not."""

    messages: Mapped[list["Message"]] = relationship(back_populates="conversation", lazy="raise")


class Message(Base):
    """A question, or an answer with everything its `start`, `sources` and `done` events said."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("role IN ('user', 'assistant')", name="role"),
        CheckConstraint("status IN ('streaming', 'complete', 'stopped', 'failed')", name="status"),
        Index("ix_messages_conversation_id_created_at_id", "conversation_id", "created_at", "id"),
        Index(
            "ix_messages_streaming",
            "created_at",
            postgresql_where=text("status = 'streaming'"),
        ),
        Index(
            "ix_messages_lease_until",
            "lease_until",
            postgresql_where=text("status = 'streaming'"),
        ),
    )

    id: Mapped[UuidKey]
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    completed_at: Mapped[datetime | None]
    role: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="complete")
    content: Mapped[str] = mapped_column(server_default="")
    mode: Mapped[str | None]
    model: Mapped[str | None]
    prompt: Mapped[str | None]
    finish_reason: Mapped[str | None]
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    citations: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    sentences: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    notices: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    delta_ends: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default="{}")
    """Ends of the streamed deltas in code points, so that a late reader gets the same events."""
    groundedness: Mapped[float | None]
    confidence: Mapped[float | None]
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    cost_micro_usd: Mapped[int | None]
    is_cached: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether the answer was given before, to the same question or one that means the same."""
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    owner: Mapped[str | None]
    """The process that tells the answer, or told it last."""
    epoch: Mapped[int] = mapped_column(server_default="0")
    """How often an answer has had an owner; what a lower epoch writes is refused."""
    lease_until: Mapped[datetime | None]
    """When others may take the answer over, unless its owner renews the lease before."""
    stop_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    question_id: Mapped[UUID | None]
    """The message that an answer answers."""
    parent_id: Mapped[UUID | None]
    """The message that this one follows; None at the beginning. Two that follow the same one begin
    branches: an edited question, an answer told anew."""
    first_sequence: Mapped[int] = mapped_column(server_default="1")
    """The number of an answer's first event; more than 1 where it was told anew."""

    conversation: Mapped[Conversation] = relationship(back_populates="messages", lazy="raise")


class QuestionKey(Base):
    """A learner's Idempotency-Key for a question, so that sending it again asks nothing again."""

    __tablename__ = "question_keys"
    __table_args__ = (
        Index("ix_question_keys_course_id", "course_id"),
        Index("ix_question_keys_expires_at", "expires_at"),
        Index("ix_question_keys_message_id", "message_id"),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    """The answer."""
    request_hash: Mapped[str]
    """sha256 of the question; the same key with another one is refused."""
    expires_at: Mapped[datetime]


class AnswerFeedback(Timestamps, Base):
    """What the learner who got an answer thinks of it."""

    __tablename__ = "answer_feedback"
    __table_args__ = (
        CheckConstraint("rating IN ('up', 'down')", name="rating"),
        Index("ix_answer_feedback_user_id", "user_id"),
        Index(
            "ix_answer_feedback_course_id_updated_at_message_id",
            "course_id",
            "updated_at",
            "message_id",
        ),
    )

    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    rating: Mapped[str]
    reasons: Mapped[TextArray]
    comment: Mapped[str | None]
