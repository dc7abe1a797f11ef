"""Courses: making, finding, changing, deleting and restoring them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.access import CourseRole, Permission, authorise, permissions_of
from services.actors import Actor
from services.errors import InvalidValueError
from storage.database import Database
from storage.paging import AnyRow, Order, Page, PageRequest
from storage.repositories.audit import AuditRepository
from storage.repositories.courses import CourseFilter, CourseRepository
from storage.repositories.enrollments import EnrollmentRepository

Difficulty = Literal["beginner", "intermediate", "advanced"]
SLUG_LENGTH = 80


@dataclass(frozen=True, slots=True)
class NewCourse:
    """A course to be made; without a slug one is made from the title."""

    title: str
    slug: str | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    difficulty: Difficulty = "beginner"
    language: str = "en"
    suggested_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course as one person sees it: their role and rights, and what it holds for them."""

    id: UUID
    slug: str
    title: str
    description: str
    tags: tuple[str, ...]
    difficulty: Difficulty
    language: str
    suggested_questions: tuple[str, ...]
    corpus_revision: int
    created_at: datetime
    updated_at: datetime
    role: CourseRole | None
    permissions: tuple[Permission, ...]
    document_count: int
    lesson_count: int


class CourseService:
    """Reads and changes courses; people see those they are enrolled in, admins all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, actor: Actor, new: NewCourse) -> CourseView:
        """Makes a course whose owner the actor becomes.

        Raises:
            PermissionDeniedError: when the actor is a student.
            InvalidValueError: when the slug looks like an id.
            ConflictError: when the slug is taken.
        """
        return (await self.create_many(actor, [new]))[0]

    async def create_many(self, actor: Actor, new: Sequence[NewCourse]) -> list[CourseView]:
        """Makes all the courses, or none.

        Raises:
            PermissionDeniedError: when the actor is a student.
            InvalidValueError: when a slug looks like an id.
            ConflictError: when a slug is taken, or stands twice among them.
        """
        actor.require("admin", "teacher", action="create courses")
        for wanted in new:
            refuse_slug_like_id(wanted.slug)
        async with self._database.transaction(actor.scope) as session:
            courses = CourseRepository(session)
            rows = await with_slugs(courses, [row_of(wanted) for wanted in new])
            added = await courses.add(rows)
            await EnrollmentRepository(session).add_owner(
                [course.id for course in added], actor.user_id
            )
            for course in added:
                await record(session, "course.create", actor, course.id, {"slug": course.slug})
        return [view_of(actor, (course, "owner", 0, 0)) for course in added]

    async def page(
        self, actor: Actor, request: PageRequest, order: Order, wanted: CourseFilter
    ) -> Page[CourseView]:
        """A page of the courses the actor is enrolled in; for an admin, of all.

        Raises:
            InvalidCursorError: when the cursor is not one of this list.
        """
        async with self._database.transaction(actor.scope) as session:
            page = await CourseRepository(session).page(
                request, order, wanted, user_id=actor.user_id, every_course=actor.is_admin
            )
        return page.map(lambda row: view_of(actor, row))

    async def read(self, actor: Actor, course: UUID | str) -> CourseView:
        """One course by id or slug.

        Raises:
            NotFoundError: when there is none, or the actor is not enrolled.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
            return await read_view(session, actor, access.course_id)

    async def change(
        self, actor: Actor, course: UUID | str, values: Mapping[str, Any]
    ) -> CourseView:
        """Sets the given fields of a course.

        Raises:
            NotFoundError: when there is none, or the actor is not enrolled.
            PermissionDeniedError: when the actor may not manage it.
            InvalidValueError: when the slug looks like an id.
            ConflictError: when the new slug is taken.
        """
        refuse_slug_like_id(values.get("slug"))
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.MANAGE)
            if values:
                await CourseRepository(session).change(access.course_id, values)
                details = {"fields": sorted(values)}
                await record(session, "course.update", actor, access.course_id, details)
            return await read_view(session, actor, access.course_id)

    async def delete(self, actor: Actor, course: UUID | str) -> None:
        """Deletes a course softly: it can be restored.

        Raises:
            NotFoundError: when there is none, or the actor is not enrolled.
            PermissionDeniedError: when the actor may not manage it.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.MANAGE)
            await CourseRepository(session).delete(access.course_id)
            await record(session, "course.delete", actor, access.course_id)

    async def restore(self, actor: Actor, course: UUID | str) -> CourseView:
        """Brings a deleted course back with everything in it.

        Raises:
            NotFoundError: when it is not among the deleted, or the actor is not enrolled.
            PermissionDeniedError: when the actor may not manage it.
            ConflictError: when its slug was taken meanwhile.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.MANAGE, is_deleted=True)
            await CourseRepository(session).restore(access.course_id)
            await record(session, "course.restore", actor, access.course_id)
            return await read_view(session, actor, access.course_id)


async def read_view(session: AsyncSession, actor: Actor, course_id: UUID) -> CourseView:
    """The course as the actor sees it."""
    row = await CourseRepository(session).read(
        course_id, user_id=actor.user_id, every_course=actor.is_admin
    )
    return view_of(actor, row)


def view_of(actor: Actor, row: AnyRow | tuple[Any, ...]) -> CourseView:
    """The view of a row of course, role, document count and lesson count."""
    course, role, document_count, lesson_count = row
    return CourseView(
        id=course.id,
        slug=course.slug,
        title=course.title,
        description=course.description,
        tags=tuple(course.tags),
        difficulty=cast("Difficulty", course.difficulty),
        language=course.language,
        suggested_questions=tuple(course.suggested_questions),
        corpus_revision=course.corpus_revision,
        created_at=course.created_at,
        updated_at=course.updated_at,
        role=role,
        permissions=tuple(sorted(permissions_of(actor, role))),
        document_count=document_count,
        lesson_count=lesson_count,
    )


def row_of(new: NewCourse) -> dict[str, Any]:
    """The columns of a new course."""
    return {
        "id": uuid7(),
        "slug": new.slug,
        "title": new.title,
        "description": new.description,
        "tags": list(new.tags),
        "difficulty": new.difficulty,
        "language": new.language,
        "suggested_questions": list(new.suggested_questions),
    }


async def with_slugs(
    courses: CourseRepository, rows: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows with a slug each; one made from a title gives way where it is taken."""
    made = {row["id"]: slug_from(row["title"]) for row in rows if row["slug"] is None}
    taken = {row["slug"] for row in rows if row["slug"] is not None}
    if made:
        taken |= await courses.slugs_taken(list(made.values()))
    slugged = []
    for row in rows:
        slug = row["slug"]
        if slug is None:
            slug = made[row["id"]]
            if slug in taken:
                slug = f"{slug}-{row['id'].hex[-6:]}"
            taken.add(slug)
        slugged.append({**row, "slug": slug})
    return slugged


def slug_from(title: str) -> str:
    """A slug of the title's Latin letters and digits; `course` where it has none."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-")
    return f"course-{slug}" if looks_like_id(slug) else slug or "course"


def refuse_slug_like_id(slug: str | None) -> None:
    """Passes silently unless the slug could be mistaken for a course's id.

    Raises:
        InvalidValueError: when it could.
    """
    if slug is not None and looks_like_id(slug):
        raise InvalidValueError("slug", "A slug must not look like an id (a UUID).")


def looks_like_id(slug: str) -> bool:
    """Whether a slug reads as a UUID."""
    try:
        UUID(slug)
    except ValueError:
        return False
    return True


async def record(
    session: AsyncSession,
    action: str,
    actor: Actor,
    course_id: UUID,
    details: dict[str, Any] | None = None,
) -> None:
    """Adds the audit event of an act on a course."""
    await AuditRepository(session).record(
        action, actor_id=actor.user_id, course_id=course_id, details=details
    )
