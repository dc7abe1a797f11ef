"""A list costs the same number of statements however long it is."""

from uuid import uuid4

import pytest

from bootstrap.adapters import Adapters
from bootstrap.services import Services
from services.actors import Actor
from services.courses import NewCourse
from services.lessons import NewLesson
from storage.paging import Order, PageRequest
from storage.repositories.courses import CourseFilter
from storage.repositories.lessons import LessonFilter
from tests.support.service import People, Person
from tests.support.statements import recorded_statements

pytestmark = pytest.mark.server


async def new_courses(services: Services, actor: Actor, count: int) -> list[str]:
    new = [NewCourse(title=f"Course {uuid4().hex}") for _ in range(count)]
    return [course.slug for course in await services.courses.create_many(actor, new)]


@pytest.mark.parametrize("count", [1, 50])
async def test_a_page_of_courses_with_counts_and_rights_is_two_statements(
    adapters: Adapters, services: Services, teacher: Person, count: int
) -> None:
    await new_courses(services, teacher.actor, count)

    with recorded_statements(adapters.database) as recording:
        page = await services.courses.page(
            teacher.actor, PageRequest(size=100), Order("title"), CourseFilter()
        )

    assert len(page.items) == count
    assert len(recording.queries) == 2


async def test_a_keyset_page_is_one_statement(
    adapters: Adapters, services: Services, teacher: Person
) -> None:
    await new_courses(services, teacher.actor, 3)
    first = await services.courses.page(
        teacher.actor, PageRequest(size=2), Order("title"), CourseFilter()
    )

    with recorded_statements(adapters.database) as recording:
        request = PageRequest(size=2, cursor=first.next_cursor)
        rest = await services.courses.page(teacher.actor, request, Order("title"), CourseFilter())

    assert len(rest.items) == 1
    assert len(recording.queries) == 1


@pytest.mark.parametrize("count", [1, 50])
async def test_a_page_of_lessons_is_three_statements(
    adapters: Adapters, services: Services, teacher: Person, count: int
) -> None:
    [slug] = await new_courses(services, teacher.actor, 1)
    await services.lessons.create_many(teacher.actor, slug, [NewLesson(title="x")] * count)

    with recorded_statements(adapters.database) as recording:
        page = await services.lessons.page(
            teacher.actor, slug, PageRequest(size=100), Order("position"), LessonFilter()
        )

    assert len(page.items) == count
    assert len(recording.queries) == 3


@pytest.mark.parametrize("count", [2, 20])
async def test_a_page_of_people_is_three_statements(
    adapters: Adapters, services: Services, people: People, teacher: Person, count: int
) -> None:
    [slug] = await new_courses(services, teacher.actor, 1)
    for _ in range(count - 1):
        person = await people.add("student")
        await services.enrollments.enrol(teacher.actor, slug, person.id, "learner")

    with recorded_statements(adapters.database) as recording:
        page = await services.enrollments.page(
            teacher.actor, slug, PageRequest(size=100), Order("created_at"), None
        )

    assert len(page.items) == count
    assert len(recording.queries) == 3


@pytest.mark.parametrize("count", [1, 100])
async def test_bulk_inserts_all_rows_in_one_statement(
    adapters: Adapters, services: Services, teacher: Person, count: int
) -> None:
    [slug] = await new_courses(services, teacher.actor, 1)

    with recorded_statements(adapters.database) as recording:
        await services.lessons.create_many(teacher.actor, slug, [NewLesson(title="x")] * count)

    inserts = [query for query in recording.queries if "INTO lessons" in query.text]
    assert len(inserts) == 1
    assert len(recording.queries) == 4
