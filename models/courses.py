"""Courses and their lessons."""

from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    func,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, SmallNumber, SoftDelete, TextArray, Timestamps, UuidKey

MODES = (
    "explain",
    "socratic",
    "hints",
    "quiz_me",
    "check_my_work",
    "worked_example",
    "simpler",
    "deeper",
    "plan",
)
KNOWN_MODES = f"ARRAY[{', '.join(repr(mode) for mode in MODES)}]"
DIFFICULTY_CHECK = "difficulty IN ('beginner', 'intermediate', 'advanced')"


class Course(Timestamps, SoftDelete, Base):
    """A course: the wall between tenants, the unit of partitioning and of retrieval."""

    __tablename__ = "courses"
    __table_args__ = (
        CheckConstraint(DIFFICULTY_CHECK, name="difficulty"),
        CheckConstraint("support_policy IN ('mark', 'withhold', 'allow')", name="support_policy"),
        CheckConstraint(f"tutor_modes <@ {KNOWN_MODES}", name="tutor_modes"),
        CheckConstraint("default_mode = ANY (tutor_modes)", name="default_mode"),
        CheckConstraint(
            "hints_before_solution BETWEEN 0 AND 20 AND attempts_before_solution BETWEEN 0 AND 20",
            name="before_solution",
        ),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_form"),
        Index("uq_courses_slug", "slug", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("ix_courses_created_at_id", "created_at", "id"),
        Index(
            "ix_courses_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")
        ),
        Index("ix_courses_title_id", "title", "id"),
        Index("ix_courses_updated_at_id", "updated_at", "id"),
        Index("ix_courses_tags", "tags", postgresql_using="gin"),
        Index(
            "ix_courses_words",
            text("to_tsvector('simple'::regconfig, (title || ' '::text) || description)"),
            postgresql_using="gin",
        ),
    )

    id: Mapped[UuidKey]
    slug: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    tags: Mapped[TextArray]
    difficulty: Mapped[str] = mapped_column(server_default="beginner")
    language: Mapped[str] = mapped_column(server_default="en")
    suggested_questions: Mapped[TextArray]
    support_policy: Mapped[str] = mapped_column(server_default="mark")
    """What becomes of a sentence of an answer that its sources do not bear out."""
    tutor_modes: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default="{" + ",".join(MODES) + "}"
    )
    """Ways of teaching that learners may choose, in the order to show them in."""
    default_mode: Mapped[str] = mapped_column(server_default="explain")
    hints_before_solution: Mapped[SmallNumber] = mapped_column(server_default="2")
    attempts_before_solution: Mapped[SmallNumber] = mapped_column(server_default="1")
    shows_solutions: Mapped[bool] = mapped_column(server_default=true())
    corpus_revision: Mapped[int] = mapped_column(BigInteger, server_default="0")
    chunk_count: Mapped[int] = mapped_column(BigInteger, server_default="0")
    lexical_length: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Terms in all current chunks; with `chunk_count` the mean length that BM25 needs."""
    vectors_embedder_id: Mapped[int | None] = mapped_column(SmallInteger)
    """The embedder that all chunks had vectors of when the corpus was at `vectors_revision`."""
    vectors_revision: Mapped[int | None] = mapped_column(BigInteger)

    lessons: Mapped[list["Lesson"]] = relationship(back_populates="course", lazy="raise")


class Lesson(Timestamps, SoftDelete, Base):
    """A lesson of a course: Markdown content at a position."""

    __tablename__ = "lessons"
    __table_args__ = (
        CheckConstraint(DIFFICULTY_CHECK, name="difficulty"),
        CheckConstraint("status IN ('draft', 'published')", name="status"),
        CheckConstraint("position >= 0", name="position_not_negative"),
        CheckConstraint("duration_minutes BETWEEN 1 AND 1440", name="duration_minutes"),
        Index("ix_lessons_course_id_position_id", "course_id", "position", "id"),
        Index(
            "ix_lessons_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")
        ),
        Index("ix_lessons_course_id_created_at_id", "course_id", "created_at", "id"),
        Index("ix_lessons_course_id_title_id", "course_id", "title", "id"),
        Index("ix_lessons_tags", "tags", postgresql_using="gin"),
        Index(
            "ix_lessons_words",
            text("to_tsvector('simple'::regconfig, (title || ' '::text) || summary)"),
            postgresql_using="gin",
        ),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(server_default="")
    content: Mapped[str] = mapped_column(server_default="")
    position: Mapped[int] = mapped_column(server_default="0")
    duration_minutes: Mapped[int | None]
    tags: Mapped[TextArray]
    difficulty: Mapped[str] = mapped_column(server_default="beginner")
    status: Mapped[str] = mapped_column(server_default="draft")

    course: Mapped[Course] = relationship(back_populates="lessons", lazy="raise")


class CourseMark(Base):
    """What changes with each edit of a course: whatever was read under another mark is old.

    Triggers renew it, in the transaction of the edit; a mark never comes again.
    """

    __tablename__ = "course_marks"

    course_id: Mapped[UUID] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True
    )
    mark: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
    transaction_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The transaction that renewed it last, which need not do so twice."""
