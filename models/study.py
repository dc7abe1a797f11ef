"""How far learners have read and watched, what they want to do, and certificates."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, Timestamps, UuidKey


class StudyPosition(Timestamps, Base):
    """How far a learner has read a lesson or watched a video."""

    __tablename__ = "study_positions"
    __table_args__ = (
        CheckConstraint("kind IN ('lesson', 'video')", name="kind"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share"),
        Index("ix_study_positions_course_id_learner_id", "course_id", "learner_id"),
    )

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    kind: Mapped[str]
    share: Mapped[float]
    """The most that was read or watched."""
    seconds: Mapped[int] = mapped_column(BigInteger)
    position_seconds: Mapped[int] = mapped_column(server_default="0")
    """Where to go on in a video."""
    watched: Mapped[Any] = mapped_column(INT4MULTIRANGE, server_default="{}")
    """The seconds of a video that were watched, each once."""
    finished_at: Mapped[datetime | None]


class LearningGoal(Timestamps, Base):
    """What a learner wants to do in a week."""

    __tablename__ = "learning_goals"
    __table_args__ = (
        CheckConstraint("unit IN ('minutes', 'items', 'days')", name="unit"),
        CheckConstraint("per_week > 0", name="per_week"),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    unit: Mapped[str]
    per_week: Mapped[int]


class CertificateRuleRow(Timestamps, Base):
    """What a course asks for before it gives a certificate."""

    __tablename__ = "certificate_rules"
    __table_args__ = tuple(
        CheckConstraint(f"{name} BETWEEN 0 AND 1", name=name)
        for name in ("lessons_share", "quiz_mark", "mastered_share")
    )

    course_id: Mapped[UUID] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True
    )
    lessons_share: Mapped[float | None]
    quiz_mark: Mapped[float | None]
    mastered_share: Mapped[float | None]
    signed_by: Mapped[str] = mapped_column(server_default="")


class Certificate(Base):
    """A certificate that was given; the name on it is the account's, and goes with it."""

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("course_id", "learner_id", name="uq_certificates_course_id_learner_id"),
        Index("ix_certificates_learner_id", "learner_id"),
    )

    id: Mapped[UuidKey]
    code: Mapped[str] = mapped_column(unique=True)
    """What is written on it, and looked up to see whether it is valid."""
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    learner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    reached: Mapped[Json]
    """The shares that were reached when it was given."""
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revocation_reason: Mapped[str] = mapped_column(server_default="")
    """What its learner is told; empty for an account that was erased."""
