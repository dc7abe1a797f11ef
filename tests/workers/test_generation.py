"""A worker that is killed while it writes: the next one goes on, nothing is lost or doubled."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import text

from bootstrap.adapters import Adapters
from bootstrap.settings import Settings
from content.kinds import ContentKind
from jobs.kinds import JobKind, JobStatus
from services.generation.submission import GenerationRequest
from storage.database import MAINTENANCE, Database
from storage.paging import PageRequest
from tests.support.machines import LEVERS
from tests.support.material import Shelf, session_encoder, shelf
from tests.support.openai_server import Behaviour, OpenAIServer, ReceivedRequest
from tests.support.severable import SeverableWay, severable_way
from tests.workers.test_worker import awaited, embedder, is_finished, kill, settings, worker

__all__ = ["embedder", "session_encoder", "settings", "shelf", "worker"]

pytestmark = pytest.mark.worker

OUTLINE = {
    "title": "How machines help",
    "goals": ["State when a lever balances.", "Say what a movable pulley does."],
    "sections": [
        {
            "title": title,
            "goal": goal,
            "key_points": [{"text": title, "sources": [1]}],
        }
        for title, goal in (
            ("Levers", "State when a lever balances."),
            ("Pulleys", "Say what a movable pulley does."),
        )
    ],
}
SECTION = {
    "markdown": "A lever balances when the turning effects on both sides are equal [1].",
    "summary": "A lever balances when the turning effects are equal.",
    "examples": [],
    "exercises": [],
    "terms": [],
}


class Author:
    """A chat model's server that writes an outline, and then never ends a section until told."""

    def __init__(self) -> None:
        self.outlines = 0
        self.is_stuck = True

    def __call__(self, request: ReceivedRequest) -> Behaviour:
        asked = json.dumps(request.body["messages"])
        if "markdown" in asked:
            fault: Any = "hang_before_first_token" if self.is_stuck else "none"
            return Behaviour(answer=[json.dumps(SECTION)], fault=fault)
        self.outlines += 1
        return Behaviour(answer=[json.dumps(OUTLINE)])


async def parts_kept(database: Database, job_id: UUID) -> int:
    async with database.transaction(MAINTENANCE) as session:
        statement = text("SELECT count(*) FROM job_parts WHERE job_id = :id")
        return int(await session.scalar(statement, {"id": job_id}) or 0)


async def test_a_lesson_whose_worker_is_killed_is_finished_once_from_the_parts_kept(
    shelf: Shelf, worker: Callable, adapters: Adapters
):
    shelf.write({"machines.md": LEVERS})
    await shelf.ingest()
    generation = shelf.services.authoring.generation
    request = GenerationRequest(JobKind.LESSON, topic="Levers and pulleys", length="short")
    author, database = Author(), adapters.database
    async with OpenAIServer(author) as server:
        upstream = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "sk-test"}
        with worker(**upstream) as process:
            job_id = (await generation.submit(shelf.teacher.actor, shelf.slug, request)).id
            async with asyncio.timeout(200):
                while not await parts_kept(database, job_id):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)
            kill(process)
        await expire_lease(database, job_id)
        author.is_stuck = False
        with worker(**upstream):
            await adapters.queue.publish(job_id, JobKind.LESSON)
            job = await awaited(shelf, job_id, is_finished)

    page = await shelf.services.authoring.library.page(
        shelf.teacher.actor, shelf.slug, ContentKind.LESSON, PageRequest()
    )
    assert (job.status, job.error) == (JobStatus.SUCCEEDED, None)
    assert author.outlines == 1
    assert page.total == 1
    assert await parts_kept(database, job_id) == 0


async def test_a_video_whose_worker_is_killed_is_finished_from_the_scenes_kept(
    shelf: Shelf, worker: Callable, adapters: Adapters, settings: Settings
):
    shelf.write({"machines.md": LEVERS})
    await shelf.ingest()
    generation = shelf.services.authoring.generation
    request = GenerationRequest(JobKind.VIDEO, topic="Levers and pulleys", length="short")
    with worker() as process:
        job_id = (await generation.submit(shelf.teacher.actor, shelf.slug, request)).id
        async with asyncio.timeout(200):
            while not (before := scenes_kept(settings)):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)
        kill(process)
    job = await shelf.services.jobs.get(shelf.teacher.actor, job_id)
    was_running = job.status is JobStatus.RUNNING
    await expire_lease(adapters.database, job_id)

    with worker():
        await adapters.queue.publish(job_id, JobKind.VIDEO)
        job = await awaited(shelf, job_id, is_finished)

    after = scenes_kept(settings)
    page = await shelf.services.authoring.library.page(
        shelf.teacher.actor, shelf.slug, ContentKind.VIDEO, PageRequest()
    )
    assert was_running
    assert (job.status, job.error, job.attempts) == (JobStatus.SUCCEEDED, None, 2)
    assert before.items() <= after.items()
    assert len(after) > len(before)
    assert page.total == 1
    assert len(job.result["assets"]) == 7


@pytest.mark.long
async def test_a_quiz_whose_worker_is_killed_is_written_once(
    shelf: Shelf, worker: Callable, adapters: Adapters
):
    shelf.write({"machines.md": LEVERS})
    await shelf.ingest()
    generation = shelf.services.authoring.generation
    request = GenerationRequest(JobKind.QUIZ, topic="Levers and pulleys", count=4)
    author = StuckServer()
    async with OpenAIServer(author) as server:
        upstream = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "sk-test"}
        with worker(**upstream) as process:
            job_id = (await generation.submit(shelf.teacher.actor, shelf.slug, request)).id
            async with asyncio.timeout(200):
                while not author.asked:  # noqa: ASYNC110 - another process asks
                    await asyncio.sleep(0.02)
            kill(process)
        await expire_lease(adapters.database, job_id)
    with worker():
        await adapters.queue.publish(job_id, JobKind.QUIZ)
        job = await awaited(shelf, job_id, is_finished)

    page = await shelf.services.authoring.library.page(
        shelf.teacher.actor, shelf.slug, ContentKind.QUIZ, PageRequest()
    )
    assert (job.status, job.error, job.attempts) == (JobStatus.SUCCEEDED, None, 2)
    assert page.total == 1


@pytest.mark.long
async def test_a_lesson_goes_on_through_a_loss_of_redis_and_postgresql(
    shelf: Shelf, worker: Callable, adapters: Adapters, settings: Settings
):
    shelf.write({"machines.md": LEVERS})
    await shelf.ingest()
    generation = shelf.services.authoring.generation
    request = GenerationRequest(JobKind.LESSON, topic="Levers and pulleys", length="short")
    author = Author()
    database_url = settings.database_url.get_secret_value()
    redis_url = settings.redis_url.get_secret_value()
    async with (
        OpenAIServer(author) as server,
        way_to(database_url) as to_postgres,
        way_to(redis_url) as to_redis,
    ):
        changes = {
            "OPENAI_BASE_URL": server.base_url,
            "OPENAI_API_KEY": "sk-test",
            "DATABASE_URL": to_postgres.leading_to(database_url),
            "REDIS_URL": to_redis.leading_to(redis_url),
            "NEUROSHIKSHA_JOB_POLL_SECONDS": "1",
        }
        with worker(**changes):
            job_id = (await generation.submit(shelf.teacher.actor, shelf.slug, request)).id
            async with asyncio.timeout(200):
                while not await parts_kept(adapters.database, job_id):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)
            for way in (to_redis, to_postgres):
                way.cut()
            await asyncio.sleep(3)
            author.is_stuck = False
            for way in (to_redis, to_postgres):
                way.mend()
            await expire_lease(adapters.database, job_id)
            job = await awaited(shelf, job_id, is_finished)

    page = await shelf.services.authoring.library.page(
        shelf.teacher.actor, shelf.slug, ContentKind.LESSON, PageRequest()
    )
    assert (job.status, job.error) == (JobStatus.SUCCEEDED, None)
    assert author.outlines == 1
    assert page.total == 1


class StuckServer:
    """A chat model's server that says nothing, ever."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _request: ReceivedRequest) -> Behaviour:
        self.asked += 1
        return Behaviour(answer=[""], fault="hang_before_first_token")


def way_to(url: str) -> AbstractAsyncContextManager[SeverableWay]:
    parts = urlsplit(url)
    return severable_way(parts.hostname or "127.0.0.1", parts.port or 5432)


def scenes_kept(settings: Settings) -> dict[str, int]:
    """Inode of the film of each scene that is finished: made again, it is another."""
    films = (settings.scenes_folder / "scenes").glob("[!.]*/film.mp4")
    return {film.parent.name: film.stat().st_ino for film in films}


async def expire_lease(database: Database, job_id: UUID) -> None:
    """What waiting for half a minute does."""
    statement = text("UPDATE jobs SET lease_until = now() WHERE id = :id")
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(statement, {"id": job_id})


async def test_cancelling_ends_the_call_to_the_chat_model(shelf: Shelf, worker: Callable):
    shelf.write({"machines.md": LEVERS})
    await shelf.ingest()
    generation, jobs = shelf.services.authoring.generation, shelf.services.jobs
    request = GenerationRequest(JobKind.LESSON, topic="Levers and pulleys", length="short")
    async with OpenAIServer(Author()) as server:
        upstream = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "sk-test"}
        with worker(**upstream):
            job_id = (await generation.submit(shelf.teacher.actor, shelf.slug, request)).id
            async with asyncio.timeout(200):
                while len(server.requests) < 2:  # noqa: ASYNC110 - another process asks
                    await asyncio.sleep(0.1)
            await jobs.cancel(shelf.teacher.actor, job_id)
            job = await awaited(shelf, job_id, is_finished)
            asked = len(server.requests)
            async with asyncio.timeout(30):
                await server.connections_closed()

    assert job.status is JobStatus.CANCELLED
    assert len(server.requests) == asked
