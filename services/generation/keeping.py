"""What a job has written becomes content of its course, once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from content.kinds import AnyContent, ContentKind
from content.lessons import Lesson, Objective
from jobs.kinds import JobKind
from jobs.payloads import GenerationPayload, RegeneratePayload
from services.authoring.lesson_versions import lesson_columns, show_version
from services.authoring.versions import stored_value, version_of, with_part
from storage.database import Database, Scope
from storage.repositories.contents import ContentsRepository
from storage.repositories.job_parts import JobPartsRepository
from storage.repositories.job_values import ClaimedJob
from storage.repositories.lessons import LessonRepository
from storage.repositories.stored_content import ContentHead, NewVersion

KIND_MADE: Mapping[JobKind, ContentKind] = {
    JobKind.LESSON: ContentKind.LESSON,
    JobKind.QUIZ: ContentKind.QUIZ,
    JobKind.FLASHCARDS: ContentKind.DECK,
    JobKind.STUDY_GUIDE: ContentKind.STUDY_GUIDE,
    JobKind.SLIDES: ContentKind.SLIDES,
    JobKind.VIDEO: ContentKind.VIDEO,
}


class _MadeBeforeError(Exception):
    """Another worker has stored what this job makes; undoes what was begun beside it."""


class ContentKeeper:
    """Stores what jobs write, as drafts, with the parts that led to it let go."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def made(self, job: ClaimedJob, scope: Scope) -> ContentHead | None:
        """What the job has stored in an earlier run; None where it has not."""
        async with self._database.transaction(scope) as session:
            return await ContentsRepository(session).made_by(job.id)

    async def version_by(self, job: ClaimedJob, scope: Scope) -> int | None:
        """The number of the version that the job has stored; None where it has not yet."""
        async with self._database.transaction(scope) as session:
            return await ContentsRepository(session).version_by(job.id)

    async def head(self, scope: Scope, content_id: UUID) -> ContentHead:
        """Some content as it stands.

        Raises:
            NotFoundError: It was deleted meanwhile.
        """
        async with self._database.transaction(scope) as session:
            return await ContentsRepository(session).head(content_id)

    async def current(self, scope: Scope, wanted: RegeneratePayload) -> AnyContent:
        """The content whose parts are to be written anew, as it is worked on now.

        Raises:
            NotFoundError: It was deleted meanwhile.
        """
        async with self._database.transaction(scope) as session:
            contents = ContentsRepository(session)
            head = await contents.head(wanted.content_id)
            return stored_value(head.kind, await contents.version(head.id, head.version))

    async def objectives(self, scope: Scope, lesson_ids: Sequence[UUID]) -> list[Objective]:
        """What lessons are to teach, as they are worked on now; none of lessons without parts."""
        found: list[Objective] = []
        async with self._database.transaction(scope) as session:
            contents = ContentsRepository(session)
            for lesson_id in lesson_ids:
                head = await contents.head(lesson_id)
                lesson = stored_value(head.kind, await contents.version(head.id, head.version))
                found += lesson.objectives if isinstance(lesson, Lesson) else ()
        return found

    async def keep(
        self,
        job: ClaimedJob,
        scope: Scope,
        content: AnyContent,
        payload: GenerationPayload,
        *,
        why: str,
        quality: Mapping[str, Any] | None,
    ) -> ContentHead:
        """Stores new content as the job's; what an earlier run of it has stored stays as it is.

        Raises:
            NotFoundError: The course is gone.
        """
        new = version_of(content, quality=quality, job_id=job.id, why=why)
        try:
            async with self._database.transaction(scope) as session:
                head = await self._add(session, job, content, payload, new)
                await JobPartsRepository(session).forget(job.id)
        except _MadeBeforeError:
            made = await self.made(job, scope)
            assert made is not None  # noqa: S101 - that is what the error says
            return made
        return head

    async def keep_parts(
        self,
        job: ClaimedJob,
        scope: Scope,
        parts: Mapping[str, BaseModel],
        wanted: RegeneratePayload,
        *,
        why: str,
        quality: Mapping[str, Any] | None,
    ) -> ContentHead:
        """Stores a version with these parts replaced, on top of what was edited meanwhile.

        Raises:
            NotFoundError: The content was deleted meanwhile.
            InvalidValueError: One of the parts was taken out meanwhile.
        """
        async with self._database.transaction(scope) as session:
            contents = ContentsRepository(session)
            head = await contents.head(wanted.content_id, is_locked=True)
            content = stored_value(head.kind, await contents.version(head.id, head.version))
            for part_id, part in parts.items():
                content = with_part(content, part_id, part)
            new = version_of(content, quality=quality, job_id=job.id, why=why)
            head = await contents.add_version(head, new)
            if head.kind is ContentKind.LESSON:
                await show_version(session, head.id, content)
            await JobPartsRepository(session).forget(job.id)
        return head

    async def _add(
        self,
        session: AsyncSession,
        job: ClaimedJob,
        content: AnyContent,
        payload: GenerationPayload,
        new: NewVersion,
    ) -> ContentHead:
        kind = KIND_MADE[job.kind]
        content_id = uuid7()
        if kind is ContentKind.LESSON:
            lessons = LessonRepository(session)
            position = await lessons.next_position(job.course_id)
            row = {"id": content_id, "course_id": job.course_id, "position": position}
            words = lesson_columns(content) | {"difficulty": payload.level}
            await lessons.add([row | words])
        head = await ContentsRepository(session).add(
            job.course_id,
            kind,
            new,
            content_id=content_id,
            origin="job",
            created_by=job.requested_by,
        )
        if head.id != content_id:
            raise _MadeBeforeError
        return head
