"""Queries on lessons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from models import Lesson
from storage.errors import NotFoundError
from storage.filtering import holds_tag, holds_words
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page

ORDERS = Keyset(
    columns={
        "position": Lesson.position,
        "title": Lesson.title,
        "created_at": Lesson.created_at,
    },
    id_column=Lesson.id,
)


@dataclass(frozen=True, slots=True)
class LessonFilter:
    """What a list of lessons is narrowed to; None leaves a filter out."""

    words: str | None = None
    tag: str | None = None
    difficulty: str | None = None
    status: str | None = None
    is_deleted: bool = False

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """The WHERE conditions of these filters."""
        conditions = [is_gone(self.is_deleted)]
        if self.words is not None:
            conditions.append(holds_words(Lesson.title, Lesson.summary, self.words))
        if self.tag is not None:
            conditions.append(holds_tag(Lesson.tags, self.tag))
        if self.difficulty is not None:
            conditions.append(Lesson.difficulty == self.difficulty)
        if self.status is not None:
            conditions.append(Lesson.status == self.status)
        return conditions


class LessonRepository:
    """Reads and writes lessons within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def course_of(self, lesson_id: UUID, *, is_deleted: bool = False) -> UUID | None:
        """The course a living (or deleted) lesson belongs to, or None where there is none."""
        statement = select(Lesson.course_id).where(Lesson.id == lesson_id, is_gone(is_deleted))
        return await self._session.scalar(statement)

    async def read(self, lesson_id: UUID) -> Lesson:
        """One living lesson.

        Raises:
            NotFoundError: when there is none.
        """
        statement = select(Lesson).where(Lesson.id == lesson_id, is_gone(is_deleted=False))
        lesson = await self._session.scalar(statement)
        if lesson is None:
            raise NotFoundError("lesson", lesson_id)
        return lesson

    async def page(
        self, course_id: UUID, request: PageRequest, order: Order, wanted: LessonFilter
    ) -> Page[Lesson]:
        """Lessons of a course that pass the filters, without their content."""
        statement = (
            select(Lesson)
            .where(Lesson.course_id == course_id, *wanted.conditions)
            .options(defer(Lesson.content, raiseload=True))
        )
        page = await fetch_page(self._session, statement, ORDERS, request, order)
        return page.map(lambda row: row[0])

    async def next_position(self, course_id: UUID) -> int:
        """The position after the last living lesson of a course."""
        statement = select(func.max(Lesson.position)).where(
            Lesson.course_id == course_id, is_gone(is_deleted=False)
        )
        last = await self._session.scalar(statement)
        return 0 if last is None else last + 1

    async def add(self, lessons: Sequence[Mapping[str, Any]]) -> list[Lesson]:
        """Inserts all the lessons in one statement, in the order given."""
        statement = insert(Lesson).values(list(lessons)).returning(Lesson)
        added = {lesson.id: lesson for lesson in await self._session.scalars(statement)}
        return [added[lesson["id"]] for lesson in lessons]

    async def change(self, lesson_id: UUID, values: Mapping[str, Any]) -> Lesson:
        """Sets columns of a living lesson; `updated_at` follows.

        Raises:
            NotFoundError: when there is none.
        """
        return await self._update(lesson_id, values, is_deleted=False)

    async def delete(self, lesson_id: UUID) -> None:
        """Marks a living lesson deleted.

        Raises:
            NotFoundError: when there is none.
        """
        await self._update(lesson_id, {"deleted_at": func.now()}, is_deleted=False)

    async def restore(self, lesson_id: UUID) -> Lesson:
        """Brings a deleted lesson back.

        Raises:
            NotFoundError: when it is not among the deleted.
        """
        return await self._update(lesson_id, {"deleted_at": None}, is_deleted=True)

    async def _update(
        self, lesson_id: UUID, values: Mapping[str, Any], *, is_deleted: bool
    ) -> Lesson:
        statement = (
            update(Lesson)
            .where(Lesson.id == lesson_id, is_gone(is_deleted))
            .values(**values)
            .returning(Lesson)
            .execution_options(populate_existing=True)
        )
        lesson: Lesson | None = await self._session.scalar(statement)
        if lesson is None:
            raise NotFoundError("lesson", lesson_id)
        return lesson


def is_gone(is_deleted: bool) -> ColumnElement[bool]:
    """Matches deleted lessons, or living ones."""
    return Lesson.deleted_at.is_not(None) if is_deleted else Lesson.deleted_at.is_(None)
