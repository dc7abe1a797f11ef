"""A course's published lessons and quizzes in one package for other learning systems."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import AnyContent, ContentKind
from content.lessons import Lesson, MarkdownLesson
from content.questions import Quiz
from publishing.apart import export_apart
from publishing.courses.course import CoursePackage
from publishing.errors import PublishingError
from publishing.formats import formats_of
from publishing.written import ExportedFile
from services.access import Permission, authorise
from services.actors import Actor
from services.authoring.renditions import CannotBeMadeError, FormatNotFoundError, exported_value
from services.authoring.versions import stored_value
from services.errors import WrongStateError
from storage.database import Database
from storage.paging import Order, PageRequest
from storage.repositories.contents import ContentsRepository
from storage.repositories.lessons import LessonFilter, LessonRepository

PARTS_AT_ONCE = 100
"""Of a list's page."""
PACKAGES_AT_ONCE = 2


class CoursePackages:
    """Makes packages of courses, a few at a time, none in the event loop."""

    def __init__(self, database: Database, public_url: str) -> None:
        """Takes the database, and the address of the service, by which packages know a course."""
        self._database = database
        self._public_url = public_url.rstrip("/")
        self._places = asyncio.Semaphore(PACKAGES_AT_ONCE)

    @asynccontextmanager
    async def of_course(
        self, actor: Actor, course: UUID | str, wanted: str
    ) -> AsyncIterator[ExportedFile]:
        """The package, which is gone when the context ends. It holds the keys of the quizzes.

        Raises:
            NotFoundError: no such course, or the actor is not enrolled.
            PermissionDeniedError: when the actor may not edit it.
            FormatNotFoundError: packages are not offered in that format.
            WrongStateError: nothing of the course is published.
            CannotBeMadeError: it cannot be made.
        """
        offered = formats_of(CoursePackage)
        if wanted not in offered:
            raise FormatNotFoundError(wanted, offered)
        package = await self._gathered(actor, course)
        async with self._places:
            with tempfile.TemporaryDirectory(prefix="neuroshiksha-package-") as folder:
                try:
                    made = await asyncio.to_thread(export_apart, package, wanted, Path(folder))
                except PublishingError as error:
                    raise CannotBeMadeError(str(error)) from error
                yield made

    async def _gathered(self, actor: Actor, course: UUID | str) -> CoursePackage:
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
            lessons = await _lessons(session, access.course_id)
            quizzes = await _quizzes(session, access.course_id)
        if not lessons and not quizzes:
            raise WrongStateError(
                "Nothing of this course is published: publish a lesson or a quiz."
            )
        return CoursePackage(
            id=f"{self._public_url}/courses/{access.slug}",
            title=access.title,
            language=access.language,
            lessons=lessons,
            quizzes=quizzes,
        )


async def _lessons(session: AsyncSession, course_id: UUID) -> tuple[Lesson, ...]:
    lessons, contents = LessonRepository(session), ContentsRepository(session)
    found: list[Lesson] = []
    request: PageRequest | None = PageRequest(size=PARTS_AT_ONCE)
    while request is not None:
        page = await lessons.page(
            course_id, request, Order("position"), LessonFilter(status="published")
        )
        for listed in page.items:
            value = await _published(contents, ContentKind.LESSON, listed.id)
            if value is None:  # it has had one state only, that of its row
                row = await lessons.read(listed.id)
                value = MarkdownLesson(title=row.title, summary=row.summary, markdown=row.content)
            whole = exported_value(value)
            assert isinstance(whole, Lesson)  # noqa: S101 - what lessons are exported as
            found.append(whole)
        request = _following(page.next_cursor)
    return tuple(found)


async def _quizzes(session: AsyncSession, course_id: UUID) -> tuple[Quiz, ...]:
    contents = ContentsRepository(session)
    found: list[Quiz] = []
    request: PageRequest | None = PageRequest(size=PARTS_AT_ONCE)
    while request is not None:
        page = await contents.page(course_id, ContentKind.QUIZ, request, sees_drafts=False)
        for listed in page.items:
            value = await _published(contents, ContentKind.QUIZ, listed.head.id)
            assert isinstance(value, Quiz)  # noqa: S101 - what is stored of one
            found.append(value)
        request = _following(page.next_cursor)
    return tuple(reversed(found))  # oldest first


async def _published(
    contents: ContentsRepository, kind: ContentKind, content_id: UUID
) -> AnyContent | None:
    if await contents.course_of(content_id, kind) is None:
        return None
    head = await contents.head(content_id)
    if head.published_version is None:
        return None
    return stored_value(kind, await contents.version(content_id, head.published_version))


def _following(cursor: str | None) -> PageRequest | None:
    return None if cursor is None else PageRequest(size=PARTS_AT_ONCE, cursor=cursor)
