"""Jobs as rows: their claim with a lease, their progress, and their one ending."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from jobs.kinds import JobKind, JobStatus
from models.jobs import Job
from storage.errors import NotFoundError
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page

LEASE_SECONDS = 30
UNPUBLISHED_AFTER_SECONDS = 10
"""How long a queued job may stay unclaimed before it is published again."""

CLAIM = text("""
UPDATE jobs SET status = 'running', stage = 'starting', claimed_by = :worker,
    lease_until = now() + make_interval(secs => :lease_seconds), attempts = attempts + 1,
    updated_at = now()
WHERE id = (
    SELECT id FROM jobs
    WHERE id = :job_id AND (status = 'queued' OR (status = 'running' AND lease_until < now()))
    FOR UPDATE SKIP LOCKED
)
RETURNING id, course_id, requested_by, kind, payload, attempts
""")
REPORT = text("""
UPDATE jobs SET lease_until = now() + make_interval(secs => :lease_seconds), updated_at = now(),
    stage = coalesce(:stage, stage), progress = greatest(progress, :progress),
    seconds_left = :seconds_left
WHERE id = :job_id AND claimed_by = :worker AND status = 'running'
RETURNING id
""")
FINISH = text("""
UPDATE jobs SET status = :status, stage = :status, seconds_left = NULL, lease_until = NULL,
    progress = CASE WHEN :status = 'succeeded' THEN 1 ELSE progress END,
    result = CAST(:result AS jsonb), error = CAST(:error AS jsonb),
    finished_at = now(), updated_at = now()
WHERE id = :job_id AND claimed_by = :worker AND status = 'running'
RETURNING id
""")
DUE = text("""
UPDATE jobs SET updated_at = now()
WHERE id IN (
    SELECT id FROM jobs
    WHERE (status = 'queued' AND updated_at < now() - make_interval(secs => :unpublished_seconds))
       OR (status = 'running' AND lease_until < now())
    ORDER BY created_at LIMIT 200
    FOR UPDATE SKIP LOCKED
)
RETURNING id
""")
KEYSET = Keyset({"created_at": Job.created_at}, Job.id)
NEWEST_FIRST = Order("created_at", descending=True)


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job as a reader sees it."""

    id: UUID
    course_id: UUID
    requested_by: UUID | None
    kind: JobKind
    status: JobStatus
    stage: str
    progress: float
    seconds_left: float | None
    cost_micro_usd: int
    result: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this worker now holds."""

    id: UUID
    course_id: UUID
    requested_by: UUID | None
    kind: JobKind
    payload: Mapping[str, Any]
    attempts: int


class JobsRepository:
    """The rows of `jobs`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self, course_id: UUID, kind: JobKind, payload: dict[str, Any], requested_by: UUID | None
    ) -> StoredJob:
        """A new queued job; publish it after the transaction."""
        job = Job(
            id=uuid7(),
            course_id=course_id,
            kind=kind.value,
            payload=payload,
            requested_by=requested_by,
        )
        self._session.add(job)
        await self._session.flush()
        await self._session.refresh(job)
        return _stored(job)

    async def claim(self, job_id: UUID, worker: str) -> ClaimedJob | None:
        """Takes a job that is queued or whose lease has run out; None for any other.

        A message delivered twice finds the row taken or finished and does nothing.
        """
        parameters = {"job_id": job_id, "worker": worker, "lease_seconds": LEASE_SECONDS}
        row = (await self._session.execute(CLAIM, parameters)).one_or_none()
        if row is None:
            return None
        return ClaimedJob(
            row.id, row.course_id, row.requested_by, JobKind(row.kind), row.payload, row.attempts
        )

    async def report(
        self,
        job_id: UUID,
        worker: str,
        *,
        stage: str | None = None,
        progress: float = 0.0,
        seconds_left: float | None = None,
    ) -> bool:
        """Renews the lease and records progress, which never falls; False once it is lost."""
        parameters = {
            "job_id": job_id,
            "worker": worker,
            "lease_seconds": LEASE_SECONDS,
            "stage": stage,
            "progress": progress,
            "seconds_left": seconds_left,
        }
        return (await self._session.execute(REPORT, parameters)).one_or_none() is not None

    async def finish(
        self,
        job_id: UUID,
        worker: str,
        status: JobStatus,
        *,
        result: str | None = None,
        error: str | None = None,
    ) -> bool:
        """Ends a job this worker holds, with JSON texts; False where it has ended or been lost."""
        parameters = {
            "job_id": job_id,
            "worker": worker,
            "status": status.value,
            "result": result,
            "error": error,
        }
        return (await self._session.execute(FINISH, parameters)).one_or_none() is not None

    async def due(self) -> list[UUID]:
        """Jobs to publish again: queued ones nobody took, running ones whose lease ran out."""
        parameters = {"unpublished_seconds": UNPUBLISHED_AFTER_SECONDS}
        return list((await self._session.execute(DUE, parameters)).scalars())

    async def get(self, job_id: UUID) -> StoredJob:
        """One job.

        Raises:
            NotFoundError: when there is none.
        """
        job = await self._session.get(Job, job_id)
        if job is None:
            raise NotFoundError("job", job_id)
        return _stored(job)

    async def page(
        self, request: PageRequest, *, requested_by: UUID | None, course_id: UUID | None
    ) -> Page[StoredJob]:
        """Jobs, newest first, of one person and of one course where they are named.

        Raises:
            InvalidCursorError: when the cursor is damaged.
        """
        statement = select(Job)
        if requested_by is not None:
            statement = statement.where(Job.requested_by == requested_by)
        if course_id is not None:
            statement = statement.where(Job.course_id == course_id)
        page = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return page.map(lambda row: _stored(row[0]))


def _stored(job: Job) -> StoredJob:
    return StoredJob(
        id=job.id,
        course_id=job.course_id,
        requested_by=job.requested_by,
        kind=JobKind(job.kind),
        status=JobStatus(job.status),
        stage=job.stage,
        progress=job.progress,
        seconds_left=job.seconds_left,
        cost_micro_usd=job.cost_micro_usd,
        result=job.result,
        error=job.error,
        created_at=job.created_at,
        finished_at=job.finished_at,
    )
