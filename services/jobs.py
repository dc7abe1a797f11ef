"""Jobs as a person sees them: asked for once, watched, cancelled, tried again."""

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from connectors.tracing import TRACEPARENT
from jobs.kinds import JobKind, JobStatus
from jobs.queue import JobQueue
from services.access import Permission, authorise
from services.actors import Actor
from services.errors import WrongStateError
from services.idempotency import request_hash, require_same_request
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.job_values import JobStep, NewJob, StoredJob
from storage.repositories.jobs import JobsRepository

LOOK_EVERY_SECONDS = 0.5
URGENT, BULK = 3, 7
"""Priorities: a teacher waits for an upload; nobody waits for a library."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs a list is to hold."""

    course: UUID | str | None = None
    status: JobStatus | None = None
    kind: JobKind | None = None


async def add_job(session: AsyncSession, new: NewJob) -> StoredJob:
    """Queues a job, or gives the one that the same request with the same key has made before.

    Publish it with `JobService.publish` once the transaction is committed.

    Raises:
        KeyReusedError: when the key came with another request before.
    """
    jobs = JobsRepository(session)
    new = replace(new, traceparent=TRACEPARENT.get())
    if new.idempotency_key is None:
        added = await jobs.add(new)
        assert added is not None  # noqa: S101 - only a key can be taken
        return added
    new_hash = request_hash([str(new.course_id), new.kind.value, new.payload, list(new.parts)])
    added = await jobs.add(replace(new, request_hash=new_hash))
    if added is not None:
        return added
    earlier = await jobs.with_key(new.requested_by, new.idempotency_key)
    require_same_request(earlier.request_hash, new_hash)
    return earlier


class JobService:
    """What may be done with jobs that are there."""

    def __init__(self, database: Database, queue: JobQueue) -> None:
        self._database = database
        self._queue = queue

    async def get(self, actor: Actor, job_id: UUID) -> StoredJob:
        """One job; its requester sees it, and whoever may see others' work in its course.

        Raises:
            NotFoundError: when there is none, or it is not the actor's to see.
        """
        async with self._database.transaction(actor.scope) as session:
            return await self._entered(session, actor, job_id, Permission.REVIEW)

    async def history(self, actor: Actor, job_id: UUID) -> list[JobStep]:
        """What has happened to a job, in order.

        Raises:
            NotFoundError: as `get`.
        """
        async with self._database.transaction(actor.scope) as session:
            await self._entered(session, actor, job_id, Permission.REVIEW)
            return await JobsRepository(session).history(job_id)

    async def parts(self, actor: Actor, job_id: UUID) -> list[StoredJob]:
        """The parts that a large job is divided into; none for another.

        Raises:
            NotFoundError: as `get`.
        """
        async with self._database.transaction(actor.scope) as session:
            await self._entered(session, actor, job_id, Permission.REVIEW)
            return await JobsRepository(session).parts(job_id)

    async def page(
        self, actor: Actor, request: PageRequest, wanted: JobFilter | None = None
    ) -> Page[StoredJob]:
        """Jobs, newest first: the actor's own; of every person in a course they review.

        Raises:
            NotFoundError: when there is no such course for this actor.
            PermissionDeniedError: enrolled there, but not allowed to see others' jobs.
        """
        wanted = wanted or JobFilter()
        requested_by = None if actor.is_admin else actor.user_id
        course_id = None
        async with self._database.transaction(actor.scope) as session:
            if wanted.course is not None:
                access = await authorise(session, actor, wanted.course, Permission.REVIEW)
                requested_by, course_id = None, access.course_id
            return await JobsRepository(session).page(
                request,
                requested_by=requested_by,
                course_id=course_id,
                status=wanted.status,
                kind=wanted.kind,
            )

    async def cancel(self, actor: Actor, job_id: UUID) -> StoredJob:
        """Ends a waiting job at once, and asks a running one to stop; what is done stays.

        Idempotent for a job that is cancelled or being cancelled.

        Raises:
            NotFoundError: as `get`.
            PermissionDeniedError: when the job is another's and the role does not allow it.
            WrongStateError: when it has succeeded or failed.
        """
        async with self._database.transaction(actor.scope) as session:
            job = await self._entered(session, actor, job_id, Permission.EDIT)
            if job.status in {JobStatus.SUCCEEDED, JobStatus.FAILED}:
                message = f"The job has {job.status.value} already; there is nothing to cancel."
                raise WrongStateError(message)
            jobs = JobsRepository(session)
            await jobs.cancel(job_id)
            return await jobs.get(job_id)

    async def retry(self, actor: Actor, job_id: UUID) -> StoredJob:
        """Queues a failed or cancelled job once more; it goes on from what is done.

        Raises:
            NotFoundError: as `get`.
            PermissionDeniedError: as `cancel`.
            WrongStateError: when it waits, runs or has succeeded, or is a part of another.
        """
        async with self._database.transaction(actor.scope) as session:
            job = await self._entered(session, actor, job_id, Permission.EDIT)
            if job.parent_id is not None:
                raise WrongStateError(f"The job is a part of {job.parent_id}; retry that one.")
            if job.status not in {JobStatus.FAILED, JobStatus.CANCELLED}:
                message = f"The job is {job.status.value}; only failed and cancelled ones can be."
                raise WrongStateError(message)
            jobs = JobsRepository(session)
            await jobs.retry(job_id)
            job = await jobs.get(job_id)
        await self.publish(actor, job_id)
        return job

    async def publish(self, actor: Actor, job_id: UUID) -> None:
        """Wakes workers for a committed job, a message for each part.

        The sweep makes up for messages that do not get through.
        """
        async with self._database.transaction(actor.scope) as session:
            runnable = await JobsRepository(session).runnable(job_id)
        for part_id, kind in runnable:
            if not await self._queue.publish(part_id, kind):
                return

    async def follow(
        self, actor: Actor, job_id: UUID, ping_seconds: float
    ) -> AsyncGenerator[StoredJob | None, None]:
        """The job now, whenever it has changed, and last when it has ended.

        None says that nothing has happened for `ping_seconds`.

        Raises:
            NotFoundError: as `get`, before anything is given.
        """
        return self._changes(actor, await self.get(actor, job_id), ping_seconds)

    async def _changes(
        self, actor: Actor, job: StoredJob, ping_seconds: float
    ) -> AsyncGenerator[StoredJob | None, None]:
        yield job
        told = time.monotonic()
        while not job.is_finished:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            current = await self.get(actor, job.id)
            if replace(current, updated_at=job.updated_at) != job:
                yield current
                told = time.monotonic()
            elif time.monotonic() - told >= ping_seconds:
                yield None
                told = time.monotonic()
            job = current

    async def _entered(
        self, session: AsyncSession, actor: Actor, job_id: UUID, permission: Permission
    ) -> StoredJob:
        job = await JobsRepository(session).get(job_id)
        if job.requested_by != actor.user_id:
            await authorise(session, actor, job.course_id, permission, subject=("job", job_id))
        return job
