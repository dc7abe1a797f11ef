"""What is taught beside documents: lessons, quizzes, decks and the like, in kept versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, SoftDelete, Timestamps, UuidKey


class StoredContent(Timestamps, SoftDelete, Base):
    """One lesson, quiz, deck, study guide, slide deck or video of a course.

    `version` is the one that teachers work on, `published_version` the one that learners see.
    A lesson also has a row in `lessons`, of the same id, which says where it stands in its course.
    """

    __tablename__ = "contents"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('lesson', 'quiz', 'deck', 'study_guide', 'slides', 'video')", name="kind"
        ),
        CheckConstraint("origin IN ('person', 'job', 'import')", name="origin"),
        CheckConstraint("(kind = 'lesson') = (lesson_id IS NOT NULL)", name="lesson_has_row"),
        CheckConstraint("lesson_id = id", name="lesson_id"),
        Index("ix_contents_course_id_kind_created_at_id", "course_id", "kind", "created_at", "id"),
        Index("ix_contents_lesson_id", "lesson_id"),
        Index(
            "uq_contents_job_id", "job_id", unique=True, postgresql_where=text("job_id IS NOT NULL")
        ),
        Index("ix_contents_created_by", "created_by"),
        Index(
            "ix_contents_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")
        ),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    lesson_id: Mapped[UUID | None] = mapped_column(ForeignKey("lessons.id", ondelete="CASCADE"))
    kind: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    published_version: Mapped[int | None]
    origin: Mapped[str] = mapped_column(server_default="person")
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    """The job that made it; a job makes one, however often it is run."""
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class ContentVersion(Base):
    """A state of some content; rows are only ever added."""

    __tablename__ = "content_versions"
    __table_args__ = (
        CheckConstraint("parent < number", name="parent_is_earlier"),
        Index("ix_content_versions_course_id", "course_id"),
        Index("ix_content_versions_author_id", "author_id"),
        Index(
            "uq_content_versions_job_id",
            "job_id",
            unique=True,
            postgresql_where=text("job_id IS NOT NULL"),
        ),
    )

    content_id: Mapped[UUID] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    parent: Mapped[int | None]
    """The version that it was made from; undoing goes back to it."""
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    title: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The JSON of a value of `content/`."""
    quality: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What the quality gate found; None where it has not looked."""
    source_documents: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    """Each cited document once, beside its version in `source_versions`."""
    source_versions: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default="{}")
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """None for what a job has written."""
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    """The job that wrote it; a job writes one version, however often it is run."""
    why: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ContentComment(Timestamps, Base):
    """What somebody who works on some content has to say about it, or about one part."""

    __tablename__ = "content_comments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["content_id", "version"],
            ["content_versions.content_id", "content_versions.number"],
            name="fk_content_comments_content_id_version_content_versions",
            ondelete="CASCADE",
        ),
        Index("ix_content_comments_content_id_created_at_id", "content_id", "created_at", "id"),
        Index("ix_content_comments_course_id", "course_id"),
        Index("ix_content_comments_author_id", "author_id"),
    )

    id: Mapped[UuidKey]
    content_id: Mapped[UUID]
    version: Mapped[int]
    """The version that was commented on."""
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    part: Mapped[str | None]
    """The id of the part that is meant; None for the whole."""
    body: Mapped[str]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    resolved_at: Mapped[datetime | None]


class Asset(Base):
    """A file made of content: a video, its captions, a lesson as PDF.

    The bytes are kept under their hash; several rows may share them.
    """

    __tablename__ = "assets"
    __table_args__ = (
        Index("uq_assets_course_id_key", "course_id", "key", unique=True),
        Index("ix_assets_content_id", "content_id"),
        Index("ix_assets_used_at", "used_at"),
        Index("ix_assets_content_hash", "content_hash"),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    content_id: Mapped[UUID] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"))
    version: Mapped[int]
    """The version of the content that it was made of."""
    key: Mapped[str]
    """What it was made of and into what; made once however often it is asked for."""
    name: Mapped[str]
    """As a file is called that is saved."""
    media_type: Mapped[str]
    content_hash: Mapped[str]
    byte_size: Mapped[int] = mapped_column(BigInteger)
    is_derived: Mapped[bool] = mapped_column(server_default=text("true"))
    """Whether it can be made again at little cost, so that it may go when it is not used."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    used_at: Mapped[datetime] = mapped_column(server_default=func.now())
