"""Jobs at work: claimed by one, finished once, taken up again after a death."""

import asyncio

from jobs.kinds import JobKind, JobStatus
from services.job_running import (
    MAX_ATTEMPTS,
    JobFailedError,
    JobRunner,
)
from storage.database import MAINTENANCE, Database
from storage.repositories.jobs import JobsRepository
from tests.support.errands import (
    PATIENCE_SECONDS,
    Errand,
    RecordingQueue,
    execute,
    queue,
    queued,
    runner,
    steps,
    stored,
)
from tests.support.material import Shelf

__all__ = ["queue"]


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
    errand, job_id = Errand(is_long=True), await queued(shelf, database)
    running = [
        asyncio.create_task(runner(database, queue, errand, name).run(job_id))
        for name in ("one", "two")
    ]

    refused, _ = await asyncio.wait(
        running, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED
    )
    errand.may_end.set()
    taken = await asyncio.gather(*running)

    assert [task.result() for task in refused] == [False]
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
    errand = Errand(is_long=True)
    running = asyncio.create_task(runner(database, queue, errand).run(job_id))

    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (  # noqa: ASYNC110 - what is stored is told to nobody
            job := await stored(database, job_id)
        ).progress:
            await asyncio.sleep(0.05)

    assert (job.status, job.stage, job.progress) == (JobStatus.RUNNING, "halfway", 0.5)
    errand.may_end.set()
    await running


async def test_a_worker_that_lost_its_lease_stops_and_leaves_the_job_alone(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    errand, job_id = Errand(is_long=True), await queued(shelf, database)
    running = asyncio.create_task(runner(database, queue, errand).run(job_id))
    await errand.has_begun.wait()
    await execute(database, "UPDATE jobs SET claimed_by = 'other' WHERE id = :job_id", job_id)

    await asyncio.wait_for(running, PATIENCE_SECONDS)

    assert errand.was_cancelled
    assert (await stored(database, job_id)).status is JobStatus.RUNNING


async def test_a_worker_that_is_to_end_hands_its_job_back_for_others_to_take_at_once(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    errand, job_id = Errand(is_long=True), await queued(shelf, database)
    work = {JobKind.INGEST: errand}
    ending = JobRunner(database, queue, work, "w", is_stopping=lambda: errand.runs > 0)

    await asyncio.wait_for(ending.run(job_id), PATIENCE_SECONDS)

    assert errand.was_cancelled
    assert queue.published == {job_id: JobKind.INGEST}
    assert await runner(database, queue, Errand()).run(job_id) is True
    assert await steps(shelf, job_id) == [
        ("queued", "queued"),
        ("running", "starting"),
        ("running", "halfway"),
        ("queued", "queued"),
        ("running", "starting"),
        ("succeeded", "succeeded"),
    ]


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

    assert queue.published[old] is JobKind.INGEST
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
