"""Lessons in versions: the row in `lessons` is the working copy, kept in step with its versions.

What is changed by the routes of lessons is seen by learners at once where the lesson is published;
what is changed by parts, undone or written anew waits until it is published.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import AnyContent, ContentKind
from content.lessons import Lesson as StructuredLesson
from content.lessons import MarkdownLesson
from models import Lesson
from publishing.lessons.markdown import lesson_text
from services.authoring.gate import require_passed
from services.authoring.versions import stored_value, version_of
from storage.repositories.contents import ContentsRepository
from storage.repositories.lessons import LessonRepository
from storage.repositories.stored_content import ContentHead

WORDED = frozenset({"title", "summary", "content"})
"""Columns of `lessons` that a version keeps."""
SUMMARY_CHARACTERS = 2_000


def lesson_columns(content: AnyContent) -> dict[str, str]:
    """What the row in `lessons` says of a version's value."""
    if isinstance(content, StructuredLesson):
        summary = content.summary[:SUMMARY_CHARACTERS]
        return {
            "title": content.title,
            "summary": summary,
            "content": lesson_text(content).markdown,
        }
    assert isinstance(content, MarkdownLesson)  # noqa: S101 - the only other form of a lesson
    return {"title": content.title, "summary": content.summary, "content": content.markdown}


async def lesson_head(
    session: AsyncSession, lesson: Lesson, *, is_locked: bool = True
) -> ContentHead:
    """The head of a lesson's versions; a lesson that had none gets its state as the first."""
    contents = ContentsRepository(session)
    if await contents.course_of(lesson.id, ContentKind.LESSON) is None:
        first = version_of(_markdown_of(lesson))
        head = await contents.add(lesson.course_id, ContentKind.LESSON, first, content_id=lesson.id)
        if lesson.status == "published":
            await contents.publish(head.id, head.version)
    return await contents.head(lesson.id, is_locked=is_locked)


async def keep_change(
    session: AsyncSession, head: ContentHead, lesson: Lesson, author_id: UUID
) -> ContentHead:
    """Keeps the state of a lesson whose row was changed, and shows it where it is published."""
    contents = ContentsRepository(session)
    worked_on = stored_value(head.kind, await contents.version(head.id, head.version))
    if lesson_columns(worked_on) != _words_of(lesson):
        content = _changed(worked_on, lesson)
        head = await contents.add_version(head, version_of(content, author_id=author_id))
        if lesson_columns(content) != _words_of(lesson):  # a new summary also ends the text
            await show_version(session, lesson.id, content)
    published = head.version if lesson.status == "published" else None
    if head.published_version == published:
        return head
    return await contents.publish(head.id, published)


async def require_publishable(session: AsyncSession, head: ContentHead) -> None:
    """Passes silently where the version worked on may be shown to learners.

    Raises:
        GateRefusedError: parts of it fail the quality gate.
    """
    require_passed((await ContentsRepository(session).version(head.id, head.version)).quality)


async def show_version(session: AsyncSession, lesson_id: UUID, content: AnyContent) -> None:
    """Brings the row of a lesson in step with the version that is now worked on."""
    await LessonRepository(session).change(lesson_id, lesson_columns(content))


async def published_words(session: AsyncSession, lesson_id: UUID) -> Mapping[str, Any]:
    """What learners see in the place of the working copy; nothing where they see that one."""
    contents = ContentsRepository(session)
    if await contents.course_of(lesson_id, ContentKind.LESSON) is None:
        return {}
    head = await contents.head(lesson_id)
    if head.published_version in {None, head.version}:
        return {}
    version = await contents.version(lesson_id, head.published_version or 0)
    return lesson_columns(stored_value(head.kind, version))


def _markdown_of(lesson: Lesson) -> MarkdownLesson:
    return MarkdownLesson(title=lesson.title, summary=lesson.summary, markdown=lesson.content)


def _words_of(lesson: Lesson) -> dict[str, str]:
    return {"title": lesson.title, "summary": lesson.summary, "content": lesson.content}


def _changed(worked_on: AnyContent, lesson: Lesson) -> AnyContent:
    """The new value: one in parts stays so while its text is not written over."""
    was = lesson_columns(worked_on)
    if not isinstance(worked_on, StructuredLesson) or lesson.content != was["content"]:
        return _markdown_of(lesson)
    changes = {"title": lesson.title}
    if lesson.summary != was["summary"]:
        changes["summary"] = lesson.summary
    return worked_on.model_copy(update=changes)
