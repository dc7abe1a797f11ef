"""Jobs: claimed by one, finished once, taken up again after a death."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from jobs.kinds import JobKind, JobStatus
from services.job_running import (
    MAX_ATTEMPTS,
    JobFailedError,
    JobProgress,
    JobResult,
    JobRunner,
)
from storage.database import MAINTENANCE, Database, Scope
from storage.errors import NotFoundError
from storage.repositories.jobs import ClaimedJob, JobsRepository, StoredJob
from tests.support.material import Shelf
from tests.support.service import Person


class RecordingQueue:
    """A broker that takes everything and delivers nothing."""

    def __init__(self) -> None:
        self.published: list[UUID] = []

    async def publish(self, job_id: UUID) -> bool:
        self.published.append(job_id)
        return True


class Errand:
    """Work that counts its runs, and may fail or take its time."""

    def __init__(self, error: Exception | None = None, seconds: float = 0) -> None:
        self.runs = 0
        self.was_cancelled = False
        self._error = error
        self._seconds = seconds

    async def __call__(self, job: ClaimedJob, _scope: Scope, progress: JobProgress) -> JobResult:
        self.runs += 1
        progress.stage, progress.fraction = "halfway", 0.5
        try:
            await asyncio.sleep(self._seconds)
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        if self._error is not None:
            raise self._error
        return JobResult("errand", str(job.id))


@pytest.fixture
def queue() -> RecordingQueue:
    return RecordingQueue()


async def queued(shelf: Shelf, database: Database) -> UUID:
    async with database.transaction(MAINTENANCE) as session:
        job = await JobsRepository(session).add(
            shelf.course_id, JobKind.INGEST, {}, shelf.teacher.id
        )
    return job.id


async def stored(database: Database, job_id: UUID) -> StoredJob:
    async with database.transaction(MAINTENANCE) as session:
        return await JobsRepository(session).get(job_id)


async def execute(database: Database, statement: str, job_id: UUID) -> None:
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(text(statement), {"job_id": job_id})


def runner(database: Database, queue: RecordingQueue, errand: Errand, name: str = "w") -> JobRunner:
    return JobRunner(database, queue, {JobKind.INGEST: errand}, name)


async def test_a_message_delivered_twice_does_the_work_once(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    errand, job_id = Errand(), await queued(shelf, database)
    jobs = runner(database, queue, errand)

    taken = [await jobs.run(job_id), await jobs.run(job_id)]

    assert taken == [True, False]
    assert errand.runs == 1
    job = await stored(database, job_id)
    assert (job.status, job.progress) == (JobStatus.SUCCEEDED, 1)
    assert job.result == {"kind": "errand", "id": str(job_id), "assets": []}


async def test_of_two_workers_one_gets_the_job(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    errand, job_id = Errand(seconds=0.2), await queued(shelf, database)

    taken = await asyncio.gather(
        runner(database, queue, errand, "one").run(job_id),
        runner(database, queue, errand, "two").run(job_id),
    )

    assert sorted(taken) == [False, True]
    assert errand.runs == 1


async def test_a_job_whose_work_fails_says_why(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    errand = Errand(JobFailedError("nothing_ingested", "The file is empty."))
    job_id = await queued(shelf, database)

    await runner(database, queue, errand).run(job_id)

    job = await stored(database, job_id)
    assert job.status is JobStatus.FAILED
    assert job.error == {"code": "nothing_ingested", "message": "The file is empty."}


async def test_progress_is_stored_while_the_work_goes_on(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    job_id = await queued(shelf, database)
    running = asyncio.create_task(runner(database, queue, Errand(seconds=1.2)).run(job_id))
    await asyncio.sleep(0.9)

    job = await stored(database, job_id)

    assert (job.status, job.stage, job.progress) == (JobStatus.RUNNING, "halfway", 0.5)
    await running


async def test_a_worker_that_lost_its_lease_stops_and_leaves_the_job_alone(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    errand, job_id = Errand(seconds=30), await queued(shelf, database)
    running = asyncio.create_task(runner(database, queue, errand).run(job_id))
    await asyncio.sleep(0.2)
    await execute(database, "UPDATE jobs SET claimed_by = 'other' WHERE id = :job_id", job_id)

    await asyncio.wait_for(running, 5)

    assert errand.was_cancelled
    assert (await stored(database, job_id)).status is JobStatus.RUNNING


async def test_a_dead_workers_job_is_published_again_and_done(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    job_id = await queued(shelf, database)
    async with database.transaction(MAINTENANCE) as session:
        await JobsRepository(session).claim(job_id, "dead")
    jobs = runner(database, queue, Errand())
    early = await jobs.run(job_id)
    await execute(
        database, "UPDATE jobs SET lease_until = now() - interval '1s' WHERE id = :job_id", job_id
    )

    await jobs.sweep()

    assert early is False
    assert job_id in queue.published
    assert await jobs.run(job_id) is True
    assert (await stored(database, job_id)).status is JobStatus.SUCCEEDED


async def test_a_queued_job_that_nobody_took_is_published_again(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    fresh, old = await queued(shelf, database), await queued(shelf, database)
    await execute(
        database, "UPDATE jobs SET updated_at = now() - interval '1 min' WHERE id = :job_id", old
    )

    await runner(database, queue, Errand()).sweep()

    assert old in queue.published
    assert fresh not in queue.published


async def test_a_job_that_kills_every_worker_is_given_up(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    errand, job_id = Errand(), await queued(shelf, database)
    statement = f"UPDATE jobs SET attempts = {MAX_ATTEMPTS} WHERE id = :job_id"
    await execute(database, statement, job_id)

    await runner(database, queue, errand).run(job_id)

    assert errand.runs == 0
    assert (await stored(database, job_id)).status is JobStatus.FAILED


async def test_a_job_is_seen_by_its_requester_and_the_courses_staff_only(
    shelf: Shelf, database: Database, student: Person, admin: Person
):
    job_id = await queued(shelf, database)
    jobs = shelf.services.jobs

    assert (await jobs.get(shelf.teacher.actor, job_id)).id == job_id
    assert (await jobs.get(admin.actor, job_id)).id == job_id
    with pytest.raises(NotFoundError):
        await jobs.get(student.actor, job_id)
    with pytest.raises(NotFoundError):
        await jobs.get(admin.actor, uuid4())
