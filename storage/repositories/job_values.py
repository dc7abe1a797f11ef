"""What is known of jobs: as they are asked for, as they stand, as a worker holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from jobs.kinds import JobKind, JobStatus

FINAL = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be queued.

    Attributes:
        priority: 0 first, 9 last.
        parts: payloads of the jobs that do the work, if it is divided; `payload` then only
            describes the whole.
        idempotency_key: the requester's own name for this request.
        request_hash: sha256 of what was asked for; goes with the key.
        traceparent: The trace of the request.
    """

    course_id: UUID
    kind: JobKind
    payload: Mapping[str, Any]
    requested_by: UUID | None
    priority: int = 5
    parts: Sequence[Mapping[str, Any]] = ()
    idempotency_key: str | None = None
    request_hash: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job as a reader sees it.

    Attributes:
        topic: What it is about: the topic asked for, the title of what is written anew, or the
            files brought in; empty where documents or lessons were chosen instead.
    """

    id: UUID
    course_id: UUID
    requested_by: UUID | None
    parent_id: UUID | None
    kind: JobKind
    topic: str
    priority: int
    status: JobStatus
    stage: str
    progress: float
    seconds_left: float | None
    cost_micro_usd: int
    result: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    attempts: int
    is_cancel_requested: bool
    request_hash: str | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_finished(self) -> bool:
        """Whether it has ended, one way or another."""
        return self.status in FINAL


@dataclass(frozen=True, slots=True)
class JobStep:
    """One line of a job's history."""

    created_at: datetime
    status: JobStatus
    stage: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this worker now holds."""

    id: UUID
    course_id: UUID
    requested_by: UUID | None
    parent_id: UUID | None
    kind: JobKind
    payload: Mapping[str, Any]
    attempts: int
    is_cancel_requested: bool
    cost_micro_usd: int = 0
    """What it has cost before this worker took it."""
    waited_seconds: float | None = None
    """Since it was queued; None where a worker took it before."""
    traceparent: str | None = None
    """The trace of the request that asked for it."""


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many jobs of a kind wait, and how many a worker holds."""

    kind: JobKind
    waiting: int
    running: int
    oldest_waiting_seconds: float


@dataclass(frozen=True, slots=True)
class Holding:
    """What a report finds: the worker still holds the job, and whether it is asked to stop."""

    is_cancel_requested: bool
