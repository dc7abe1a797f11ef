"""Jobs: claimed by one, finished once, taken up again after a death."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from jobs.kinds import JobKind, JobStatus
from services.errors import KeyReusedError, WrongStateError
from services.job_running import (
    MAX_ATTEMPTS,
    JobFailedError,
    JobProgress,
    JobResult,
    JobRunner,
)
from services.jobs import JobFilter, JobService, add_job
from storage.database import MAINTENANCE, Database, Scope
from storage.errors import NotFoundError
from storage.paging import PageRequest
from storage.repositories.jobs import ClaimedJob, JobsRepository, NewJob, StoredJob
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
    assert job.result == {
        "kind": "errand",
        "id": str(shelf.course_id),
        "assets": [{"job": str(job_id)}],
    }


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


def service(database: Database, queue: RecordingQueue) -> JobService:
    return JobService(database, queue)


async def steps(shelf: Shelf, job_id: UUID) -> list[tuple[str, str]]:
    history = await shelf.services.jobs.history(shelf.teacher.actor, job_id)
    return [(step.status.value, step.stage) for step in history]


async def test_the_most_urgent_job_is_claimed_first_and_the_oldest_of_equals(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    kind = JobKind.STUDY_GUIDE  # no other test queues these
    library = await queued(shelf, database, priority=7, kind=kind)
    first = await queued(shelf, database, priority=3, kind=kind)
    second = await queued(shelf, database, priority=3, kind=kind)
    jobs = JobRunner(database, queue, {kind: Errand()}, "w")

    claimed = [await jobs.claim() for _ in range(4)]

    assert [job and job.id for job in claimed] == [first, second, library, None]


async def test_the_same_key_gives_the_same_job_and_is_refused_for_another_request(
    shelf: Shelf, database: Database
):
    new = NewJob(
        shelf.course_id, JobKind.QUIZ, {"topic": "Ohm"}, shelf.teacher.id, idempotency_key="one"
    )
    async with database.transaction(MAINTENANCE) as session:
        job = await add_job(session, new)
    async with database.transaction(MAINTENANCE) as session:
        again = await add_job(session, new)

    assert again.id == job.id
    with pytest.raises(KeyReusedError):
        async with database.transaction(MAINTENANCE) as session:
            await add_job(session, replace(new, payload={"topic": "Newton"}))


async def test_requests_that_race_with_one_key_make_one_job(shelf: Shelf, database: Database):
    new = NewJob(shelf.course_id, JobKind.QUIZ, {}, shelf.teacher.id, idempotency_key="race")

    async def ask() -> UUID:
        async with database.transaction(MAINTENANCE) as session:
            return (await add_job(session, new)).id

    assert len(set(await asyncio.gather(*(ask() for _ in range(4))))) == 1


async def test_a_waiting_job_is_cancelled_at_once_and_never_run(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    errand, job_id = Errand(), await queued(shelf, database)

    job = await shelf.services.jobs.cancel(shelf.teacher.actor, job_id)

    assert (job.status, job.error["code"]) == (JobStatus.CANCELLED, "cancelled")
    assert await runner(database, queue, errand).run(job_id) is False
    assert errand.runs == 0


async def test_a_running_job_that_is_cancelled_stops_within_seconds(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    errand, job_id = Errand(seconds=30), await queued(shelf, database)
    running = asyncio.create_task(runner(database, queue, errand).run(job_id))
    await asyncio.sleep(0.2)

    asked = await shelf.services.jobs.cancel(shelf.teacher.actor, job_id)
    await asyncio.wait_for(running, 5)

    assert (asked.status, asked.is_cancel_requested) == (JobStatus.RUNNING, True)
    assert errand.was_cancelled
    assert (await stored(database, job_id)).status is JobStatus.CANCELLED
    assert await steps(shelf, job_id) == [
        ("queued", "queued"),
        ("running", "starting"),
        ("running", "cancelling"),
        ("running", "halfway"),
        ("cancelled", "cancelled"),
    ]


async def test_a_cancelled_job_whose_worker_died_is_not_run_again(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    errand, job_id = Errand(), await queued(shelf, database)
    async with database.transaction(MAINTENANCE) as session:
        await JobsRepository(session).claim(job_id, "dead")
    await shelf.services.jobs.cancel(shelf.teacher.actor, job_id)
    await execute(database, "UPDATE jobs SET lease_until = now() WHERE id = :job_id", job_id)

    await runner(database, queue, errand).run(job_id)

    assert errand.runs == 0
    assert (await stored(database, job_id)).status is JobStatus.CANCELLED


async def test_a_failed_job_can_be_tried_again_and_a_done_one_cannot(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    job_id = await queued(shelf, database)
    failing = Errand(JobFailedError("broken", "It broke."))
    await runner(database, queue, failing).run(job_id)

    again = await service(database, queue).retry(shelf.teacher.actor, job_id)

    assert (again.status, again.error, again.attempts) == (JobStatus.QUEUED, None, 0)
    assert queue.published == [job_id]
    await runner(database, queue, Errand()).run(job_id)
    assert (await stored(database, job_id)).status is JobStatus.SUCCEEDED
    with pytest.raises(WrongStateError):
        await shelf.services.jobs.retry(shelf.teacher.actor, job_id)
    with pytest.raises(WrongStateError):
        await shelf.services.jobs.cancel(shelf.teacher.actor, job_id)


async def test_a_whole_moves_with_its_parts_and_ends_with_the_last(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    whole, (one, two) = await divided(shelf, database, 2)
    jobs = runner(database, queue, Errand())

    states = [await stored(database, whole)]
    for part in (one, two):
        await jobs.run(part)
        states.append(await stored(database, whole))

    assert [job.status.value for job in states] == ["queued", "running", "succeeded"]
    assert [job.progress for job in states] == [0, 0, 1]
    assert states[-1].result == {
        "kind": "errand",
        "id": str(shelf.course_id),
        "assets": [{"job": str(one)}, {"job": str(two)}],
    }
    assert await jobs.run(whole) is False


async def test_parts_that_end_at_the_same_time_end_the_whole_once(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    whole, parts = await divided(shelf, database, 4)

    await asyncio.gather(
        *(runner(database, queue, Errand(), f"w{n}").run(part) for n, part in enumerate(parts))
    )

    assert (await stored(database, whole)).status is JobStatus.SUCCEEDED
    assert (await steps(shelf, whole)).count(("succeeded", "succeeded")) == 1


async def test_cancelling_a_whole_cancels_its_parts_and_a_retry_does_only_these(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    whole, (one, two, three) = await divided(shelf, database, 3)
    await runner(database, queue, Errand()).run(one)

    cancelled = await shelf.services.jobs.cancel(shelf.teacher.actor, whole)
    again = await service(database, queue).retry(shelf.teacher.actor, whole)

    assert (cancelled.status, again.status) == (JobStatus.CANCELLED, JobStatus.QUEUED)
    assert sorted(queue.published) == sorted([two, three])
    for part in (two, three):
        await runner(database, queue, Errand()).run(part)
    assert (await stored(database, whole)).status is JobStatus.SUCCEEDED


async def test_a_part_that_was_given_up_fails_the_whole_with_its_reason(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    whole, (one, two) = await divided(shelf, database, 2)
    await runner(database, queue, Errand()).run(one)

    await runner(database, queue, Errand(JobFailedError("gave_up", "It died."))).run(two)

    job = await stored(database, whole)
    assert (job.status, job.error["code"]) == (JobStatus.FAILED, "gave_up")
    assert job.result["assets"] == [{"job": str(one)}]


async def test_lists_hold_whole_jobs_of_the_status_and_kind_asked_for(
    shelf: Shelf, database: Database
):
    whole, _parts = await divided(shelf, database, 2)
    quiz = await queued(shelf, database, kind=JobKind.QUIZ)
    await shelf.services.jobs.cancel(shelf.teacher.actor, quiz)

    async def listed(**wanted: object) -> list[UUID]:
        wanted["course"] = shelf.slug
        page = await shelf.services.jobs.page(
            shelf.teacher.actor, PageRequest(), JobFilter(**wanted)
        )
        return [job.id for job in page.items]

    assert await listed() == [quiz, whole]
    assert await listed(status=JobStatus.CANCELLED) == [quiz]
    assert await listed(kind=JobKind.INGEST) == [whole]


async def test_who_may_not_change_the_course_cancels_no_job_of_others(
    shelf: Shelf, database: Database, student: Person
):
    job_id = await queued(shelf, database)

    with pytest.raises(NotFoundError):
        await shelf.services.jobs.cancel(student.actor, job_id)
    assert (await stored(database, job_id)).status is JobStatus.QUEUED


async def test_following_a_job_tells_each_change_and_its_end(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    job_id = await queued(shelf, database)
    states = await shelf.services.jobs.follow(shelf.teacher.actor, job_id, ping_seconds=60)
    running = asyncio.create_task(runner(database, queue, Errand(seconds=1.2)).run(job_id))

    told = [job.status async for job in states if job is not None]
    await running

    assert (told[0], told[-1]) == (JobStatus.QUEUED, JobStatus.SUCCEEDED)
    assert JobStatus.RUNNING in told
