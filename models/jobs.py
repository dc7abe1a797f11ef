"""Long work: the row of record that a queue message only points to, and what happened to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, SmallNumber, Timestamps, UuidKey


class Job(Timestamps, Base):
    """A job and its claim; a worker holds it while `lease_until` lies ahead."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('ingest', 'lesson', 'quiz', 'flashcards', 'study_guide', 'slides', 'video')",
            name="kind",
        ),
        CheckConstraint(
            "status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="status"
        ),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        Index("ix_jobs_course_id_created_at_id", "course_id", "created_at", "id"),
        Index("ix_jobs_requested_by_created_at_id", "requested_by", "created_at", "id"),
        Index("ix_jobs_parent_id", "parent_id"),
        Index(
            "uq_jobs_requested_by_idempotency_key",
            "requested_by",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index(
            "ix_jobs_unfinished",
            "lease_until",
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    """The job this one is a part of: a document of an upload, a scene of a video."""
    kind: Mapped[str]
    priority: Mapped[SmallNumber] = mapped_column(server_default="5")
    """0 first, 9 last."""
    idempotency_key: Mapped[str | None]
    request_hash: Mapped[str | None]
    """sha256 of the request the key came with; the same key with another request is refused."""
    status: Mapped[str] = mapped_column(server_default="queued")
    stage: Mapped[str] = mapped_column(server_default="queued")
    progress: Mapped[float] = mapped_column(server_default="0")
    seconds_left: Mapped[float | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    cost_micro_usd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    attempts: Mapped[SmallNumber] = mapped_column(server_default="0")
    claimed_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    traceparent: Mapped[str | None]
    """The trace of the request that asked for it. Source: W3C Trace Context, section 3.2."""


class JobEvent(Base):
    """One step of a job's history; rows are only ever added."""

    __tablename__ = "job_events"
    __table_args__ = (Index("ix_job_events_job_id_id", "job_id", "id"),)

    id: Mapped[UuidKey]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    status: Mapped[str]
    stage: Mapped[str]
    detail: Mapped[str | None]


class JobPart(Base):
    """A finished part of what a job makes, kept so that the job is not paid for twice."""

    __tablename__ = "job_parts"
    __table_args__ = (Index("ix_job_parts_course_id", "course_id"),)

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    part: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
