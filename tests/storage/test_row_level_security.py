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
    "conversation_summaries",
    "contents",
    "content_versions",
    "content_comments",
    "job_parts",
    "assets",
    "quiz_rules",
    "attempts",
    "question_grades",
    "grade_appeals",
    "problem_states",
    "tutor_states",
    "card_memories",
    "card_reviews",
    "concepts",
    "concept_prerequisites",
    "concept_masteries",
    "graded_concepts",
    "practised_concepts",
    "knowledge_parameters",
    "learning_events",
    "answer_corrections",
    "correction_versions",
    "settled_answers",
    "question_clusters",
    "question_vectors",
    "clustering_states",
    "webhooks",
    "webhook_deliveries",
    "learning_days",
    "learner_standings",
    "learner_items",
    "learner_concepts",
    "mastery_days",
    "study_positions",
    "certificate_rules",
    "certificates",
)
PERSONAL = (
    "account_links",
    "api_keys",
    "external_identities",
    "notification_settings",
    "notifications",
    "learning_goals",
    "recovery_codes",
    "second_factors",
    "user_sessions",
)
"""Tables whose rows are a user's own."""
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
), summary AS (
    INSERT INTO conversation_summaries (message_id, conversation_id, course_id, content, model)
    SELECT id, id, :course, 'walled', 'grounded' FROM message
), job AS (
    INSERT INTO jobs (id, course_id, requested_by, kind, payload)
    VALUES (:id, :course, :user, 'ingest', '{}')
), job_part AS (
    INSERT INTO job_parts (job_id, key, course_id, part) VALUES (:id, 'walled', :course, 'walled')
), asset AS (
    INSERT INTO assets (id, course_id, content_id, version, key, name, media_type, content_hash,
                        byte_size)
    VALUES (:id, :course, :id, 1, 'walled', 'walled.pdf', 'application/pdf', 'walled', 6)
), content AS (
    INSERT INTO contents (id, course_id, kind) VALUES (:id, :course, 'quiz')
), content_version AS (
    INSERT INTO content_versions (content_id, number, course_id, title, body)
    VALUES (:id, 1, :course, 'Walled', '{}')
), content_comment AS (
    INSERT INTO content_comments (id, content_id, version, course_id, body)
    VALUES (:id, :id, 1, :course, 'walled')
), rules AS (
    INSERT INTO quiz_rules (quiz_id, course_id) VALUES (:id, :course)
), attempt AS (
    INSERT INTO attempts (id, course_id, quiz_id, quiz_version, learner_id, number, submitted_at,
                          answers, score, maximum)
    VALUES (:id, :course, :id, 1, :user, 1, now(), '{}', 0, 1)
), grade AS (
    INSERT INTO question_grades (attempt_id, question_id, revision, course_id, score, maximum,
                                 judged_by, is_certain, is_answered, detail)
    VALUES (:id, 'q', 1, :course, 0, 1, 'key', true, true, '{}')
), appeal AS (
    INSERT INTO grade_appeals (id, course_id, attempt_id, question_id, learner_id, message)
    VALUES (:id, :course, :id, 'q', :user, 'walled')
), tutor_state AS (
    INSERT INTO tutor_states (conversation_id, course_id, learner_id, mode)
    SELECT id, :course, :user, 'hints' FROM conversation
), problem_state AS (
    INSERT INTO problem_states (learner_id, quiz_id, question_id, course_id)
    VALUES (:user, :id, 'q', :course)
), card_memory AS (
    INSERT INTO card_memories (learner_id, deck_id, card_id, course_id, state, stability,
                               difficulty, last_reviewed_at, due_at)
    VALUES (:user, :id, 'c', :course, 'review', 1, 5, now(), now())
), card_review AS (
    INSERT INTO card_reviews (id, course_id, learner_id, deck_id, card_id, recall, reviewed_at,
                              memory)
    VALUES (:id, :course, :user, :id, 'c', 'good', now(), '{}')
), concept AS (
    INSERT INTO concepts (id, course_id, name, key)
    VALUES (:id, :course, 'Walled', 'walled'), (:other, :course, 'Other', 'other')
), prerequisite AS (
    INSERT INTO concept_prerequisites (concept_id, prerequisite_id, course_id)
    VALUES (:id, :other, :course)
), mastery AS (
    INSERT INTO concept_masteries (learner_id, concept_id, course_id, probability, answer_count)
    VALUES (:user, :id, :course, 0.5, 1)
), graded_concept AS (
    INSERT INTO graded_concepts (attempt_id, question_id, concept_id, learner_id, course_id, guess)
    VALUES (:id, 'q', :id, :user, :course, 0.2)
), practised AS (
    INSERT INTO practised_concepts (id, learner_id, concept_id, course_id, kind, subject, day,
                                    share, guess, practised_at)
    VALUES (:id, :user, :id, :course, 'card', 'c', current_date, 1, 0.4, now())
), parameters AS (
    INSERT INTO knowledge_parameters (course_id, prior, learn, slip, learners, answers,
                                      log_likelihood, default_log_likelihood, fitted_at)
    VALUES (:course, 0.2, 0.2, 0.1, 20, 100, -1, -2, now())
), event AS (
    INSERT INTO learning_events (course_id, learner_key, kind, version, occurred_at, payload)
    VALUES (:course, neuroshiksha_learner_key(:user), 'attempted', 1, now(), '{}')
), correction AS (
    INSERT INTO answer_corrections (id, course_id, version, question, body)
    VALUES (:id, :course, 1, 'walled', 'walled')
), correction_version AS (
    INSERT INTO correction_versions (correction_id, number, course_id, question, body)
    VALUES (:id, 1, :course, 'walled', 'walled')
), settled AS (
    INSERT INTO settled_answers (message_id, course_id) SELECT id, :course FROM message
), cluster AS (
    INSERT INTO question_clusters (id, course_id, embedder_id, question_count, centroid)
    VALUES (:id, :course, :embedder, 1, '[1,0]')
), question_vector AS (
    INSERT INTO question_vectors (message_id, embedder_id, course_id, learner_id, cluster_id,
                                  asked_at, is_doubtful, vector)
    SELECT id, :embedder, :course, :user, :id, now(), false, '[1,0]' FROM message
), clustering_state AS (
    INSERT INTO clustering_states (course_id, embedder_id, done_until)
    VALUES (:course, :embedder, now())
), webhook AS (
    INSERT INTO webhooks (id, course_id, url, sealed_secret)
    VALUES (:id, :course, 'https://walled.org', '')
), webhook_delivery AS (
    INSERT INTO webhook_deliveries (id, webhook_id, course_id, announcement_id, kind, body)
    VALUES (:id, :id, :course, :id, 'walled', '{}')
), position AS (
    INSERT INTO study_positions (learner_id, item_id, course_id, kind, share, seconds)
    VALUES (:user, :id, :course, 'lesson', 0, 0)
), certificate_rule AS (
    INSERT INTO certificate_rules (course_id) VALUES (:course)
), certificate AS (
    INSERT INTO certificates (id, code, course_id, learner_id, reached, issued_at)
    VALUES (:id, :key, :course, :user, '{}', now())
), learning_day AS (
    INSERT INTO learning_days
    VALUES (:course, :id, current_date, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
), standing AS (
    INSERT INTO learner_standings
    VALUES (:course, :id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, now(), now())
), item AS (
    INSERT INTO learner_items
    VALUES (:course, :id, :id, 'lesson', now(), now(), 1, 0, 0, NULL, 0, '{}')
), learner_concept AS (
    INSERT INTO learner_concepts VALUES (:course, :id, :id, 0, 0)
), mastery_day AS (
    INSERT INTO mastery_days VALUES (:course, :id, :id, current_date, 0.5, 1, now(), 1)
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
        values["other"] = uuid7()
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

    assert forced == {*WALLED, *PERSONAL}


async def test_sessions_are_seen_by_their_user_and_admins(single: Database, people: People) -> None:
    owner, other = await people.add("student"), await people.add("student")
    admin = await people.add("admin")
    statement = text("SELECT user_id FROM user_sessions WHERE user_id = :owner")
    seen = []

    for person in (owner, other, admin):
        async with single.transaction(person.actor.scope) as session:
            seen.append(set(await session.scalars(statement, {"owner": owner.id})))

    assert seen == [{owner.id}, set(), {owner.id}]


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
    # By term or by document, as the planner has it of a partition without statistics.
    assert re.search(r"on lexical_postings_p\d\d .*\n\s+Index Cond: \(+course_id = ", plan), plan
    assert "Seq Scan on" not in plan.replace("Seq Scan on courses", "")
