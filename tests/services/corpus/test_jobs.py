"""Jobs asked for: their order, their parts, who sees and cancels them, and trying again."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from jobs.kinds import JobKind, JobStatus
from services.courses import NewCourse
from services.errors import KeyReusedError, WrongStateError
from services.job_running import (
    JobFailedError,
    JobRunner,
)
from services.jobs import JobFilter, JobService, add_job
from storage.database import MAINTENANCE, Database
from storage.errors import NotFoundError
from storage.paging import PageRequest
from storage.repositories.job_values import NewJob
from storage.repositories.jobs import JobsRepository
from tests.support.errands import (
    PATIENCE_SECONDS,
    Errand,
    RecordingQueue,
    divided,
    execute,
    queue,
    queued,
    runner,
    steps,
    stored,
)
from tests.support.material import Shelf
from tests.support.service import Person

__all__ = ["queue"]


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


async def test_the_most_urgent_job_is_claimed_first_and_the_oldest_of_equals(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    kind = JobKind.STUDY_GUIDE  # no other test queues these
    library = await queued(shelf, database, priority=7, kind=kind)
    first = await queued(shelf, database, priority=3, kind=kind)
    second = await queued(shelf, database, priority=3, kind=kind)
    jobs = JobRunner(database, queue, {kind: Errand()}, "w", per_course=3)

    claimed = [await jobs.claim() for _ in range(4)]

    assert [job and job.id for job in claimed] == [first, second, library, None]


async def test_a_course_with_as_many_jobs_at_work_as_it_may_have_leaves_room_to_others(
    shelf: Shelf, database: Database, queue: RecordingQueue
):
    kind = JobKind.SLIDES  # no other test queues these
    own = [await queued(shelf, database, kind=kind) for _ in range(2)]
    other = await shelf.services.courses.create(shelf.teacher.actor, NewCourse(title="Other"))
    async with database.transaction(MAINTENANCE) as session:
        elsewhere = await JobsRepository(session).add(
            NewJob(other.id, kind, {}, shelf.teacher.id, priority=9)
        )
    jobs = JobRunner(database, queue, {kind: Errand()}, "w", per_course=1)

    claimed = [await jobs.claim() for _ in range(3)]
    await jobs.fail(own[0], "ended", "It has ended.")
    afterwards = await jobs.claim()

    assert [job and job.id for job in claimed] == [own[0], elsewhere.id, None]
    assert afterwards.id == own[1]


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
    errand, job_id = Errand(is_long=True), await queued(shelf, database)
    running = asyncio.create_task(runner(database, queue, errand).run(job_id))
    await errand.has_begun.wait()

    asked = await shelf.services.jobs.cancel(shelf.teacher.actor, job_id)
    await asyncio.wait_for(running, PATIENCE_SECONDS)

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
    assert list(queue.published) == [job_id]
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
    errand = Errand(is_long=True)
    running = asyncio.create_task(runner(database, queue, errand).run(job_id))

    told = []
    async for job in states:
        if job is not None:
            told.append(job.status)
        if JobStatus.RUNNING in told:
            errand.may_end.set()
    await running

    assert (told[0], told[-1]) == (JobStatus.QUEUED, JobStatus.SUCCEEDED)
    assert JobStatus.RUNNING in told
