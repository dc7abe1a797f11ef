"""What a read depends on besides its address: the state of a course, and the reader's role there.

One who asks again under the same mark may be given what was given before.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import ContentKind
from services.access import CourseAccess, Permission, authorise
from services.actors import Actor
from services.authoring.versions import NOUNS
from services.lessons import enter as enter_lesson
from storage.database import Database
from storage.errors import NotFoundError
from storage.repositories.contents import ContentsRepository
from storage.repositories.course_marks import CourseMarksRepository
from storage.repositories.documents import DocumentsRepository

Enter = Callable[[AsyncSession], Awaitable[CourseAccess]]


class ReadingMarks:
    """The mark of what somebody is about to read; rights are looked at with each of them.

    Read it before what it vouches for: what changes in between is then newer than its mark, and
    nobody is given it once the mark is another.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_courses(self, actor: Actor) -> str:
        """Of all courses that the actor may see, with their roles in them."""
        async with self._database.transaction(actor.scope) as session:
            mark = await CourseMarksRepository(session).of_courses(
                actor.user_id, every_course=actor.is_admin
            )
        return f"{mark}:{actor.is_admin}"

    async def of_course(self, actor: Actor, course: UUID | str) -> str:
        """Of a course.

        Raises:
            NotFoundError: there is none, or the actor is not enrolled.
        """
        return await self._of(actor, lambda session: _enter(session, actor, course))

    async def of_lesson(self, actor: Actor, lesson_id: UUID) -> str:
        """Of the course of a lesson.

        Raises:
            NotFoundError: no such lesson, or not in a course of this actor.
        """
        return await self._of(
            actor, lambda session: enter_lesson(session, actor, lesson_id, Permission.READ)
        )

    async def of_content(self, actor: Actor, kind: ContentKind, content_id: UUID) -> str:
        """Of the course of some content.

        Raises:
            NotFoundError: none of that kind, or not in a course of this actor.
        """

        async def enter(session: AsyncSession) -> CourseAccess:
            subject = (NOUNS[kind], content_id)
            course_id = await ContentsRepository(session).course_of(content_id, kind)
            if course_id is None:
                raise NotFoundError(*subject)
            return await _enter(session, actor, course_id, subject)

        return await self._of(actor, enter)

    async def of_document(self, actor: Actor, document_id: UUID) -> str:
        """Of the course of a document.

        Raises:
            NotFoundError: no such document, or not in a course of this actor.
        """

        async def enter(session: AsyncSession) -> CourseAccess:
            course_id = await DocumentsRepository(session).course_of(document_id)
            return await _enter(session, actor, course_id, ("document", document_id))

        return await self._of(actor, enter)

    async def _of(self, actor: Actor, enter: Enter) -> str:
        async with self._database.transaction(actor.scope) as session:
            access = await enter(session)
            mark = await CourseMarksRepository(session).of_course(access.course_id)
        return f"{mark}:{access.role}:{actor.is_admin}"


async def _enter(
    session: AsyncSession,
    actor: Actor,
    course: UUID | str,
    subject: tuple[str, object] | None = None,
) -> CourseAccess:
    return await authorise(session, actor, course, Permission.READ, subject=subject)
