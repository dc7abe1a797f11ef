"""Every list query is served by indexes, at sizes where PostgreSQL would rather scan."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest

from bootstrap.adapters import utc_now
from bootstrap.embedded import ServerUrls
from content.kinds import ContentKind
from services.accounts.sessions import SessionService
from services.actors import Actor
from services.authoring.library import ContentLibrary
from services.courses import CourseService
from services.enrollments import EnrollmentService
from services.lessons import LessonService
from services.passwords import Passwords
from services.users import UserService
from storage.database import Database, PoolOptions
from storage.paging import Order, PageRequest
from storage.repositories.courses import CourseFilter
from storage.repositories.lessons import LessonFilter
from storage.repositories.users import UserFilter
from tests.support.servers import in_database, run_sql
from tests.support.statements import plan_nodes, recorded_statements

pytestmark = pytest.mark.server

FILL = """
INSERT INTO users (id, email, display_name, role)
SELECT md5('u' || n)::uuid, 'person-' || n || '@school.edu', 'Person ' || n, 'teacher'
FROM generate_series(1, 6000) n;
INSERT INTO courses (id, slug, title, description, tags, difficulty)
SELECT md5('c' || n)::uuid, 'course-' || n, 'Course ' || n, repeat('word' || n || ' ', 20),
       ARRAY['tag' || n % 500], (ARRAY['beginner', 'intermediate', 'advanced'])[n % 3 + 1]
FROM generate_series(1, 6000) n;
INSERT INTO enrollments (course_id, user_id, role)
SELECT md5('c' || n)::uuid, md5('u' || n % 400 + 1)::uuid, 'teacher'
FROM generate_series(1, 6000) n;
INSERT INTO enrollments (course_id, user_id, role)
SELECT md5('c1')::uuid, md5('u' || n)::uuid, 'learner' FROM generate_series(1000, 1100) n
ON CONFLICT DO NOTHING;
INSERT INTO lessons (id, course_id, title, summary, position, tags)
SELECT md5('l' || n)::uuid, md5('c' || n % 50 + 1)::uuid, 'Lesson ' || n,
       repeat('word' || n || ' ', 20), n, ARRAY['tag' || n % 500]
FROM generate_series(1, 6000) n;
INSERT INTO contents (id, course_id, kind, published_version)
SELECT md5('q' || n)::uuid, md5('c' || n % 50 + 1)::uuid,
       (ARRAY['quiz', 'deck', 'slides'])[n % 3 + 1], 1
FROM generate_series(1, 6000) n;
INSERT INTO content_versions (content_id, number, course_id, title, body, source_documents,
                              source_versions)
SELECT md5('q' || n)::uuid, 1, md5('c' || n % 50 + 1)::uuid, 'Quiz ' || n, '{}',
       ARRAY[md5('d' || n)::uuid], ARRAY[1]
FROM generate_series(1, 6000) n;
INSERT INTO documents (id, course_id, key, title, media_type)
SELECT md5('d' || n)::uuid, md5('c' || n)::uuid, n || '.md', 'Document', 'text/markdown'
FROM generate_series(1, 6000) n;
"""
TABLES = "users, courses, enrollments, lessons, documents, contents, content_versions"

ADMIN = Actor(UUID(int=1), "admin@school.edu", "admin")


@pytest.fixture(scope="module")
def filled_url(server_urls: ServerUrls, database_url: str) -> str:
    """A database of its own with 6,000 rows in each table that lists read."""
    name = f"{database_url.rpartition('/')[2]}_plans"
    run_sql(server_urls.database_url, f'CREATE DATABASE "{name}" TEMPLATE template_migrated')
    url = in_database(server_urls.database_url, name)
    run_sql(url, FILL)
    run_sql(url, f"VACUUM ANALYZE {TABLES}")
    return url


@pytest.fixture
async def filled(filled_url: str) -> AsyncIterator[Database]:
    database = Database(filled_url, PoolOptions(size=1))
    yield database
    await database.close()


def teacher_of(filled_url: str) -> Actor:
    user_id = run_sql(filled_url, "SELECT md5('u8')::uuid")
    return Actor(UUID(user_id), "person-7@school.edu", "teacher")


PageCall = Callable[[Database, Actor, PageRequest], Coroutine[Any, Any, Any]]


def courses(sort: str, wanted: CourseFilter) -> PageCall:
    return lambda database, actor, request: CourseService(database).page(
        actor, request, Order(sort), wanted
    )


def lessons(sort: str, wanted: LessonFilter) -> PageCall:
    return lambda database, actor, request: LessonService(database).page(
        actor, "course-7", request, Order(sort), wanted
    )


class NoGate:
    """Not asked, as nothing is written."""

    async def edited(self, *_: object) -> None: ...


def quizzes() -> PageCall:
    return lambda database, actor, request: ContentLibrary(database, NoGate()).page(
        actor, "course-7", ContentKind.QUIZ, request
    )


def enrollments(role: str | None) -> PageCall:
    return lambda database, actor, request: EnrollmentService(database).page(
        actor,
        "course-1",
        request,
        Order("created_at"),
        role,  # type: ignore[arg-type]
    )


def users(sort: str, wanted: UserFilter) -> PageCall:
    def call(database: Database, actor: Actor, request: PageRequest) -> Any:
        sessions = SessionService.__new__(SessionService)
        service = UserService(database, Passwords(), sessions, utc_now)
        return service.page(actor, request, Order(sort), wanted)

    return call


LISTS = {
    "courses by title": courses("title", CourseFilter()),
    "courses by creation": courses("created_at", CourseFilter()),
    "courses by change": courses("updated_at", CourseFilter()),
    "courses of a tag": courses("title", CourseFilter(tag="tag7")),
    "courses with words": courses("title", CourseFilter(words="word7")),
    "courses of a difficulty": courses("title", CourseFilter(difficulty="advanced")),
    "lessons by position": lessons("position", LessonFilter()),
    "lessons by title": lessons("title", LessonFilter()),
    "lessons by creation": lessons("created_at", LessonFilter()),
    "lessons of a tag": lessons("position", LessonFilter(tag="tag7")),
    "lessons with words": lessons("position", LessonFilter(words="word7")),
    "quizzes of a course": quizzes(),
}
ADMIN_LISTS = {
    **LISTS,
    "people of a course": enrollments(None),
    "learners of a course": enrollments("learner"),
    "users by creation": users("created_at", UserFilter()),
    "users by address": users("email", UserFilter()),
    "users of a role": users("created_at", UserFilter(role="teacher")),
    "users of an address": users("email", UserFilter(email="person-77@school.edu")),
}


async def scanned_tables(database: Database, actor: Actor, name: str) -> list[set[str]]:
    """The tables read from end to end by each statement of the list's first page."""
    with recorded_statements(database) as recording:
        await ADMIN_LISTS[name](database, actor, PageRequest())
    assert len(recording.queries) >= 2
    return [
        {
            node["Relation Name"]
            for node in await plan_nodes(database, statement, actor.scope)
            if node["Node Type"] == "Seq Scan"
        }
        for statement in recording.queries
    ]


@pytest.mark.parametrize("name", ADMIN_LISTS)
async def test_an_admins_list_scans_no_table(filled: Database, name: str) -> None:
    *to_find, _to_count = await scanned_tables(filled, ADMIN, name)  # the total is over all

    assert to_find == [set()] * len(to_find)


@pytest.mark.parametrize("name", LISTS)
async def test_a_teachers_list_scans_no_table(filled: Database, filled_url: str, name: str) -> None:
    scanned = await scanned_tables(filled, teacher_of(filled_url), name)

    assert scanned == [set()] * len(scanned)


@pytest.mark.parametrize("name", ["courses by title", "lessons by position"])
async def test_a_keyset_page_starts_in_the_index(filled: Database, name: str) -> None:
    call = LISTS[name]
    first = await call(filled, ADMIN, PageRequest(size=5))

    request = PageRequest(size=5, cursor=first.next_cursor)
    with recorded_statements(filled) as recording:
        await call(filled, ADMIN, request)
    nodes = await plan_nodes(filled, recording.queries[-1], ADMIN.scope)

    conditions = [node["Index Cond"] for node in nodes if "Index Cond" in node]
    assert any("ROW(" in condition for condition in conditions)
    assert "Sort" not in {node["Node Type"] for node in nodes}
