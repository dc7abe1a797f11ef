"""Jobs that tests put in a row, and the work that they stand for."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from jobs.kinds import JobKind
from services.job_running import (
    JobProgress,
    JobResult,
    JobRunner,
)
from services.jobs import add_job
from storage.database import MAINTENANCE, Database, Scope
from storage.repositories.job_values import ClaimedJob, NewJob, StoredJob
from storage.repositories.jobs import JobsRepository
from tests.support.material import Shelf

PATIENCE_SECONDS = 60.0
"""Long enough for a slow machine; nothing here waits where things go well."""


class RecordingQueue:
    """A broker that takes everything and delivers nothing."""

    def __init__(self) -> None:
        self.published: dict[UUID, JobKind] = {}

    async def publish(self, job_id: UUID, kind: JobKind) -> bool:
        self.published[job_id] = kind
        return True


class Errand:
    """Work that counts its runs, and may fail or go on until it is told to end."""

    def __init__(self, error: Exception | None = None, *, is_long: bool = False) -> None:
        self.runs = 0
        self.was_cancelled = False
        self.has_begun, self.may_end = asyncio.Event(), asyncio.Event()
        self._error = error
        if not is_long:
            self.may_end.set()

    async def __call__(self, job: ClaimedJob, _scope: Scope, progress: JobProgress) -> JobResult:
        self.runs += 1
        progress.stage, progress.fraction = "halfway", 0.5
        self.has_begun.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        if self._error is not None:
            raise self._error
        return JobResult("errand", str(job.course_id), ({"job": str(job.id)},))


@pytest.fixture
def queue() -> RecordingQueue:
    return RecordingQueue()


async def queued(
    shelf: Shelf, database: Database, *, priority: int = 5, kind: JobKind = JobKind.INGEST
) -> UUID:
    new = NewJob(shelf.course_id, kind, {}, shelf.teacher.id, priority)
    async with database.transaction(MAINTENANCE) as session:
        return (await add_job(session, new)).id


async def divided(shelf: Shelf, database: Database, parts: int) -> tuple[UUID, list[UUID]]:
    """A job in parts, with the ids of these."""
    payloads = [{"part": number} for number in range(parts)]
    new = NewJob(shelf.course_id, JobKind.INGEST, {}, shelf.teacher.id, parts=payloads)
    async with database.transaction(MAINTENANCE) as session:
        job = await add_job(session, new)
        return job.id, [part.id for part in await JobsRepository(session).parts(job.id)]


async def stored(database: Database, job_id: UUID) -> StoredJob:
    async with database.transaction(MAINTENANCE) as session:
        return await JobsRepository(session).get(job_id)


async def steps(shelf: Shelf, job_id: UUID) -> list[tuple[str, str]]:
    history = await shelf.services.jobs.history(shelf.teacher.actor, job_id)
    return [(step.status.value, step.stage) for step in history]


async def execute(database: Database, statement: str, job_id: UUID) -> None:
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(text(statement), {"job_id": job_id})


def runner(database: Database, queue: RecordingQueue, errand: Errand, name: str = "w") -> JobRunner:
    return JobRunner(database, queue, {JobKind.INGEST: errand}, name)
