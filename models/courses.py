"""Courses and their lessons."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, SoftDelete, TextArray, Timestamps, UuidKey

DIFFICULTY_CHECK = "difficulty IN ('beginner', 'intermediate', 'advanced')"


class Course(Timestamps, SoftDelete, Base):
    """A course: the wall between tenants, the unit of partitioning and of retrieval."""

    __tablename__ = "courses"
    __table_args__ = (
        CheckConstraint(DIFFICULTY_CHECK, name="difficulty"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_form"),
        Index("uq_courses_slug", "slug", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("ix_courses_created_at_id", "created_at", "id"),
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
