"""Lessons: making, finding, changing, deleting and restoring them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from content.kinds import ContentKind
from models import Lesson
from services.access import CourseAccess, Permission, authorise
from services.actors import Actor
from services.authoring.announcing import announce_published
from services.authoring.lesson_versions import (
    keep_change,
    lesson_head,
    published_words,
    require_publishable,
)
from services.courses import Difficulty
from storage.database import Database
from storage.errors import NotFoundError
from storage.paging import Order, Page, PageRequest
from storage.repositories.audit import AuditRepository
from storage.repositories.lessons import LessonFilter, LessonRepository

LessonStatus = Literal["draft", "published"]
FIRST_VERSION = 1


@dataclass(frozen=True, slots=True)
class NewLesson:
    """A lesson to be made; without a position it comes last."""

    title: str
    summary: str = ""
    content: str = ""
    position: int | None = None
    duration_minutes: int | None = None
    tags: tuple[str, ...] = ()
    difficulty: Difficulty = "beginner"
    status: LessonStatus = "draft"


@dataclass(frozen=True, slots=True)
class LessonSummary:
    """A lesson in a list."""

    id: UUID
    course_id: UUID
    title: str
    summary: str
    position: int
    duration_minutes: int | None
    tags: tuple[str, ...]
    difficulty: Difficulty
    status: LessonStatus
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class LessonView(LessonSummary):
    """A lesson with its Markdown content."""

    content: str


class LessonService:
    """Reads and changes lessons; learners see the published ones of their courses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, actor: Actor, course: UUID | str, new: NewLesson) -> LessonView:
        """Makes a lesson.

        Raises:
            NotFoundError: no such course, or the actor is not enrolled.
            PermissionDeniedError: when the actor may not edit it.
        """
        return (await self.create_many(actor, course, [new]))[0]

    async def create_many(
        self, actor: Actor, course: UUID | str, new: Sequence[NewLesson]
    ) -> list[LessonView]:
        """Makes all the lessons, or none.

        Raises:
            NotFoundError: no such course, or the actor is not enrolled.
            PermissionDeniedError: when the actor may not edit it.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
            lessons = LessonRepository(session)
            position = await lessons.next_position(access.course_id)
            rows = [
                row_of(lesson, access.course_id, position + offset)
                for offset, lesson in enumerate(new)
            ]
            added = await lessons.add(rows)
            details = {"lessons": [str(lesson.id) for lesson in added]}
            await AuditRepository(session).record(
                "lesson.create",
                actor_id=actor.user_id,
                course_id=access.course_id,
                details=details,
            )
            for lesson in added:
                if lesson.status == "published":
                    await announce_lesson(session, lesson, FIRST_VERSION)
        return [view_of(lesson) for lesson in added]

    async def page(
        self,
        actor: Actor,
        course: UUID | str,
        request: PageRequest,
        order: Order,
        wanted: LessonFilter,
    ) -> Page[LessonSummary]:
        """A page of a course's lessons; a learner's holds the published ones only.

        Raises:
            NotFoundError: no such course, or the actor is not enrolled.
            PermissionDeniedError: when a learner asks for the deleted ones.
            InvalidCursorError: when the cursor is not one of this list.
        """
        permission = Permission.REVIEW if wanted.is_deleted else Permission.READ
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, permission)
            if not sees_drafts(access):
                if wanted.status == "draft":
                    return Page((), request.size, 0, request.page, None)
                wanted = replace(wanted, status="published")
            page = await LessonRepository(session).page(access.course_id, request, order, wanted)
        return page.map(lambda lesson: LessonSummary(**summary_fields(lesson)))

    async def read(self, actor: Actor, lesson_id: UUID) -> LessonView:
        """One lesson.

        Raises:
            NotFoundError: no such lesson, or not one this actor may see.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await enter(session, actor, lesson_id, Permission.READ)
            lesson = await LessonRepository(session).read(lesson_id)
            if sees_drafts(access):
                return view_of(lesson)
            if lesson.status == "draft":
                raise NotFoundError("lesson", lesson_id)
            return replace(view_of(lesson), **await published_words(session, lesson_id))

    async def change(self, actor: Actor, lesson_id: UUID, values: Mapping[str, Any]) -> LessonView:
        """Sets the given fields of a lesson; title, summary and content as a new version.

        Raises:
            NotFoundError: no such lesson, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
            GateRefusedError: it is to be published, and parts of it fail the quality gate.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await enter(session, actor, lesson_id, Permission.EDIT)
            lessons = LessonRepository(session)
            lesson = await lessons.read(lesson_id)
            if not values:
                return view_of(lesson)
            head = await lesson_head(session, lesson)
            is_publication = (lesson.status, values.get("status")) == ("draft", "published")
            if is_publication:
                await require_publishable(session, head)
            lesson = await lessons.change(lesson_id, values)
            head = await keep_change(session, head, lesson, actor.user_id)
            if is_publication:
                await announce_lesson(session, lesson, head.version)
            await record(session, "lesson.update", actor, access, lesson_id)
        return view_of(lesson)

    async def delete(self, actor: Actor, lesson_id: UUID) -> None:
        """Deletes a lesson softly: it can be restored.

        Raises:
            NotFoundError: no such lesson, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await enter(session, actor, lesson_id, Permission.EDIT)
            await LessonRepository(session).delete(lesson_id)
            await record(session, "lesson.delete", actor, access, lesson_id)

    async def restore(self, actor: Actor, lesson_id: UUID) -> LessonView:
        """Brings a deleted lesson back.

        Raises:
            NotFoundError: not among the deleted, or not in a course of this actor.
            PermissionDeniedError: when the actor may not edit the course.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await enter(session, actor, lesson_id, Permission.EDIT, is_deleted=True)
            lesson = await LessonRepository(session).restore(lesson_id)
            await record(session, "lesson.restore", actor, access, lesson_id)
        return view_of(lesson)


async def enter(
    session: AsyncSession,
    actor: Actor,
    lesson_id: UUID,
    permission: Permission,
    *,
    is_deleted: bool = False,
) -> CourseAccess:
    """Authorises for the course of a lesson; a foreign lesson looks like one that is not there."""
    course_id = await LessonRepository(session).course_of(lesson_id, is_deleted=is_deleted)
    if course_id is None:
        raise NotFoundError("lesson", lesson_id)
    return await authorise(session, actor, course_id, permission, subject=("lesson", lesson_id))


def sees_drafts(access: CourseAccess) -> bool:
    """Whether unpublished lessons are shown."""
    return Permission.REVIEW in access.permissions


def view_of(lesson: Lesson) -> LessonView:
    """The view of a row."""
    return LessonView(**summary_fields(lesson), content=lesson.content)


def summary_fields(lesson: Lesson) -> dict[str, Any]:
    """The fields of a row that a list shows."""
    return {
        "id": lesson.id,
        "course_id": lesson.course_id,
        "title": lesson.title,
        "summary": lesson.summary,
        "position": lesson.position,
        "duration_minutes": lesson.duration_minutes,
        "tags": tuple(lesson.tags),
        "difficulty": lesson.difficulty,
        "status": lesson.status,
        "created_at": lesson.created_at,
        "updated_at": lesson.updated_at,
    }


def row_of(new: NewLesson, course_id: UUID, position: int) -> dict[str, Any]:
    """The columns of a new lesson; `position` counts where it names none."""
    return {
        "id": uuid7(),
        "course_id": course_id,
        "title": new.title,
        "summary": new.summary,
        "content": new.content,
        "position": position if new.position is None else new.position,
        "duration_minutes": new.duration_minutes,
        "tags": list(new.tags),
        "difficulty": new.difficulty,
        "status": new.status,
    }


async def announce_lesson(session: AsyncSession, lesson: Lesson, version: int) -> None:
    """Notes that learners see a lesson from now on."""
    await announce_published(
        session,
        lesson.course_id,
        ContentKind.LESSON,
        lesson.id,
        title=lesson.title,
        version=version,
    )


async def record(
    session: AsyncSession, action: str, actor: Actor, access: CourseAccess, lesson_id: UUID
) -> None:
    """Adds the audit event of an act on a lesson."""
    await AuditRepository(session).record(
        action,
        actor_id=actor.user_id,
        subject=str(lesson_id),
        course_id=access.course_id,
    )
