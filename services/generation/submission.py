"""Asking for content: a request is checked, and becomes a job whose row holds all of it."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ai.routing.router import ModelRouter
from content.kinds import RENDERED, ContentKind
from jobs.kinds import JobKind
from jobs.payloads import GenerationPayload, RegeneratePayload, RenderPayload
from services.access import CourseAccess, Permission, authorise
from services.actors import Actor
from services.authoring.entering import enter_content
from services.authoring.versions import (
    cited_versions,
    parts_citing,
    require_part,
    stored_value,
)
from services.errors import InvalidValueError
from services.generation.rewriting import subject_of
from services.job_running import JobFailedError
from services.jobs import BULK, URGENT, JobService, add_job
from storage.database import Database
from storage.repositories.contents import ContentsRepository
from storage.repositories.job_values import NewJob, StoredJob
from storage.repositories.lessons import LessonRepository
from storage.repositories.source_chunks import SourceChunksRepository

Urgency = Literal["usual", "low"]
LONG_PRIORITY = 5
"""Of videos, which take minutes, behind all that takes seconds."""
JOB_OF: dict[ContentKind, JobKind] = {
    ContentKind.LESSON: JobKind.LESSON,
    ContentKind.QUIZ: JobKind.QUIZ,
    ContentKind.DECK: JobKind.FLASHCARDS,
    ContentKind.STUDY_GUIDE: JobKind.STUDY_GUIDE,
    ContentKind.SLIDES: JobKind.SLIDES,
    ContentKind.VIDEO: JobKind.VIDEO,
}


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a teacher wants written.

    Attributes:
        topic: What it is about; needed where no documents or lessons are chosen.
        language: None for the course's.
        budget_micro_usd: What chat models may cost at most; None for no bound of its own.
        urgency: `low` lets everything else go first.
    """

    kind: JobKind
    topic: str = ""
    document_ids: tuple[UUID, ...] = ()
    lesson_ids: tuple[UUID, ...] = ()
    language: str | None = None
    level: Literal["beginner", "intermediate", "advanced"] = "beginner"
    length: Literal["short", "medium", "long"] = "medium"
    count: int | None = None
    style: str = ""
    model: str | None = None
    budget_micro_usd: int | None = None
    voice: str = ""
    theme: Literal["light", "dark"] = "light"
    urgency: Urgency = "usual"


@dataclass(frozen=True, slots=True)
class RegenerationRequest:
    """Which parts of some content are to be written anew, and how.

    Attributes:
        parts: Their ids; none stands for all that cite documents which have changed.
    """

    parts: tuple[str, ...] = field(default=())
    instruction: str = ""
    model: str | None = None
    budget_micro_usd: int | None = None


class GenerationSubmission:
    """Queues jobs that write content."""

    def __init__(self, database: Database, router: ModelRouter, jobs: JobService) -> None:
        self._database = database
        self._router = router
        self._jobs = jobs

    async def submit(
        self,
        actor: Actor,
        course: UUID | str,
        request: GenerationRequest,
        idempotency_key: str | None = None,
        *,
        is_published: bool = True,
    ) -> StoredJob:
        """Queues the job; once this returns nothing of it is lost.

        `is_published` False leaves it to whoever runs it at once, or to a worker that looks.

        Raises:
            InvalidValueError: a field names what is not there.
            NotFoundError: no such course for this actor.
            PermissionDeniedError: the role does not allow it.
            KeyReusedError: the key came with another request before.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
            _require_subject(request)
            self._require_model(request.model)
            await _require_sources(session, access, request)
            new = NewJob(
                course_id=access.course_id,
                kind=request.kind,
                payload=_payload(request, access).model_dump(mode="json"),
                requested_by=actor.user_id,
                priority=_priority(request),
                idempotency_key=idempotency_key,
            )
            job = await add_job(session, new)
        if is_published:
            await self._jobs.publish(actor, job.id)
        return job

    async def regenerate(
        self,
        actor: Actor,
        kind: ContentKind,
        content_id: UUID,
        request: RegenerationRequest,
        idempotency_key: str | None = None,
    ) -> StoredJob:
        """Queues a job that writes parts anew, which becomes a version to look at.

        Raises:
            InvalidValueError: there is no such part, it cannot be written by itself, or none is
                stale where none was named.
            NotFoundError: none of that kind, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
            KeyReusedError: the key came with another request before.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.EDIT)
            self._require_model(request.model)
            title, parts = await _parts_wanted(session, content_id, kind, request)
            payload = GenerationPayload(
                topic=title,
                language=entered.access.language,
                model=request.model,
                budget_micro_usd=request.budget_micro_usd,
                regenerate=RegeneratePayload(
                    content_id=content_id, parts=parts, instruction=request.instruction
                ),
            )
            new = NewJob(
                course_id=entered.access.course_id,
                kind=JOB_OF[kind],
                payload=payload.model_dump(mode="json"),
                requested_by=actor.user_id,
                priority=URGENT,
                idempotency_key=idempotency_key,
            )
            job = await add_job(session, new)
        await self._jobs.publish(actor, job.id)
        return job

    async def render(
        self,
        actor: Actor,
        kind: ContentKind,
        content_id: UUID,
        idempotency_key: str | None = None,
    ) -> StoredJob:
        """Queues a job that makes the files of the version worked on: of a video, or of slides.

        Raises:
            InvalidValueError: content of that kind comes without files of its own.
            NotFoundError: none of that kind, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
            KeyReusedError: the key came with another request before.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.EDIT)
            if kind not in RENDERED:
                message = "Only videos and slides are rendered; ask for other files by `format`."
                raise InvalidValueError("collection", message)
            head = entered.head
            version = await ContentsRepository(session).version(content_id, head.version)
            payload = GenerationPayload(
                topic=version.title,
                language=entered.access.language,
                render=RenderPayload(content_id=content_id, version=head.version),
            )
            new = NewJob(
                course_id=head.course_id,
                kind=JOB_OF[kind],
                payload=payload.model_dump(mode="json"),
                requested_by=actor.user_id,
                priority=LONG_PRIORITY,
                idempotency_key=idempotency_key,
            )
            job = await add_job(session, new)
        await self._jobs.publish(actor, job.id)
        return job

    def _require_model(self, name: str | None) -> None:
        registry = self._router.registry
        if name is None or name == "grounded" or registry.behind(name) is not None:
            return
        known = ", ".join(sorted({*registry.aliases, *registry.deployments, "grounded"}))
        raise InvalidValueError("model", f"There is no chat model “{name}”; there are: {known}.")


async def _parts_wanted(
    session: AsyncSession, content_id: UUID, kind: ContentKind, request: RegenerationRequest
) -> tuple[str, tuple[str, ...]]:
    """The title of the content and the ids of the parts that are meant."""
    contents = ContentsRepository(session)
    head = await contents.head(content_id)
    value = stored_value(kind, await contents.version(content_id, head.version))
    parts = request.parts
    if not parts:
        changed = await contents.superseded(cited_versions(value))
        parts = parts_citing(value, changed)
    if not parts:
        message = "No part cites a document that has changed; name the parts to write anew."
        raise InvalidValueError("parts", message)
    for part in parts:
        try:
            subject_of(require_part(value, part))
        except JobFailedError as error:
            raise InvalidValueError("parts", f"Part “{part}”: {error}") from error
    return value.title, parts


async def _require_sources(
    session: AsyncSession, access: CourseAccess, request: GenerationRequest
) -> None:
    chunks = SourceChunksRepository(session)
    known = await chunks.known_documents(access.course_id, request.document_ids)
    for document_id in request.document_ids:
        if document_id not in known:
            message = f"The course has no document {document_id} with text to read."
            raise InvalidValueError("document_ids", message)
    lessons = LessonRepository(session)
    for lesson_id in request.lesson_ids:
        if await lessons.course_of(lesson_id) != access.course_id:
            raise InvalidValueError("lesson_ids", f"The course has no lesson {lesson_id}.")


def _require_subject(request: GenerationRequest) -> None:
    if not (request.topic.strip() or request.document_ids or request.lesson_ids):
        message = "Say a topic, or choose documents or lessons to write from."
        raise InvalidValueError("topic", message)


def _priority(request: GenerationRequest) -> int:
    if request.urgency == "low":
        return BULK
    return LONG_PRIORITY if request.kind is JobKind.VIDEO else URGENT


def _payload(request: GenerationRequest, access: CourseAccess) -> GenerationPayload:
    return GenerationPayload(
        topic=request.topic,
        document_ids=request.document_ids,
        lesson_ids=request.lesson_ids,
        language=request.language or access.language,
        level=request.level,
        length=request.length,
        count=request.count,
        style=request.style,
        model=request.model,
        budget_micro_usd=request.budget_micro_usd,
        voice=request.voice,
        theme=request.theme,
    )
