"""Queries on courses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    cast,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from models import Course, Document, Enrollment, Lesson
from storage.constraints import is_unique_violation
from storage.errors import ConflictError, NotFoundError
from storage.filtering import holds_tag, holds_words
from storage.paging import AnyRow, AnySelect, Keyset, Order, Page, PageRequest, fetch_page

ORDERS = Keyset(
    columns={
        "title": Course.title,
        "created_at": Course.created_at,
        "updated_at": Course.updated_at,
    },
    id_column=Course.id,
)


@dataclass(frozen=True, slots=True)
class CourseFilter:
    """What a list of courses is narrowed to; None leaves a filter out."""

    words: str | None = None
    tag: str | None = None
    difficulty: str | None = None
    is_deleted: bool = False

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """The WHERE conditions of these filters."""
        conditions = [is_gone(self.is_deleted)]
        if self.words is not None:
            conditions.append(holds_words(Course.title, Course.description, self.words))
        if self.tag is not None:
            conditions.append(holds_tag(Course.tags, self.tag))
        if self.difficulty is not None:
            conditions.append(Course.difficulty == self.difficulty)
        return conditions


class CourseRepository:
    """Reads and writes courses within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def enter(
        self, course: UUID | str, *, user_id: UUID, every_course: bool, is_deleted: bool = False
    ) -> AnyRow | None:
        """The course's row with the user's `role` in it, and the scope narrowed to it.

        None where there is no such course, or the user is not enrolled and `every_course` is
        false. Among deleted courses of one slug the one deleted last is taken.
        """
        statement = (
            select(
                Course.id,
                Course.slug,
                Course.title,
                Course.difficulty,
                Course.language,
                Course.corpus_revision,
                Course.chunk_count,
                Course.lexical_length,
                Course.support_policy,
                Course.tutor_modes,
                Course.default_mode,
                Course.hints_before_solution,
                Course.attempts_before_solution,
                Course.shows_solutions,
                Enrollment.role,
                func.set_config("neuroshiksha.course_ids", cast(Course.id, Text), True),
            )
            .outerjoin(Enrollment, enrolled_in_course(user_id))
            .where(named(course), is_gone(is_deleted))
            .order_by(Course.deleted_at.desc())
            .limit(1)
        )
        if not every_course:
            statement = statement.where(Enrollment.user_id.is_not(None))
        return (await self._session.execute(statement)).one_or_none()

    async def page(
        self,
        request: PageRequest,
        order: Order,
        wanted: CourseFilter,
        *,
        user_id: UUID,
        every_course: bool,
    ) -> Page[Any]:
        """Courses the user may see, as rows of course, role, document and lesson count."""
        statement = with_counts(user_id, every_course=every_course).where(*wanted.conditions)
        return await fetch_page(self._session, statement, ORDERS, request, order)

    async def read(self, course_id: UUID, *, user_id: UUID, every_course: bool) -> AnyRow:
        """One course as a row of course, role, document and lesson count.

        Raises:
            NotFoundError: when it is gone.
        """
        statement = with_counts(user_id, every_course=every_course).where(
            Course.id == course_id, is_gone(is_deleted=False)
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFoundError("course", course_id)
        return row

    async def slugs_taken(self, slugs: Sequence[str]) -> set[str]:
        """Which of the slugs a living course has."""
        statement = select(Course.slug).where(Course.slug.in_(slugs), is_gone(is_deleted=False))
        return set(await self._session.scalars(statement))

    async def add(self, courses: Sequence[Mapping[str, Any]]) -> list[Course]:
        """Inserts all the courses in one statement, in the order given.

        Raises:
            ConflictError: when a slug is taken, or stands twice among them.
        """
        statement = (
            insert(Course)
            .values(list(courses))
            .on_conflict_do_nothing(
                index_elements=[Course.slug], index_where=Course.deleted_at.is_(None)
            )
            .returning(Course)
        )
        added = {course.id: course for course in await self._session.scalars(statement)}
        for course in courses:
            if course["id"] not in added:
                raise ConflictError("course", "slug", course["slug"])
        return [added[course["id"]] for course in courses]

    async def change(self, course_id: UUID, values: Mapping[str, Any]) -> None:
        """Sets columns of a living course; `updated_at` follows.

        Raises:
            NotFoundError: when it is gone.
            ConflictError: when the new slug is taken.
        """
        await self._update(course_id, values, is_deleted=False)

    async def delete(self, course_id: UUID) -> None:
        """Marks a living course deleted.

        Raises:
            NotFoundError: when it is gone already.
        """
        await self._update(course_id, {"deleted_at": func.now()}, is_deleted=False)

    async def restore(self, course_id: UUID) -> None:
        """Brings a deleted course back.

        Raises:
            NotFoundError: when it is not among the deleted.
            ConflictError: when its slug was taken meanwhile.
        """
        await self._update(course_id, {"deleted_at": None}, is_deleted=True)

    async def _update(
        self, course_id: UUID, values: Mapping[str, Any], *, is_deleted: bool
    ) -> None:
        statement = (
            update(Course)
            .where(Course.id == course_id, is_gone(is_deleted))
            .values(**values)
            .returning(Course.id)
        )
        try:
            found = await self._session.scalar(statement)
        except IntegrityError as error:
            if not is_unique_violation(error):
                raise
            taken = values.get("slug", "of this course")
            raise ConflictError("course", "slug", taken) from error
        if found is None:
            raise NotFoundError("course", course_id)


def with_counts(user_id: UUID, *, every_course: bool) -> AnySelect:
    """Courses with the user's role, and the documents and lessons the user may see there."""
    documents = select(func.count()).where(
        Document.course_id == Course.id,
        Document.deleted_at.is_(None),
        Document.kind == "material",
    )
    lessons = select(func.count()).where(Lesson.course_id == Course.id, Lesson.deleted_at.is_(None))
    if not every_course:
        lessons = lessons.where(or_(Lesson.status == "published", Enrollment.role != "learner"))
    return select(
        Course,
        Enrollment.role,
        documents.scalar_subquery().label("document_count"),
        lessons.scalar_subquery().label("lesson_count"),
    ).join(Enrollment, enrolled_in_course(user_id), isouter=every_course)


def enrolled_in_course(user_id: UUID) -> ColumnElement[bool]:
    """Joins the user's enrolment to its course."""
    return and_(Enrollment.course_id == Course.id, Enrollment.user_id == user_id)


def named(course: UUID | str) -> ColumnElement[bool]:
    """Matches a course by its id, in either form, or by its slug."""
    if isinstance(course, UUID):
        return Course.id == course
    try:
        return Course.id == UUID(course)
    except ValueError:
        return Course.slug == course


def is_gone(is_deleted: bool) -> ColumnElement[bool]:
    """Matches deleted courses, or living ones."""
    return Course.deleted_at.is_not(None) if is_deleted else Course.deleted_at.is_(None)
