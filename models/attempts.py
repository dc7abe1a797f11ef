"""What learners answered, what it scored, what they say to that, and the rules of a quiz."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, SmallNumber, TextArray, Timestamps, UuidKey


class QuizRules(Timestamps, Base):
    """When and how often a quiz may be attempted; without a row it is open to all tries."""

    __tablename__ = "quiz_rules"
    __table_args__ = (
        CheckConstraint("late_policy IN ('refuse', 'mark')", name="late_policy"),
        CheckConstraint("shows_key IN ('never', 'after_attempt', 'after_due')", name="shows_key"),
        CheckConstraint("max_attempts > 0", name="max_attempts"),
        CheckConstraint("opens_at < due_at", name="opens_before_due"),
        Index("ix_quiz_rules_course_id", "course_id"),
    )

    quiz_id: Mapped[UUID] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    opens_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    late_policy: Mapped[str] = mapped_column(server_default="refuse")
    """What becomes of an attempt after `due_at`: refused, or taken and marked late."""
    max_attempts: Mapped[SmallNumber | None]
    shows_key: Mapped[str] = mapped_column(server_default="after_attempt")
    """When a learner who attempted it sees the right answers."""
    withdrawn_questions: Mapped[TextArray]
    """Ids of questions that count for nobody."""


class Attempt(Base):
    """A learner's answers to one version of a quiz, with what they score by the latest grades."""

    __tablename__ = "attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["quiz_id", "quiz_version"],
            ["content_versions.content_id", "content_versions.number"],
            name="fk_attempts_quiz_id_quiz_version_content_versions",
            ondelete="CASCADE",
        ),
        CheckConstraint("score BETWEEN 0 AND maximum", name="score"),
        Index("uq_attempts_quiz_id_learner_id_number", "quiz_id", "learner_id", "number",
              unique=True),
        Index("ix_attempts_quiz_id_submitted_at_id", "quiz_id", "submitted_at", "id"),
        Index("ix_attempts_learner_id", "learner_id"),
        Index("ix_attempts_course_id", "course_id"),
        Index(
            "uq_attempts_learner_id_idempotency_key",
            "learner_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    quiz_id: Mapped[UUID]
    quiz_version: Mapped[int]
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    number: Mapped[int]
    """The learner's first, second and further attempt at this quiz."""
    submitted_at: Mapped[datetime]
    is_late: Mapped[bool] = mapped_column(server_default=text("false"))
    answers: Mapped[Json]
    """The answers by the ids of their questions."""
    score: Mapped[float]
    maximum: Mapped[float]
    needs_review: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether one of its latest grades is not certain."""
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[str | None]


class QuestionGrade(Base):
    """What one answer scored; rows are only ever added, and the highest revision counts."""

    __tablename__ = "question_grades"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND maximum", name="score"),
        Index("ix_question_grades_course_id", "course_id"),
        Index("ix_question_grades_graded_by", "graded_by"),
    )

    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    score: Mapped[float]
    maximum: Mapped[float]
    judged_by: Mapped[str]
    """A rule of `pedagogy.grading`, or `teacher`."""
    is_certain: Mapped[bool]
    is_answered: Mapped[bool]
    detail: Mapped[Json]
    """Parts, feedback and misconceptions."""
    graded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """The teacher who set it; None where rules did."""
    reason: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class GradeAppeal(Base):
    """A learner's objection to the grade of one answer, and what became of it."""

    __tablename__ = "grade_appeals"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'accepted', 'rejected')", name="status"),
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided_at"),
        Index(
            "uq_grade_appeals_attempt_id_question_id",
            "attempt_id",
            "question_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_grade_appeals_course_id_created_at_id", "course_id", "created_at", "id"),
        Index("ix_grade_appeals_learner_id", "learner_id"),
        Index("ix_grade_appeals_decided_by", "decided_by"),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    question_id: Mapped[str]
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    message: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="open")
    reply: Mapped[str] = mapped_column(server_default="")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ProblemStateRow(Timestamps, Base):
    """How far a learner was helped with a question outside of attempts."""

    __tablename__ = "problem_states"
    __table_args__ = (
        CheckConstraint("hints >= 0", name="hints"),
        Index("ix_problem_states_quiz_id", "quiz_id"),
        Index("ix_problem_states_course_id", "course_id"),
    )

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    quiz_id: Mapped[UUID] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    hints: Mapped[int] = mapped_column(server_default="0")
    is_shown: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether the solution was shown; an answer after it is no evidence of knowledge."""
    chat_answers: Mapped[int] = mapped_column(server_default="0")
    """Answers given to the tutor, which are no attempts."""
    is_solved: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether one of those was right."""


class CardMemoryRow(Base):
    """What is known of a learner's memory of one card."""

    __tablename__ = "card_memories"
    __table_args__ = (
        CheckConstraint("state IN ('learning', 'review', 'relearning')", name="state"),
        Index("ix_card_memories_learner_id_due_at", "learner_id", "due_at"),
        Index("ix_card_memories_deck_id", "deck_id"),
        Index("ix_card_memories_course_id", "course_id"),
    )

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    deck_id: Mapped[UUID] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True
    )
    card_id: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    state: Mapped[str]
    step: Mapped[SmallNumber | None]
    stability: Mapped[float]
    difficulty: Mapped[float]
    review_count: Mapped[int] = mapped_column(server_default="1")
    last_reviewed_at: Mapped[datetime]
    due_at: Mapped[datetime]


class CardReview(Base):
    """One look at a card; rows are only ever added."""

    __tablename__ = "card_reviews"
    __table_args__ = (
        CheckConstraint("recall IN ('again', 'hard', 'good', 'easy')", name="recall"),
        Index("ix_card_reviews_learner_id_reviewed_at", "learner_id", "reviewed_at"),
        Index("ix_card_reviews_deck_id", "deck_id"),
        Index("ix_card_reviews_course_id", "course_id"),
        Index(
            "uq_card_reviews_learner_id_idempotency_key",
            "learner_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    deck_id: Mapped[UUID] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"))
    card_id: Mapped[str]
    recall: Mapped[str]
    reviewed_at: Mapped[datetime]
    memory: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The memory that the review left."""
    idempotency_key: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
