"""Marks of courses: seen within a scope, renewed by edits alone, and in nobody's way."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from uuid_utils.compat import uuid4

from bootstrap.services import Services
from services.courses import NewCourse
from services.lessons import NewLesson
from storage.database import MAINTENANCE, Database, Scope
from tests.support.service import Person

pytestmark = pytest.mark.server

MARKS = text("SELECT course_id FROM course_marks")
EDIT_LESSONS = text("UPDATE lessons SET summary = :word WHERE course_id = :course")
EDIT_COURSE = text("UPDATE courses SET description = :word WHERE id = :course")


async def new_course(services: Services, teacher: Person) -> UUID:
    course = await services.courses.create(teacher.actor, NewCourse(title=f"Marked {uuid4()}"))
    await services.lessons.create(teacher.actor, course.id, NewLesson(title="Levers"))
    return course.id


async def test_a_scope_sees_the_marks_of_its_courses(
    database: Database, services: Services, teacher: Person
) -> None:
    own, other = await new_course(services, teacher), await new_course(services, teacher)

    async with database.transaction(Scope(user_id=teacher.id, course_ids=(own,))) as session:
        seen = set(await session.scalars(MARKS))
    async with database.transaction(teacher.actor.scope) as session:
        enrolled = set(await session.scalars(MARKS))

    assert seen == {own}
    assert enrolled == {own, other}


async def test_the_application_cannot_write_marks(
    database: Database, services: Services, teacher: Person
) -> None:
    course = await new_course(services, teacher)

    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction(Scope(user_id=teacher.id, course_ids=(course,))) as session:
            await session.execute(text("UPDATE course_marks SET mark = gen_random_uuid()"))


async def test_edits_that_lock_rows_in_different_orders_do_not_wait_in_a_circle(
    database: Database, services: Services, teacher: Person
) -> None:
    course = await new_course(services, teacher)
    lesson_is_edited, course_is_edited = asyncio.Event(), asyncio.Event()

    async def lesson_then_course() -> None:
        async with database.transaction(MAINTENANCE) as session:
            await session.execute(EDIT_LESSONS, {"word": "first", "course": course})
            lesson_is_edited.set()
            await course_is_edited.wait()
            await session.execute(EDIT_COURSE, {"word": "first", "course": course})

    async def course_alone() -> None:
        await lesson_is_edited.wait()
        async with database.transaction(MAINTENANCE) as session:
            await session.execute(EDIT_COURSE, {"word": "second", "course": course})
            course_is_edited.set()
            await asyncio.sleep(0.05)  # so that the other one waits for the row

    await asyncio.gather(lesson_then_course(), course_alone())

    seen = await services.courses.read(teacher.actor, course)
    assert seen.description == "first"
