"""Jobs as rows: their claim with a lease, their progress, and their one ending."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from jobs.kinds import JobKind, JobStatus
from models.jobs import Job, JobEvent
from storage.errors import NotFoundError
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page
from storage.repositories import job_statements as sql
from storage.repositories.announcements import AnnouncementRepository
from storage.repositories.job_values import (
    ClaimedJob,
    Holding,
    JobStep,
    NewJob,
    QueueDepth,
    StoredJob,
)

LEASE_SECONDS = 30
RENEW_BELOW_SECONDS = 20
"""A lease is renewed once ten seconds of it are gone, not at every report."""
UNPUBLISHED_AFTER_SECONDS = 10
"""How long a queued job may stay unclaimed before it is published again."""
KEYSET = Keyset({"created_at": Job.created_at}, Job.id)
NEWEST_FIRST = Order("created_at", descending=True)


class JobsRepository:
    """The rows of `jobs` and `job_events`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, new: NewJob) -> StoredJob | None:
        """A new queued job with its parts; publish what `runnable` gives after the transaction.

        Returns:
            None where the requester has used the idempotency key before.
        """
        job_id = uuid7()
        parameters = {
            "course_id": new.course_id,
            "kind": new.kind.value,
            "requested_by": new.requested_by,
            "priority": new.priority,
            "traceparent": new.traceparent,
        }
        first = {
            **parameters,
            "id": job_id,
            "parent_id": None,
            "payload": new.payload,
            "idempotency_key": new.idempotency_key,
            "request_hash": new.request_hash,
        }
        if (await self._session.execute(sql.ADD, first)).one_or_none() is None:
            return None
        rows = [
            {**first, "id": uuid7(), "parent_id": job_id, "payload": part, "idempotency_key": None}
            for part in new.parts
        ]
        if rows:
            await self._session.execute(sql.ADD_PART, rows)
        await self.record([job_id], JobStatus.QUEUED, "queued")
        return await self.get(job_id)

    async def with_key(self, requested_by: UUID | None, idempotency_key: str) -> StoredJob:
        """The job that this person has asked for under that key.

        Raises:
            NotFoundError: when there is none.
        """
        statement = select(Job).where(
            Job.requested_by == requested_by, Job.idempotency_key == idempotency_key
        )
        job = await self._session.scalar(statement)
        if job is None:
            raise NotFoundError("job with this key", idempotency_key)
        return _stored(job)

    async def runnable(self, job_id: UUID) -> list[tuple[UUID, JobKind]]:
        """What a worker can take of this job: its queued parts, or itself where it has none."""
        rows = await self._session.execute(sql.RUNNABLE, {"job_id": job_id})
        return [(row.id, JobKind(row.kind)) for row in rows]

    async def claim(self, job_id: UUID, worker: str) -> ClaimedJob | None:
        """Takes a job that is queued or whose lease has run out; None for any other.

        A message delivered twice finds the row taken or finished and does nothing.
        """
        return await self._claim(sql.CLAIM, {"job_id": job_id, "worker": worker})

    async def claim_next(
        self, worker: str, kinds: Collection[JobKind], per_course: int
    ) -> ClaimedJob | None:
        """Takes the most urgent job of these kinds that waits, the oldest of equals first.

        Left waiting is one that writes content of a course which `per_course` others write for.
        """
        await self._session.execute(sql.ONE_CLAIM_AT_A_TIME)
        parameters = {
            "worker": worker,
            "kinds": [kind.value for kind in kinds],
            "per_course": per_course,
        }
        return await self._claim(sql.CLAIM_NEXT, parameters)

    async def depths(self) -> list[QueueDepth]:
        """How many jobs wait and run, by kind, where any do; a divided one counts by its parts."""
        rows = (await self._session.execute(sql.DEPTHS)).mappings()
        return [QueueDepth(**{**row, "kind": JobKind(row["kind"])}) for row in rows]

    async def report(
        self,
        job_id: UUID,
        worker: str,
        *,
        stage: str | None = None,
        progress: float = 0.0,
        seconds_left: float | None = None,
        cost_micro_usd: int = 0,
    ) -> Holding | None:
        """Renews the lease, records progress and cost, which never fall; None once it is lost."""
        parameters = {
            "job_id": job_id,
            "worker": worker,
            "lease_seconds": LEASE_SECONDS,
            "renew_seconds": RENEW_BELOW_SECONDS,
            "stage": stage,
            "progress": progress,
            "seconds_left": seconds_left,
            "cost_micro_usd": cost_micro_usd,
        }
        row = (await self._session.execute(sql.REPORT, parameters)).one_or_none()
        if row is None:
            return None
        if row.parent_id is not None:
            await self._session.execute(sql.ADVANCE_WHOLE, {"parent_id": row.parent_id})
        return Holding(row.is_cancel_requested)

    async def record(
        self, job_ids: Sequence[UUID], status: JobStatus, stage: str, detail: str | None = None
    ) -> None:
        """Adds a line to the history of each job."""
        self._session.add_all(
            JobEvent(id=uuid7(), job_id=job_id, status=status.value, stage=stage, detail=detail)
            for job_id in job_ids
        )
        await self._session.flush()

    async def finish(
        self,
        job_id: UUID,
        worker: str,
        status: JobStatus,
        *,
        result: str | None = None,
        error: str | None = None,
    ) -> bool:
        """Ends a job this worker holds, with JSON texts; False where it has ended or been lost.

        The last part to end ends the whole.
        """
        parameters = {
            "job_id": job_id,
            "worker": worker,
            "status": status.value,
            "result": result,
            "error": error,
        }
        await self._session.execute(sql.LOCK_WHOLE, {"job_id": job_id})
        row = (await self._session.execute(sql.FINISH, parameters)).one_or_none()
        if row is None:
            return False
        await self.record([job_id], status, status.value)
        if status is JobStatus.CANCELLED:
            await self._session.execute(sql.FORGET_ANNOUNCED, {"job_ids": [job_id]})
        if row.parent_id is not None:
            await self._settle(row.parent_id)
        else:
            await self._announce(job_id)
        return True

    async def hand_back(self, job_id: UUID, worker: str) -> bool:
        """Lets others claim a job this worker holds; False where it has ended or been lost."""
        parameters = {"job_id": job_id, "worker": worker}
        if (await self._session.execute(sql.HAND_BACK, parameters)).one_or_none() is None:
            return False
        await self.record([job_id], JobStatus.QUEUED, "queued", "handed back")
        return True

    async def cancel(self, job_id: UUID) -> None:
        """Ends the job and its parts where they wait; asks their workers to stop where not."""
        await self._session.execute(sql.LOCK_WHOLE, {"job_id": job_id})
        ended = list((await self._session.execute(sql.CANCEL_QUEUED, {"job_id": job_id})).scalars())
        await self.record(ended, JobStatus.CANCELLED, "cancelled")
        await self._session.execute(sql.FORGET_ANNOUNCED, {"job_ids": ended})
        asked = (await self._session.execute(sql.ASK_TO_CANCEL, {"job_id": job_id})).scalars()
        await self.record(list(asked), JobStatus.RUNNING, "cancelling")
        await self._settle(job_id)

    async def retry(self, job_id: UUID) -> None:
        """Queues the job, or those of its parts that failed or were cancelled, once more."""
        await self._session.execute(sql.LOCK_WHOLE, {"job_id": job_id})
        again = (await self._session.execute(sql.RETRY, {"job_id": job_id})).scalars()
        await self.record(list(again), JobStatus.QUEUED, "queued", "retried")

    async def due(self) -> list[tuple[UUID, JobKind]]:
        """Jobs to publish again: queued ones nobody took, running ones whose lease ran out."""
        parameters = {"unpublished_seconds": UNPUBLISHED_AFTER_SECONDS}
        rows = await self._session.execute(sql.DUE, parameters)
        return [(row.id, JobKind(row.kind)) for row in rows]

    async def get(self, job_id: UUID) -> StoredJob:
        """One job, as it stands now.

        Raises:
            NotFoundError: when there is none.
        """
        job = await self._session.get(Job, job_id, populate_existing=True)
        if job is None:
            raise NotFoundError("job", job_id)
        return _stored(job)

    async def history(self, job_id: UUID) -> list[JobStep]:
        """What has happened to a job, in order."""
        statement = select(JobEvent).where(JobEvent.job_id == job_id).order_by(JobEvent.id)
        return [
            JobStep(event.created_at, JobStatus(event.status), event.stage, event.detail)
            for event in await self._session.scalars(statement)
        ]

    async def parts(self, job_id: UUID) -> list[StoredJob]:
        """The parts of a job, in the order they were made."""
        statement = select(Job).where(Job.parent_id == job_id).order_by(Job.id)
        return [_stored(job) for job in await self._session.scalars(statement)]

    async def page(
        self,
        request: PageRequest,
        *,
        requested_by: UUID | None = None,
        course_id: UUID | None = None,
        status: JobStatus | None = None,
        kind: JobKind | None = None,
    ) -> Page[StoredJob]:
        """Whole jobs, newest first, of one person, course, status and kind where named.

        Raises:
            InvalidCursorError: when the cursor is damaged.
        """
        statement = select(Job).where(Job.parent_id.is_(None))
        wanted = {
            Job.requested_by: requested_by,
            Job.course_id: course_id,
            Job.status: status,
            Job.kind: kind,
        }
        for column, value in wanted.items():
            if value is not None:
                statement = statement.where(column == value)
        page = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return page.map(lambda row: _stored(row[0]))

    async def _claim(self, statement: TextClause, parameters: dict[str, Any]) -> ClaimedJob | None:
        parameters["lease_seconds"] = LEASE_SECONDS
        row = (await self._session.execute(statement, parameters)).one_or_none()
        if row is None:
            return None
        claimed = ClaimedJob(**{**row._mapping, "kind": JobKind(row.kind)})  # noqa: SLF001 - public in SQLAlchemy
        if claimed.parent_id is not None:
            await self._session.execute(sql.ADVANCE_WHOLE, {"parent_id": claimed.parent_id})
        await self.record([claimed.id], JobStatus.RUNNING, "starting")
        return claimed

    async def _settle(self, job_id: UUID) -> None:
        """Ends a job all of whose parts have ended; leaves any other as it is."""
        row = (await self._session.execute(sql.SETTLE_WHOLE, {"job_id": job_id})).one_or_none()
        if row is not None:
            await self.record([job_id], JobStatus(row.status), row.status)
            await self._announce(job_id)

    async def _announce(self, job_id: UUID) -> None:
        """Notes how a whole job ended, for who wants to be told; not one that was cancelled."""
        job = await self.get(job_id)
        if job.status not in (JobStatus.SUCCEEDED, JobStatus.FAILED):
            return
        told = {"job_id": str(job.id), "job_kind": job.kind.value}
        if job.requested_by is not None:
            told["user_id"] = str(job.requested_by)
        if job.error is not None:
            told["error"] = str(job.error.get("message", ""))
            told["error_code"] = str(job.error.get("code", ""))
        await AnnouncementRepository(self._session).add(
            f"job.{job.status.value}", job.course_id, told
        )


def _topic(payload: Mapping[str, Any]) -> str:
    """What a job is about, from what it was asked."""
    if topic := payload.get("topic"):
        return str(topic)
    names = [str(source["key"]) for source in payload.get("sources", ())]
    more = f" (+ {len(names) - 1:,})" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else ""


def _stored(job: Job) -> StoredJob:
    return StoredJob(
        id=job.id,
        course_id=job.course_id,
        requested_by=job.requested_by,
        parent_id=job.parent_id,
        kind=JobKind(job.kind),
        topic=_topic(job.payload),
        priority=job.priority,
        status=JobStatus(job.status),
        stage=job.stage,
        progress=job.progress,
        seconds_left=job.seconds_left,
        cost_micro_usd=job.cost_micro_usd,
        result=job.result,
        error=job.error,
        attempts=job.attempts,
        is_cancel_requested=job.cancel_requested_at is not None,
        request_hash=job.request_hash,
        created_at=job.created_at,
        updated_at=job.updated_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )
