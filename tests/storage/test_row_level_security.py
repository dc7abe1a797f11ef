"""Row-level security: a transaction sees the courses of its scope, whatever the query forgets."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from uuid_utils.compat import uuid4, uuid7

from bootstrap.services import Services
from models import Chunk, Document, Lesson
from services.courses import NewCourse
from services.lessons import NewLesson
from storage.candidate_statements import CANDIDATES
from storage.database import MAINTENANCE, Database, PoolOptions, Scope
from storage.repositories.documents import DocumentsRepository, PendingDocument
from storage.vectors import halfvec_bytes, vector_connection
from tests.support.service import People, Person

pytestmark = pytest.mark.server

WALLED = (
    "chunks",
    "chunk_vectors",
    "lexical_postings",
    "documents",
    "document_versions",
    "lessons",
    "enrollments",
    "conversations",
    "messages",
    "jobs",
    "question_keys",
    "answer_feedback",
)
COURSES_OF_ROWS = {table: text(f"SELECT DISTINCT course_id FROM {table}") for table in WALLED}
FILL = text("""
WITH document AS (
    INSERT INTO documents (id, course_id, key, title, media_type)
    VALUES (:id, :course, :key, 'Walled', 'text/plain') RETURNING id
), version AS (
    INSERT INTO document_versions (document_id, version, course_id, text)
    SELECT id, 1, :course, 'walled' FROM document
), conversation AS (
    INSERT INTO conversations (id, course_id, user_id, title)
    VALUES (:id, :course, :user, 'Walled') RETURNING id
), message AS (
    INSERT INTO messages (id, conversation_id, course_id, role, content)
    SELECT id, id, :course, 'user', 'walled' FROM conversation RETURNING id
), question_key AS (
    INSERT INTO question_keys (user_id, key, course_id, message_id, request_hash, expires_at)
    SELECT :user, 'walled', :course, id, 'walled', now() + interval '1 day' FROM message
), feedback AS (
    INSERT INTO answer_feedback (message_id, user_id, course_id, rating)
    SELECT id, :user, :course, 'up' FROM message
), job AS (
    INSERT INTO jobs (id, course_id, requested_by, kind, payload)
    VALUES (:id, :course, :user, 'ingest', '{}')
), chunk AS (
    INSERT INTO chunks (course_id, id, document_id, document_version, ordinal, char_start,
                        char_end, text, sentence_bounds, token_count, content_hash)
    SELECT :course, nextval('chunk_ids'), id, 1, 0, 0, 6, 'walled', '{0,6}', 3, 'walled'
    FROM document RETURNING id
), vector AS (
    INSERT INTO chunk_vectors (course_id, embedder_id, chunk_id, vector, sentence_vectors)
    SELECT :course, :embedder, id, '[1,0]'::halfvec, ''::bytea FROM chunk
)
INSERT INTO lexical_postings (course_id, term, document_id, chunk_ids, frequencies, lengths)
SELECT :course, 'walled', :id, ARRAY[id], ARRAY[1], ARRAY[1] FROM chunk
""")
EMBEDDER = text(
    "INSERT INTO embedders (id, name, dimension) VALUES (99, 'walled', 2) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Classroom:
    """A teacher's course with one row in every walled table."""

    teacher: Person
    course_id: UUID

    @property
    def scope(self) -> Scope:
        return Scope(user_id=self.teacher.id, course_ids=(self.course_id,))


@pytest.fixture
async def single(database_url: str) -> AsyncIterator[Database]:
    """A database with one connection, which everybody must share."""
    database = Database(database_url, PoolOptions(size=1, max_overflow=0))
    yield database
    await database.close()


async def new_classroom(services: Services, people: People, single: Database) -> Classroom:
    teacher = await people.add("teacher")
    course = await services.courses.create(teacher.actor, NewCourse(title="Walled"))
    await services.lessons.create(teacher.actor, course.slug, NewLesson(title="Walled"))
    classroom = Classroom(teacher, course.id)
    async with single.transaction(MAINTENANCE) as session:
        await session.execute(EMBEDDER)
    async with single.transaction(classroom.scope) as session:
        values = {"id": uuid7(), "course": course.id, "user": teacher.id, "key": uuid4().hex}
        await session.execute(FILL, values | {"embedder": 99})
    return classroom


@pytest.fixture
async def own(services: Services, people: People, single: Database) -> Classroom:
    return await new_classroom(services, people, single)


@pytest.fixture
async def foreign(services: Services, people: People, single: Database) -> Classroom:
    return await new_classroom(services, people, single)


async def courses_seen(database: Database, scope: Scope) -> dict[str, set[UUID]]:
    """By table, the courses of the rows that a query without any condition gives."""
    async with database.transaction(scope) as session:
        return {
            table: set(await session.scalars(statement))
            for table, statement in COURSES_OF_ROWS.items()
        }


async def test_two_users_of_one_pooled_connection_see_only_their_own_courses(
    single: Database, own: Classroom, foreign: Classroom
) -> None:
    first = await courses_seen(single, own.scope)
    second = await courses_seen(single, foreign.scope)

    assert first == {table: {own.course_id} for table in WALLED}
    assert second == {table: {foreign.course_id} for table in WALLED}


async def test_the_enrolled_scope_is_what_the_user_belongs_to_at_that_moment(
    single: Database, services: Services, own: Classroom, foreign: Classroom
) -> None:
    scope = own.teacher.actor.scope
    before = await courses_seen(single, scope)
    await services.enrollments.enrol(
        foreign.teacher.actor, foreign.course_id, own.teacher.id, "learner"
    )

    after = await courses_seen(single, scope)

    assert all(seen == {own.course_id} for seen in before.values())
    assert all(seen == {own.course_id, foreign.course_id} for seen in after.values())


async def test_an_empty_scope_without_a_user_sees_nothing(single: Database, own: Classroom) -> None:
    seen = await courses_seen(single, Scope())

    assert all(courses == set() for courses in seen.values())


async def test_admins_and_maintenance_see_every_course(
    single: Database, people: People, own: Classroom, foreign: Classroom
) -> None:
    admin = await people.add("admin")

    for scope in (admin.actor.scope, MAINTENANCE):
        seen = await courses_seen(single, scope)
        assert all(courses >= {own.course_id, foreign.course_id} for courses in seen.values())


async def test_a_query_whose_course_condition_was_forgotten_gives_nothing_foreign(
    single: Database, own: Classroom, foreign: Classroom
) -> None:
    async with single.transaction(own.scope) as session:
        chunks = set(await session.scalars(select(Chunk.course_id)))
        lessons = set(await session.scalars(select(Lesson.course_id)))
        connection = await vector_connection(session)
        forgetful = CANDIDATES.replace(".course_id = $1", ".course_id IS NOT NULL")
        assert forgetful != CANDIDATES
        vector = halfvec_bytes(np.array([1, 0], dtype=np.float32))
        candidates = await connection.fetch(
            forgetful, own.course_id, 99, vector, 50, ["walled"], 1, 1, 1, 1
        )
        documents = {row["document_id"] for row in candidates}
        owned = set(await session.scalars(select(Document.id)))

    assert chunks == lessons == {own.course_id}
    assert documents == owned
    assert len(documents) == 1


async def test_a_row_cannot_be_written_into_a_foreign_course(
    single: Database, own: Classroom, foreign: Classroom
) -> None:
    pending = PendingDocument("smuggled.md", "Smuggled", "text/markdown", 1, None)

    with pytest.raises(ProgrammingError, match="row-level security"):
        async with single.transaction(own.scope) as session:
            await DocumentsRepository(session).announce(foreign.course_id, [pending])


async def test_a_foreign_row_cannot_be_changed_or_deleted(
    single: Database, own: Classroom, foreign: Classroom
) -> None:
    async with single.transaction(own.scope) as session:
        changed = await session.execute(text("UPDATE lessons SET title = 'taken'"))
        deleted = await session.execute(text("DELETE FROM lexical_postings"))
    async with single.transaction(foreign.scope) as session:
        titles = set(await session.scalars(select(Lesson.title)))
        postings = await session.scalar(select(func.count()).select_from(Chunk))

    assert changed.rowcount == deleted.rowcount == 1
    assert titles == {"Walled"}
    assert postings == 1


async def test_a_partition_named_by_itself_shows_nothing(single: Database, own: Classroom) -> None:
    async with single.transaction(own.scope) as session:
        counts = [
            await session.scalar(text(f"SELECT count(*) FROM chunks_p{n:02}")) for n in range(16)
        ]

    assert sum(counts) == 0


async def test_every_walled_table_forces_its_policies(single: Database) -> None:
    statement = text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    async with single.transaction(MAINTENANCE) as session:
        forced = set(await session.scalars(statement))

    assert forced == {*WALLED, "api_keys"}


async def test_keys_are_seen_by_their_owner_alone(
    single: Database, services: Services, people: People
) -> None:
    owner, other = await people.add("student"), await people.add("admin")
    await services.api_keys.create(owner.actor, "Notebook", None)
    statement = text("SELECT DISTINCT user_id FROM api_keys")

    async with single.transaction(owner.actor.scope) as session:
        own = set(await session.scalars(statement))
    async with single.transaction(other.actor.scope) as session:
        foreign = set(await session.scalars(statement))

    assert own == {owner.id}
    assert foreign == set()


async def test_the_plan_under_row_level_security_keeps_partition_and_indexes(
    single: Database, own: Classroom
) -> None:
    vector = halfvec_bytes(np.array([1, 0], dtype=np.float32))
    async with single.transaction(own.scope) as session:
        connection = await vector_connection(session)
        await connection.execute("SET LOCAL enable_seqscan = off")
        lines = await connection.fetch(
            f"EXPLAIN {CANDIDATES}", own.course_id, 99, vector, 50, ["walled"], 1, 1, 1, 1
        )
    plan = "\n".join(line[0] for line in lines)

    for table in ("chunks", "chunk_vectors", "lexical_postings"):
        assert len(set(re.findall(rf" on ({table}_p\d\d)", plan))) == 1, plan
    assert re.search(r"Index Cond: \(\(course_id = .*\) AND \(term = ANY", plan), plan
    assert "Seq Scan on" not in plan.replace("Seq Scan on courses", "")
