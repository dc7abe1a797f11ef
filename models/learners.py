"""Concepts of a course, what each learner knows of them, and the events of learning."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, SmallNumber, Timestamps, UuidKey


class Concept(Timestamps, Base):
    """Something that a course teaches and a question can exercise."""

    __tablename__ = "concepts"
    __table_args__ = (
        UniqueConstraint("course_id", "key", name="uq_concepts_course_id_key"),
        CheckConstraint("origin IN ('extracted', 'teacher')", name="origin"),
        Index("ix_concepts_course_id_position_id", "course_id", "position", "id"),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    name: Mapped[str]
    key: Mapped[str]
    """The name folded, by which questions and headings find it."""
    position: Mapped[int] = mapped_column(server_default="0")
    origin: Mapped[str] = mapped_column(server_default="extracted")
    removed_at: Mapped[datetime | None]
    """Set for one that a teacher took out, so that extracting does not bring it back."""


class ConceptPrerequisite(Base):
    """One concept that is needed before another."""

    __tablename__ = "concept_prerequisites"
    __table_args__ = (
        CheckConstraint("concept_id <> prerequisite_id", name="not_itself"),
        Index("ix_concept_prerequisites_prerequisite_id", "prerequisite_id"),
        Index("ix_concept_prerequisites_course_id", "course_id"),
    )

    concept_id: Mapped[UUID] = mapped_column(
        ForeignKey("concepts.id", ondelete="CASCADE"), primary_key=True
    )
    prerequisite_id: Mapped[UUID] = mapped_column(
        ForeignKey("concepts.id", ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))


class ConceptMastery(Base):
    """How likely a learner knows a concept, by the latest grades of their answers."""

    __tablename__ = "concept_masteries"
    __table_args__ = (
        CheckConstraint("probability BETWEEN 0 AND 1", name="probability"),
        CheckConstraint("claimed_probability BETWEEN 0 AND 1", name="claimed_probability"),
        Index("ix_concept_masteries_concept_id", "concept_id"),
        Index("ix_concept_masteries_course_id_learner_id", "course_id", "learner_id"),
    )

    learner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    concept_id: Mapped[UUID] = mapped_column(
        ForeignKey("concepts.id", ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    probability: Mapped[float]
    answer_count: Mapped[int]
    claimed_probability: Mapped[float | None]
    """What the learner or a teacher said instead; later answers move on from there."""
    claimed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class GradedConcept(Base):
    """A concept that an answer exercised, so that mastery can be traced again from grades."""

    __tablename__ = "graded_concepts"
    __table_args__ = (
        Index("ix_graded_concepts_learner_id_concept_id", "learner_id", "concept_id"),
        Index("ix_graded_concepts_concept_id", "concept_id"),
        Index("ix_graded_concepts_course_id", "course_id"),
    )

    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[str] = mapped_column(primary_key=True)
    concept_id: Mapped[UUID] = mapped_column(
        ForeignKey("concepts.id", ondelete="CASCADE"), primary_key=True
    )
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    guess: Mapped[float]
    """How likely the question is answered rightly by luck."""


class PractisedConcept(Base):
    """Evidence of knowledge beside attempts: a card reviewed, a question answered to the tutor.

    A card counts once a day. Rows are only ever added.
    """

    __tablename__ = "practised_concepts"
    __table_args__ = (
        CheckConstraint("kind IN ('card', 'chat')", name="kind"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share"),
        UniqueConstraint(
            "learner_id",
            "concept_id",
            "kind",
            "subject",
            "day",
            name="uq_practised_concepts_learner_id_concept_id_subject_day",
        ),
        Index("ix_practised_concepts_concept_id", "concept_id"),
        Index("ix_practised_concepts_course_id", "course_id"),
    )

    id: Mapped[UuidKey]
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    concept_id: Mapped[UUID] = mapped_column(ForeignKey("concepts.id", ondelete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    kind: Mapped[str]
    subject: Mapped[str]
    """The card or the question."""
    day: Mapped[date]
    share: Mapped[float]
    guess: Mapped[float]
    practised_at: Mapped[datetime]


class KnowledgeParameterRow(Base):
    """The parameters of knowledge tracing that fit a course's answers, and what they rest on."""

    __tablename__ = "knowledge_parameters"

    course_id: Mapped[UUID] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True
    )
    prior: Mapped[float]
    learn: Mapped[float]
    slip: Mapped[float]
    learners: Mapped[int]
    answers: Mapped[int]
    log_likelihood: Mapped[float]
    default_log_likelihood: Mapped[float]
    fitted_at: Mapped[datetime]


class LearnerKey(Base):
    """The pseudonym under which a person's learning events are kept; erasing it unlinks them."""

    __tablename__ = "learner_keys"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    learner_key: Mapped[UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))


class LearningEvent(Base):
    """Something that happened in learning; rows are only ever added.

    A reader that takes rows of transactions older than every open one, by `transaction_id` and
    `sequence`, skips none: what is open may still add rows with lower sequences.
    """

    __tablename__ = "learning_events"
    __table_args__ = (
        Index("ix_learning_events_transaction_id_sequence", "transaction_id", "sequence"),
        Index(
            "ix_learning_events_course_id_learner_key_sequence",
            "course_id",
            "learner_key",
            "sequence",
        ),
    )

    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    """Reckoned from what it tells of where that has a name, so that nothing is told twice."""
    transaction_id: Mapped[int] = mapped_column(
        BigInteger, server_default=text("((pg_current_xact_id())::text)::bigint")
    )
    """The number of the transaction, which never comes again."""
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    learner_key: Mapped[UUID]
    kind: Mapped[str]
    version: Mapped[SmallNumber]
    """Of the kind's payload."""
    occurred_at: Mapped[datetime]
    payload: Mapped[Json]
    """Ids and values, never text that somebody wrote."""
