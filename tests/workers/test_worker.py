"""A real worker process over real servers: works jobs off, and its death loses nothing."""

import asyncio
import json
import os
import pickle
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from sqlalchemy import text

from ai.embedding.onnx import OnnxEmbedder
from bootstrap.adapters import Adapters
from bootstrap.settings import Settings
from jobs.celery_application import SWEEP_EVERY_SECONDS, celery_application
from jobs.kinds import JobKind, JobStatus
from jobs.queue import FIT_KNOWLEDGE, PURGE_RECORDS, SWEEP_JOBS, TEND_VECTORS
from services.ingestion.submission import BATCH_FILES
from storage.database import MAINTENANCE, Database
from storage.repositories.deployments import DeploymentRepository
from storage.repositories.job_values import StoredJob
from storage.vector_indexes import VectorIndexes
from tests.support.encoder import exported_encoder
from tests.support.material import CountingEmbedder, Shelf, session_encoder, shelf
from tests.support.processes import wait_until
from tests.support.programs import Program, Programs
from tests.support.vectors import LARGE, index_wanted

__all__ = ["session_encoder", "shelf"]

pytestmark = pytest.mark.worker

ROWS = text("""
SELECT d.key, d.current_version, d.chunk_count, c.ordinal, c.char_start, c.text, c.content_hash,
       v.vector::text, md5(v.sentence_vectors),
       (SELECT count(*) FROM lexical_postings p WHERE p.document_id = d.id) AS postings
FROM documents d
JOIN chunks c ON c.course_id = d.course_id AND c.document_id = d.id
JOIN chunk_vectors v ON v.course_id = c.course_id AND v.chunk_id = c.id
WHERE d.course_id = :course ORDER BY d.key, c.ordinal
""")


PATIENCE_SECONDS = 300
"""Long enough for a slow machine; nothing waits where things go well."""
MANY = 900
"""Documents that take several seconds: a job tells its progress once in one, and is to be met in
the middle of its work."""
LONGER_THAN_CELERY_WAITS = 6.0
"""For a new process to be up, in seconds, unless it is told to wait."""


@dataclass(frozen=True, slots=True)
class PartUpload:
    """A file as the service takes it."""

    name: str
    content: bytes

    async def blocks(self) -> AsyncIterator[bytes]:
        yield self.content


@pytest.fixture
def embedder(session_encoder: OnnxEmbedder) -> CountingEmbedder:
    return CountingEmbedder(session_encoder)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Also with the exported encoder in the home, where a worker looks for it."""
    settings.encoder_folder.parent.mkdir(parents=True)
    settings.encoder_folder.symlink_to(exported_encoder().graph.parent)
    return settings


@pytest.fixture
def worker(programs: Programs, settings: Settings, tmp_path: Path) -> Callable:
    environment = {
        **os.environ,
        "NEUROSHIKSHA_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "REDIS_CACHE_URL": settings.redis_cache_url.get_secret_value(),
        "NEUROSHIKSHA_SECRET_KEY": settings.secret_key.get_secret_value(),
        "NEUROSHIKSHA_ENCODER_THREADS": "1",
    }

    @contextmanager
    def running(**changes: str) -> Iterator[Program]:
        log = tmp_path / "worker.log"
        with log.open("ab") as sink:
            process = programs.start(
                *("workers", "worker", "--concurrency", "1"),
                environment=environment | changes,
                output=sink,
            )
        try:
            yield process
        finally:
            kill(process)

    return running


def kill(process: Program) -> None:
    """kill -9 of the worker and all its children."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def notes(count: int) -> str:
    """So many documents as JSON Lines."""
    return "\n".join(
        json.dumps({"doc_id": f"note-{n:04}", "title": f"Note {n}", "text": f"Number {n}. " * 9})
        for n in range(count)
    )


def note_files(count: int) -> dict[str, str]:
    """So many documents, a file each."""
    return {f"note-{n:03}.md": f"# Note {n}\n\n{f'Number {n}. ' * 9}" for n in range(count)}


async def started_job(shelf: Shelf, documents: int) -> UUID:
    service = shelf.services.documents
    access = await service.authorise_upload(shelf.teacher.actor, shelf.slug)
    upload = PartUpload("notes.jsonl", notes(documents).encode())
    return (await service.upload(shelf.teacher.actor, access, [upload])).id


async def started_parts(shelf: Shelf, files: int) -> UUID:
    """A job in several parts."""
    service = shelf.services.documents
    access = await service.authorise_upload(shelf.teacher.actor, shelf.slug)
    uploads = [PartUpload(name, text.encode()) for name, text in note_files(files).items()]
    return (await service.upload(shelf.teacher.actor, access, uploads)).id


async def awaited(shelf: Shelf, job_id: UUID, is_there: Callable[[StoredJob], bool]) -> StoredJob:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_there(  # noqa: ASYNC110 - another process changes the row
            job := await shelf.services.jobs.get(shelf.teacher.actor, job_id)
        ):
            await asyncio.sleep(0.05)
    return job


async def rows(database: Database, course_id: UUID) -> list[tuple]:
    async with database.transaction(MAINTENANCE) as session:
        return [tuple(row) for row in await session.execute(ROWS, {"course": course_id})]


def is_finished(job: StoredJob) -> bool:
    return job.status not in {JobStatus.QUEUED, JobStatus.RUNNING}


async def test_a_worker_brings_an_upload_in(shelf: Shelf, worker: Callable):
    with worker():
        job_id = await started_job(shelf, documents=3)
        job = await awaited(shelf, job_id, is_finished)

    assert (job.status, job.error) == (JobStatus.SUCCEEDED, None)
    found = await shelf.services.retrieval.search(shelf.teacher.actor, shelf.slug, "number 2", k=3)
    assert len(found.passages) >= 1


async def test_a_job_outlives_a_worker_that_is_stopped_and_one_that_is_killed_with_the_same_rows(
    shelf: Shelf, worker: Callable, adapters: Adapters
):
    database, count = adapters.database, MANY
    with worker() as stopped:
        job_id = await started_job(shelf, count)
        await awaited(shelf, job_id, lambda job: job.progress > 0)
        stopped.terminate()
        code = await asyncio.wait_for(asyncio.to_thread(stopped.wait), PATIENCE_SECONDS)
    given_back = await shelf.services.jobs.get(shelf.teacher.actor, job_id)
    with worker() as killed:
        await awaited(shelf, job_id, lambda job: job.progress > given_back.progress)
        kill(killed)
    before = len(await rows(database, shelf.course_id))
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(
            text("UPDATE jobs SET lease_until = now() WHERE id = :id"), {"id": job_id}
        )

    with worker():
        # As the sweep does once the lease has run out.
        await adapters.queue.publish(job_id, JobKind.INGEST)
        job = await awaited(shelf, job_id, is_finished)

    assert (code, given_back.status) == (0, JobStatus.QUEUED)
    assert job.status is JobStatus.SUCCEEDED
    resumed = await rows(database, shelf.course_id)
    assert 0 < before < len(resumed)
    await assert_undisturbed(shelf, database, resumed, {"notes.jsonl": notes(count)})


async def assert_undisturbed(
    shelf: Shelf, database: Database, resumed: list[tuple], material: Mapping[str, str]
) -> None:
    """The rows are those of a course that the same material went into in one go."""
    async with database.transaction(MAINTENANCE) as session:
        for table in ("chunk_vectors", "lexical_postings", "chunks", "documents"):
            await session.execute(
                text(f"DELETE FROM {table} WHERE course_id = :course"), {"course": shelf.course_id}
            )
    shelf.write(material)
    await shelf.ingest()
    undisturbed = await rows(database, shelf.course_id)
    assert [row[:7] for row in resumed] == [row[:7] for row in undisturbed]
    assert [row[-1] for row in resumed] == [row[-1] for row in undisturbed]


async def test_two_workers_share_the_parts_of_a_job_and_one_may_die(
    shelf: Shelf, worker: Callable, adapters: Adapters
):
    files = 3 * BATCH_FILES
    job_id = await started_parts(shelf, files)
    with worker(NEUROSHIKSHA_JOB_POLL_SECONDS="1") as dying, worker():
        await awaited(shelf, job_id, lambda job: job.progress > 0)
        kill(dying)
        await expire_leases(adapters.database, job_id)
        await adapters.queue.publish(job_id, JobKind.INGEST)
        with worker(NEUROSHIKSHA_JOB_POLL_SECONDS="1"):
            job = await awaited(shelf, job_id, is_finished)

    assert (job.status, job.error) == (JobStatus.SUCCEEDED, None)
    assert [asset["path"] for asset in job.result["assets"]] == [
        f"note-{n:03}.md" for n in range(files)
    ]
    stored = await rows(adapters.database, shelf.course_id)
    assert {(row[0], row[1]) for row in stored} == {(f"note-{n:03}.md", 1) for n in range(files)}
    await assert_undisturbed(shelf, adapters.database, stored, note_files(files))


async def test_a_worker_waits_for_a_process_that_is_slow_to_start(shelf: Shelf, worker: Callable):
    with worker() as parent:
        await awaited(shelf, await started_job(shelf, documents=1), is_finished)
        [process] = psutil.Process(parent.pid).children()
        process.kill()
        successor = await asyncio.to_thread(next_child, parent, process.pid)
        successor.suspend()
        await asyncio.sleep(LONGER_THAN_CELERY_WAITS)
        successor.resume()
        job = await awaited(shelf, await started_job(shelf, documents=2), is_finished)

        assert job.status is JobStatus.SUCCEEDED
        assert psutil.Process(parent.pid).children() == [successor]


def next_child(parent: Program, last: int) -> psutil.Process:
    """The process that a worker starts once its last one is dead."""
    watched = psutil.Process(parent.pid)
    wait_until(lambda: [child for child in watched.children() if child.pid != last])
    return next(child for child in watched.children() if child.pid != last)


async def expire_leases(database: Database, job_id: UUID) -> None:
    """What waiting for half a minute does."""
    statement = "UPDATE jobs SET lease_until = now() WHERE parent_id = :id AND status = 'running'"
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(text(statement), {"id": job_id})


async def test_a_worker_finds_jobs_while_the_broker_is_gone(
    shelf: Shelf, worker: Callable, adapters: Adapters
):
    nobody = "redis://127.0.0.1:1/0"
    with worker(REDIS_URL=nobody, NEUROSHIKSHA_JOB_POLL_SECONDS="1"):
        job_id = await started_job(shelf, documents=2)
        job = await awaited(shelf, job_id, is_finished)
    await adapters.redis.flushdb()

    assert job.status is JobStatus.SUCCEEDED


async def test_a_running_job_is_cancelled_on_its_way_and_goes_on_after_a_retry(
    shelf: Shelf, worker: Callable, adapters: Adapters
):
    jobs, teacher = shelf.services.jobs, shelf.teacher.actor
    with worker():
        job_id = await started_job(shelf, documents=MANY)
        await awaited(shelf, job_id, lambda job: job.progress > 0)
        await jobs.cancel(teacher, job_id)
        cancelled = await awaited(shelf, job_id, is_finished)
        kept = len(await rows(adapters.database, shelf.course_id))
        await jobs.retry(teacher, job_id)
        job = await awaited(shelf, job_id, is_finished)

    assert cancelled.status is JobStatus.CANCELLED
    assert 0 < kept < MANY
    assert job.status is JobStatus.SUCCEEDED
    stored = await rows(adapters.database, shelf.course_id)
    assert len(stored) == MANY
    assert {row[1] for row in stored} == {1}


async def test_a_worker_builds_the_index_of_a_course_that_has_grown(
    database: Database, settings: Settings, worker: Callable
):
    index = await index_wanted(database, [[1, 0], [0, 1]])
    indexes = VectorIndexes(database)
    with worker():
        application = celery_application(settings.redis_url.get_secret_value())
        async with asyncio.timeout(90):
            while index in await indexes.missing(LARGE):
                await asyncio.to_thread(application.send_task, TEND_VECTORS)
                await asyncio.sleep(1)


async def test_a_worker_that_runs_follows_what_an_admin_changes(
    shelf: Shelf, worker: Callable, adapters: Adapters, tmp_path: Path
):
    definition = {
        "provider": "openai_compatible",
        "base_url": "http://127.0.0.1:1/v1",
        "wire_model": "m",
        "key": "env:A_KEY_THAT_WORKERS_LACK_API_KEY",
    }
    with worker():
        first = await started_job(shelf, documents=1)
        await awaited(shelf, first, is_finished)
        async with adapters.database.transaction(MAINTENANCE) as session:
            await DeploymentRepository(session).put("added-later", definition, is_enabled=True)
        try:
            second = await started_job(shelf, documents=2)
            await awaited(shelf, second, is_finished)
        finally:
            async with adapters.database.transaction(MAINTENANCE) as session:
                await DeploymentRepository(session).delete("added-later")

    log = (tmp_path / "worker.log").read_text()
    assert "Deployment added-later cannot be used" in log
    assert "A_KEY_THAT_WORKERS_LACK_API_KEY is not set" in log


async def test_a_worker_purges_what_is_too_old(
    shelf: Shelf, worker: Callable, database: Database, settings: Settings
):
    course = {"id": shelf.course_id}
    old = text("UPDATE courses SET deleted_at = now() - interval '31 days' WHERE id = :id")
    left = text("SELECT count(*) FROM courses WHERE id = :id")
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(old, course)

    with worker():
        application = celery_application(settings.redis_url.get_secret_value())
        async with asyncio.timeout(PATIENCE_SECONDS):
            count = 1
            while count:
                await asyncio.to_thread(application.send_task, PURGE_RECORDS)
                await asyncio.sleep(1)
                async with database.transaction(MAINTENANCE) as session:
                    count = await session.scalar(left, course)


def test_upkeep_is_on_the_schedule():
    schedule = celery_application("redis://127.0.0.1:1/0").conf.beat_schedule

    assert {SWEEP_JOBS, TEND_VECTORS, PURGE_RECORDS, FIT_KNOWLEDGE} <= schedule.keys()


def test_upkeep_goes_on_when_the_clock_was_ahead_and_is_set_right():
    entry = celery_application("redis://127.0.0.1:1/0").conf.beat_schedule[SWEEP_JOBS]
    schedule = pickle.loads(pickle.dumps(entry["schedule"]))  # as beat keeps it
    now = datetime.now(UTC)

    due = [
        schedule.is_due(now + timedelta(hours=3)),
        schedule.is_due(now - timedelta(seconds=SWEEP_EVERY_SECONDS)),
        schedule.is_due(now),
    ]

    assert [each.is_due for each in due] == [True, True, False]
    assert 0 < due[2].next <= SWEEP_EVERY_SECONDS
