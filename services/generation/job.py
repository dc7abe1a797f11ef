"""The work of a job that writes content, from its material to what is stored."""

from typing import Protocol

from pydantic import BaseModel

from content.cards import Deck
from content.kinds import AnyContent
from content.questions import Quiz
from jobs.payloads import GenerationPayload, RegeneratePayload, RenderPayload
from services.authoring.versions import cited_versions, require_part, with_part
from services.generation.checking import ContentGate
from services.generation.drafts import JobDrafts
from services.generation.failures import explained
from services.generation.figures import FigureShower
from services.generation.gathering import SourceGatherer
from services.generation.keeping import ContentKeeper
from services.generation.progress import PartialProgress, share_written
from services.generation.rewriting import subject_of, write_anew
from services.generation.writers import Desk, WriterDesks
from services.generation.writing import write
from services.job_running import JobNotice, JobProgress, JobResult
from storage.database import Database, Scope
from storage.repositories.job_values import ClaimedJob
from storage.repositories.stored_content import ContentHead

FEWER = "Of the {wanted} asked for the material holds {made}: choose more of it, or a wider topic."


class FilesOfContent(Protocol):
    """Makes the files that belong to content of some kinds, such as a video."""

    async def make(
        self,
        job: ClaimedJob,
        scope: Scope,
        head: ContentHead,
        version: int,
        progress: PartialProgress,
        /,
    ) -> JobResult:
        """The files of a version, as the job's result tells them; none is made twice.

        Raises:
            PublishingError: They cannot be made.
        """
        ...


class GenerationJob:
    """Writes what a job asks for. Run again after a crash it goes on from the parts kept."""

    def __init__(
        self,
        database: Database,
        gatherer: SourceGatherer,
        desks: WriterDesks,
        gate: ContentGate,
        figures: FigureShower,
        files: FilesOfContent,
    ) -> None:
        """Takes what each step is done by.

        Args:
            database: Where parts and content are kept.
            gatherer: Reads the material.
            desks: Give each job its writer.
            gate: Looks at what was written.
            figures: Shows those of the material.
            files: Makes what belongs to it, for some kinds.
        """
        self._database = database
        self._gatherer = gatherer
        self._desks = desks
        self._gate = gate
        self._keeper = ContentKeeper(database)
        self._figures = figures
        self._files = files

    async def __call__(self, job: ClaimedJob, scope: Scope, progress: JobProgress) -> JobResult:
        """Writes, stores, makes files.

        Raises:
            JobFailedError: With the reason; what was written by then is kept.
            StorageUnavailableError: when PostgreSQL is lost.
        """
        payload = GenerationPayload.model_validate(job.payload)
        notices: tuple[JobNotice, ...] = ()
        async with explained(payload.topic):
            if payload.render is not None:
                return await self._rendered(job, scope, payload.render, progress)
            head = await self._keeper.made(job, scope)
            if head is None:
                drafts = JobDrafts(self._database, scope, job.id, job.course_id)
                async with self._desks.open(job, payload, drafts, progress) as desk:
                    head = await self._written(job, scope, payload, desk, progress)
                    notices = desk.notices
            step = PartialProgress(progress, share_written(job.kind), 1.0)
            version = await self._keeper.version_by(job, scope) or head.version
            result = await self._files.make(job, scope, head, version, step)
        return JobResult(job.kind.value, str(head.id), result.assets, notices + result.notices)

    async def _rendered(
        self, job: ClaimedJob, scope: Scope, wanted: RenderPayload, progress: JobProgress
    ) -> JobResult:
        """The files of a version that is there."""
        head = await self._keeper.head(scope, wanted.content_id)
        step = PartialProgress(progress, 0.0, 1.0)
        return await self._files.make(job, scope, head, wanted.version, step)

    async def _written(
        self,
        job: ClaimedJob,
        scope: Scope,
        payload: GenerationPayload,
        desk: Desk,
        progress: JobProgress,
    ) -> ContentHead:
        if payload.regenerate is not None:
            return await self._written_anew(job, scope, payload, payload.regenerate, desk)
        progress.stage = "reading"
        passages = await self._gatherer.gather(job.course_id, scope, payload)
        content = await write(job.kind, desk.writer, payload, passages)
        desk.notices += _shortfall(payload.count, content)
        content = await self._figures.illustrated(content, passages, scope)
        progress.stage = "checking"
        objectives = await self._keeper.objectives(scope, payload.lesson_ids)
        quality = await self._gate.written(content, passages, payload.level, desk, objectives)
        return await self._keeper.keep(
            job, scope, content, payload, why=desk.signature, quality=quality
        )

    async def _written_anew(
        self,
        job: ClaimedJob,
        scope: Scope,
        payload: GenerationPayload,
        wanted: RegeneratePayload,
        desk: Desk,
    ) -> ContentHead:
        content = await self._keeper.current(scope, wanted)
        parts: dict[str, BaseModel] = {}
        for part_id in wanted.parts:
            part = require_part(content, part_id)
            about = _about(payload, content, part)
            passages = await self._gatherer.gather(job.course_id, scope, about)
            rewritten = await write_anew(
                desk.writer, content, part, payload, passages, is_by_rules=desk.chat is None
            )
            parts[part_id] = rewritten.part
            desk.notices = tuple(dict.fromkeys((*desk.notices, *rewritten.notices)))
            content = with_part(content, part_id, parts[part_id])
        quality = await self._gate.edited(scope, job.course_id, content)
        why = f"{desk.signature} {wanted.instruction}".strip()[:500]
        return await self._keeper.keep_parts(job, scope, parts, wanted, why=why, quality=quality)


def _shortfall(wanted: int | None, content: AnyContent) -> tuple[JobNotice, ...]:
    """Says that the material held less than was asked for, where it did."""
    match content:
        case Quiz(questions=made) | Deck(cards=made):
            pass
        case _:
            return ()
    if wanted is None or len(made) >= wanted:
        return ()
    return (JobNotice("fewer_than_asked", FEWER.format(made=len(made), wanted=wanted)),)


def _about(payload: GenerationPayload, content: AnyContent, part: BaseModel) -> GenerationPayload:
    """The same request, for the material that a part is about."""
    documents = tuple(dict.fromkeys(document for document, _ in cited_versions(content)))
    return payload.model_copy(update={"topic": subject_of(part), "document_ids": documents})
