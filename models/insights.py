"""What teachers learn of a course's questions, and the answers that they corrected."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Timestamps, UuidKey


class AnswerCorrection(Timestamps, Base):
    """What a teacher says in place of an answer; a document of the course says it to the tutor."""

    __tablename__ = "answer_corrections"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        Index("ix_answer_corrections_author_id", "author_id"),
        Index("ix_answer_corrections_course_id_updated_at_id", "course_id", "updated_at", "id"),
        Index("ix_answer_corrections_document_id", "document_id"),
        Index("ix_answer_corrections_message_id", "message_id", unique=True),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    """The answer that is corrected; None once it is gone, or where there was none."""
    document_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("documents.id", ondelete="SET NULL")
    )
    """What retrieval finds it by; None once that was purged after a withdrawal."""
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Who wrote the version in use."""
    version: Mapped[int]
    question: Mapped[str]
    body: Mapped[str]
    withdrawn_at: Mapped[datetime | None]


class CorrectionVersion(Base):
    """What a correction said from a moment on."""

    __tablename__ = "correction_versions"
    __table_args__ = (
        Index("ix_correction_versions_author_id", "author_id"),
        Index("ix_correction_versions_course_id", "course_id"),
    )

    correction_id: Mapped[UUID] = mapped_column(
        ForeignKey("answer_corrections.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    question: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SettledAnswer(Base):
    """An answer that teachers need not look at any more."""

    __tablename__ = "settled_answers"
    __table_args__ = (
        Index("ix_settled_answers_course_id", "course_id"),
        Index("ix_settled_answers_settled_by", "settled_by"),
    )

    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class QuestionCluster(Base):
    """Questions of a course that ask about the same, under one embedder."""

    __tablename__ = "question_clusters"
    __table_args__ = (
        Index("ix_question_clusters_course_id_embedder_id", "course_id", "embedder_id"),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    embedder_id: Mapped[int] = mapped_column(ForeignKey("embedders.id", ondelete="CASCADE"))
    question_count: Mapped[int]
    centroid: Mapped[Any] = mapped_column(HALFVEC)
    """Mean of the questions' vectors, L2-normalised."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class QuestionVector(Base):
    """A question's vector and its cluster; what was asked stands in its message."""

    __tablename__ = "question_vectors"
    __table_args__ = (
        Index("ix_question_vectors_cluster_id", "cluster_id"),
        Index("ix_question_vectors_course_id_asked_at", "course_id", "asked_at"),
        Index("ix_question_vectors_learner_id", "learner_id"),
    )

    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True
    )
    embedder_id: Mapped[int] = mapped_column(
        ForeignKey("embedders.id", ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    cluster_id: Mapped[UUID] = mapped_column(ForeignKey("question_clusters.id", ondelete="CASCADE"))
    asked_at: Mapped[datetime]
    is_doubtful: Mapped[bool]
    """Whether its answer found nothing, or has little support."""
    vector: Mapped[Any] = mapped_column(HALFVEC)


class ClusteringState(Base):
    """Up to when a course's answers were looked through for questions to cluster."""

    __tablename__ = "clustering_states"

    course_id: Mapped[UUID] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True
    )
    embedder_id: Mapped[int] = mapped_column(
        ForeignKey("embedders.id", ondelete="CASCADE"), primary_key=True
    )
    done_until: Mapped[datetime]
