"""What goes wrong while a job writes: a typed failure with its reason, and what is done is kept."""

import json
import resource
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from ai.chat.chat_model import ChatChunk, ChatRequest, Finished, TextDelta, Usage
from ai.embedding.onnx import OnnxEmbedder
from bootstrap.adapters import Adapters, open_adapters
from bootstrap.job_runner import RunnerTools, build_job_runner
from bootstrap.narration import Narration
from content.kinds import ContentKind
from jobs.kinds import JobKind, JobStatus
from publishing.video.speech import Speech
from services.generation.submission import GenerationRequest
from storage.database import MAINTENANCE, Database
from storage.errors import StorageUnavailableError
from storage.paging import PageRequest
from storage.repositories.job_values import StoredJob
from tests.support.chat_models import router_over
from tests.support.machines import LEVERS
from tests.support.material import Shelf, session_encoder, shelf
from tests.support.severable import SeverableWay, severable_way
from tests.support.voices import ToneVoice

__all__ = ["session_encoder", "shelf"]

pytestmark = pytest.mark.server

LESSON = GenerationRequest(JobKind.LESSON, topic="Levers and pulleys", length="short")
VIDEO = replace(LESSON, kind=JobKind.VIDEO)
OUTLINE = {
    "title": "How machines help",
    "goals": ["State when a lever balances."],
    "sections": [
        {
            "title": title,
            "goal": "State when a lever balances.",
            "key_points": [{"text": title, "sources": [1]}],
        }
        for title in ("Levers", "Pulleys")
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
    """A chat model that outlines well, and writes sections as it is told to.

    Attributes:
        section: What it says when it is asked for a section.
        outlines, sections: How often it was asked.
        way: Is cut at the first section, where given.
    """

    name = "m"

    def __init__(self, section: str, way: SeverableWay | None = None) -> None:
        self.section = section
        self.outlines = 0
        self.sections = 0
        self.way = way

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        is_section = "markdown" in f"{request.prompt.system} {request.prompt.user}"
        self.sections += is_section
        self.outlines += not is_section
        if is_section and self.way is not None:
            self.way.cut()
        yield TextDelta(self.section if is_section else json.dumps(OUTLINE))
        yield Finished("stop", Usage(10, 10))


@pytest.fixture
def embedder(session_encoder: OnnxEmbedder) -> OnnxEmbedder:
    return session_encoder


@pytest.fixture
async def course(shelf: Shelf) -> Shelf:
    shelf.write({"machines.md": LEVERS})
    await shelf.ingest()
    return shelf


@pytest.fixture
async def way(database_url: str) -> AsyncIterator[SeverableWay]:
    """To PostgreSQL."""
    parts = urlsplit(database_url)
    async with severable_way(parts.hostname or "127.0.0.1", parts.port or 5432) as opened:
        yield opened


async def submitted(course: Shelf, request: GenerationRequest) -> UUID:
    generation = course.services.authoring.generation
    actor = course.teacher.actor
    return (await generation.submit(actor, course.slug, request, is_published=False)).id


async def run(
    course: Shelf, adapters: Adapters, job_id: UUID, speech: Speech | None = None
) -> StoredJob:
    """The job once a worker had it."""
    narration = None if speech is None else Narration(speech, None)
    await build_job_runner(adapters, "test", RunnerTools.of(adapters, narration)).run(job_id)
    return await course.services.jobs.get(course.teacher.actor, job_id)


async def retried(
    course: Shelf, adapters: Adapters, job_id: UUID, speech: Speech | None = None
) -> StoredJob:
    await course.services.jobs.retry(course.teacher.actor, job_id)
    return await run(course, adapters, job_id, speech)


async def count(course: Shelf, kind: ContentKind) -> int | None:
    library = course.services.authoring.library
    return (await library.page(course.teacher.actor, course.slug, kind, PageRequest())).total


def failure(job: StoredJob) -> tuple[JobStatus, str]:
    return job.status, (job.error or {}).get("code", "")


async def expire(database: Database, job_id: UUID) -> None:
    """What waiting for half a minute does."""
    statement = text("UPDATE jobs SET lease_until = now() WHERE id = :id")
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(statement, {"id": job_id})


async def test_sections_that_stay_broken_fail_a_lesson_and_its_outline_is_kept(
    course: Shelf, adapters: Adapters
):
    author = Author('{"markdown": "Unfinis')
    written = replace(adapters, router=router_over(author))
    job_id = await submitted(course, LESSON)

    broken = await run(course, written, job_id)
    asked = author.sections
    author.section = json.dumps(SECTION)
    done = await retried(course, written, job_id)

    assert failure(broken) == (JobStatus.FAILED, "output_invalid")
    assert "What was written by then is kept." in broken.error["message"]
    assert asked >= 3
    assert (done.status, author.outlines) == (JobStatus.SUCCEEDED, 1)
    assert await count(course, ContentKind.LESSON) == 1


async def test_a_lesson_whose_database_goes_away_midway_is_finished_once_it_is_back(
    course: Shelf, adapters: Adapters, way: SeverableWay, session_encoder: OnnxEmbedder
):
    author = Author(json.dumps(SECTION), way)
    url = way.leading_to(adapters.settings.database_url.get_secret_value())
    settings = adapters.settings.model_copy(update={"database_url": SecretStr(url)})
    job_id = await submitted(course, LESSON)

    async with open_adapters(settings, session_encoder) as severable:
        written = replace(severable, router=router_over(author))
        with pytest.raises(StorageUnavailableError):
            await build_job_runner(written, "first").run(job_id)
        way.mend()
        author.way = None
        await expire(adapters.database, job_id)
        await build_job_runner(written, "second").run(job_id)
    job = await course.services.jobs.get(course.teacher.actor, job_id)

    assert (job.status, job.error, job.attempts) == (JobStatus.SUCCEEDED, None, 2)
    assert author.outlines == 1
    assert await count(course, ContentKind.LESSON) == 1


async def test_a_speech_service_that_dies_midway_fails_the_video_and_is_paid_for_nothing_twice(
    course: Shelf, adapters: Adapters
):
    dying = ToneVoice(fails_at="pulley", awaited=2)
    healthy = ToneVoice()
    job_id = await submitted(course, VIDEO)

    failed = await run(course, adapters, job_id, dying)
    done = await retried(course, adapters, job_id, healthy)

    assert failure(failed) == (JobStatus.FAILED, "narration")
    assert "The speech service is away." in failed.error["message"]
    assert len(dying.said) >= 2
    assert set(dying.said).isdisjoint(healthy.said)
    assert done.status is JobStatus.SUCCEEDED
    assert await count(course, ContentKind.VIDEO) == 1
    assert len(done.result["assets"]) == 7


async def test_a_course_whose_files_take_all_its_room_keeps_what_was_written(
    course: Shelf, adapters: Adapters
):
    job_id = await submitted(course, replace(LESSON, kind=JobKind.SLIDES))
    tight = adapters.settings.model_copy(update={"asset_quota_bytes": 1024})

    full = await run(course, replace(adapters, settings=tight), job_id)
    kept = await count(course, ContentKind.SLIDES)
    done = await retried(course, adapters, job_id)

    assert failure(full) == (JobStatus.FAILED, "asset_quota")
    assert "NEUROSHIKSHA_ASSET_QUOTA_BYTES" in full.error["message"]
    assert kept == 1
    assert done.status is JobStatus.SUCCEEDED
    assert await count(course, ContentKind.SLIDES) == 1


@contextmanager
def files_of_at_most(byte_count: int) -> Iterator[None]:
    """Larger ones cannot be written, which is what a full disk says but for its number."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (byte_count, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    "kind", [JobKind.SLIDES, pytest.param(JobKind.VIDEO, marks=pytest.mark.long)]
)
async def test_a_full_disk_is_the_reason_and_what_was_written_is_kept(
    course: Shelf, adapters: Adapters, kind: JobKind
):
    job_id = await submitted(course, replace(LESSON, kind=kind))
    made = ContentKind.SLIDES if kind is JobKind.SLIDES else ContentKind.VIDEO

    with files_of_at_most(8_192):
        full = await run(course, adapters, job_id, ToneVoice())
    kept = await count(course, made)
    done = await retried(course, adapters, job_id, ToneVoice())

    assert failure(full) == (JobStatus.FAILED, "disk_full")
    assert "free some" in full.error["message"]
    assert kept == 1
    assert (done.status, done.error) == (JobStatus.SUCCEEDED, None)
    assert await count(course, made) == 1
    assert unfinished_files(adapters.settings.assets_folder) == []


def unfinished_files(folder: Path) -> list[Path]:
    return list((folder / "incoming").glob("*"))
