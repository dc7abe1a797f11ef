"""Conversations and their messages."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Integer, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, SoftDelete, TextArray, Timestamps, UuidKey

IS_DOUBTFUL = text(
    "role = 'assistant' AND (status = 'failed' OR (status = 'complete' AND sources <> '[]'::jsonb"
    " AND (citations = '[]'::jsonb OR notices @> '[{\"code\": \"low_support\"}]'::jsonb)))"
)
"""Whether an answer broke off, cites nothing of what was found, or has sentences of little support.
"""


class Conversation(Timestamps, SoftDelete, Base):
    """A learner's thread of questions and answers in one course."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "ix_conversations_user_id_course_id_updated_at", "user_id", "course_id", "updated_at"
        ),
        Index("ix_conversations_course_id", "course_id"),
        Index("ix_conversations_updated_at", "updated_at"),
        Index(
            "ix_conversations_deleted_at",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
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
            "ix_messages_course_id_completed_at_id",
            "course_id",
            "completed_at",
            "id",
            postgresql_where=text("role = 'assistant'"),
        ),
        Index(
            "ix_messages_doubtful",
            "course_id",
            "completed_at",
            "id",
            postgresql_where=IS_DOUBTFUL,
        ),
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
    earlier_turns: Mapped[list[list[str]] | None] = mapped_column(JSONB(none_as_null=True))
    """`[role, content]` of what was said before, where the asker keeps the conversation: for a
    successor, gone with the answer's end."""
    first_sequence: Mapped[int] = mapped_column(server_default="1")
    """The number of an answer's first event; more than 1 where it was told anew."""

    conversation: Mapped[Conversation] = relationship(back_populates="messages", lazy="raise")


class ConversationSummary(Base):
    """What was said from a conversation's first message to one of its answers, summed up.

    It belongs to that message, so that a branch that leaves the way before it never sees it.
    """

    __tablename__ = "conversation_summaries"
    __table_args__ = (
        Index("ix_conversation_summaries_conversation_id", "conversation_id"),
        Index("ix_conversation_summaries_course_id", "course_id"),
    )

    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True
    )
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    content: Mapped[str]
    model: Mapped[str]
    """Who wrote it; the grounded model's are made of what was said."""
    prompt: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TutorStateRow(Base):
    """Where a learner and the tutor are in a conversation: the way of teaching, and the problem.

    It belongs to the conversation and not to a branch of it, so that no branch is a way round.
    """

    __tablename__ = "tutor_states"
    __table_args__ = (
        CheckConstraint("hints >= 0 AND answers >= 0 AND questions >= 0", name="counts"),
        Index("ix_tutor_states_course_id", "course_id"),
        Index("ix_tutor_states_learner_id", "learner_id"),
        Index("ix_tutor_states_quiz_id", "quiz_id"),
    )

    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    mode: Mapped[str]
    quiz_id: Mapped[UUID | None] = mapped_column(ForeignKey("contents.id", ondelete="SET NULL"))
    """The quiz of a stored problem; none for one that the learner brought."""
    question_id: Mapped[str | None]
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The problem that the learner brought, with the key that replies are held against."""
    hints: Mapped[int] = mapped_column(server_default="0")
    answers: Mapped[int] = mapped_column(server_default="0")
    questions: Mapped[int] = mapped_column(server_default="0")
    is_solved: Mapped[bool] = mapped_column(server_default=text("false"))
    is_shown: Mapped[bool] = mapped_column(server_default=text("false"))
    message_id: Mapped[UUID | None]
    """The answer that the last turn is told by."""
    turn: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """That turn, for a successor of the process that tells it."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


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
