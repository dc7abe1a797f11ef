"""Read models: what the events of learning add up to, and how far they have been read.

All of it can be dropped and made again from `learning_events`. Learners stand here under their
pseudonyms only.
"""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, SmallNumber

Count = Annotated[int, mapped_column(BigInteger)]
CourseKey = Annotated[
    UUID, mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
]
Key = Annotated[UUID, mapped_column(primary_key=True)]


class ActivityCounts:
    """How much of what was done; names as in `pedagogy.events.read_models.COUNTS`."""

    asked: Mapped[Count]
    attempts: Mapped[Count]
    answers: Mapped[Count]
    share_thousandths: Mapped[Count]
    """The sum of what answers scored of their points, in thousandths."""
    hints: Mapped[Count]
    solutions: Mapped[Count]
    reviews: Mapped[Count]
    recalled: Mapped[Count]
    lessons_read: Mapped[Count]
    videos_watched: Mapped[Count]
    seconds_read: Mapped[Count]
    seconds_watched: Mapped[Count]


class LearningDay(ActivityCounts, Base):
    """What a learner did in a course on a day of the school's time zone."""

    __tablename__ = "learning_days"
    __table_args__ = (
        Index("ix_learning_days_course_id_day", "course_id", "day"),
        Index("ix_learning_days_learner_key_day", "learner_key", "day"),
    )

    course_id: Mapped[CourseKey]
    learner_key: Mapped[Key]
    day: Mapped[date] = mapped_column(primary_key=True)


class LearnerStanding(ActivityCounts, Base):
    """What a learner has done in a course in all."""

    __tablename__ = "learner_standings"

    course_id: Mapped[CourseKey]
    learner_key: Mapped[Key]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class LearnerItem(Base):
    """What a learner has done with one lesson, video, quiz or deck."""

    __tablename__ = "learner_items"
    __table_args__ = (
        CheckConstraint("kind IN ('lesson', 'video', 'quiz', 'deck')", name="kind"),
        Index("ix_learner_items_course_id_item_id", "course_id", "item_id"),
    )

    course_id: Mapped[CourseKey]
    learner_key: Mapped[Key]
    item_id: Mapped[Key]
    kind: Mapped[str]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int]
    seconds: Mapped[Count]
    share_thousandths: Mapped[int]
    """The most they have read, or scored of all points."""
    finished_at: Mapped[datetime | None]
    """When it was first read or watched to the end, or attempted."""
    duration_seconds: Mapped[int]
    watched: Mapped[Any] = mapped_column(INT4MULTIRANGE)
    """The seconds of a video that were watched, each once."""


class LearnerConcept(Base):
    """What a learner has shown of a concept, and what is believed of them by now."""

    __tablename__ = "learner_concepts"

    course_id: Mapped[CourseKey]
    concept_id: Mapped[Key]
    learner_key: Mapped[Key]
    answers: Mapped[int]
    share_thousandths: Mapped[Count]
    probability: Mapped[float | None]
    answer_count: Mapped[int | None]
    estimated_at: Mapped[datetime | None]
    estimated_sequence: Mapped[int | None] = mapped_column(BigInteger)
    """The event that says so; among several of one moment the last one counts."""


class MasteryDay(Base):
    """What was believed of a learner's knowledge of a concept at the end of a day."""

    __tablename__ = "mastery_days"
    __table_args__ = (Index("ix_mastery_days_course_id_day", "course_id", "day"),)

    course_id: Mapped[CourseKey]
    learner_key: Mapped[Key]
    concept_id: Mapped[Key]
    day: Mapped[date] = mapped_column(primary_key=True)
    probability: Mapped[float]
    answer_count: Mapped[int]
    estimated_at: Mapped[datetime]
    estimated_sequence: Mapped[Count]


class EventProjection(Base):
    """How far a reader of the log has come; its row is its lock."""

    __tablename__ = "event_projections"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    """Of its rules; where it is not the program's, all is made anew."""
    transaction_id: Mapped[Count]
    sequence: Mapped[Count]
    event_count: Mapped[Count]
    projected_at: Mapped[datetime | None]
    rebuilt_at: Mapped[datetime | None]


class UnreadableLearningEvent(Base):
    """An event that this version of the program could not read."""

    __tablename__ = "unreadable_learning_events"

    sequence: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("learning_events.sequence", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    kind: Mapped[str]
    version: Mapped[SmallNumber]
    reason: Mapped[str]
