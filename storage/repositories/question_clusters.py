"""Questions with their vectors, gathered into clusters, per course and embedder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncSession

from pedagogy.modes.policy import OF_THE_LEARNERS_WORK
from storage.vectors import HEADER, halfvec_bytes, halfvec_rows, vector_connection

WAITING_COURSES = """
SELECT courses.id, coalesce(states.done_until, $2::timestamptz) AS done_until
FROM courses
LEFT JOIN clustering_states AS states
    ON states.course_id = courses.id AND states.embedder_id = $1
WHERE courses.deleted_at IS NULL AND EXISTS (
    SELECT 1 FROM messages
    WHERE messages.course_id = courses.id AND messages.role = 'assistant'
      AND messages.completed_at > greatest(states.done_until, $2) AND messages.completed_at <= $3
)
ORDER BY courses.id LIMIT $4
"""
NEW_QUESTIONS = """
SELECT answer.completed_at, question.id, question.content, question.created_at,
       conversations.user_id,
       answer.citations = '[]' OR answer.notices @> '[{"code": "low_support"}]' AS is_doubtful
FROM messages AS answer
JOIN messages AS question ON question.id = answer.question_id
JOIN conversations ON conversations.id = question.conversation_id
WHERE answer.course_id = $1 AND answer.role = 'assistant' AND answer.sources <> '[]'::jsonb
  AND answer.completed_at > $2 AND answer.completed_at <= $3
  AND coalesce(answer.mode, '') <> ALL ($5::text[])
ORDER BY answer.completed_at, answer.id LIMIT $4
"""
"""What is no question to the course, such as a greeting, is answered without sources."""
KNOWN = """
SELECT message_id FROM question_vectors WHERE embedder_id = $1 AND message_id = ANY($2::uuid[])
"""
CLUSTERS = """
SELECT id, question_count, centroid FROM question_clusters
WHERE course_id = $1 AND embedder_id = $2 ORDER BY updated_at DESC LIMIT $3
"""
PUT_CLUSTERS = """
INSERT INTO question_clusters (id, course_id, embedder_id, question_count, centroid)
SELECT new.id, $1, $2, new.question_count, new.centroid
FROM unnest($3::uuid[], $4::int[], $5::halfvec[]) AS new (id, question_count, centroid)
ON CONFLICT (id) DO UPDATE SET
    question_count = excluded.question_count, centroid = excluded.centroid, updated_at = now()
"""
ADD_VECTORS = """
INSERT INTO question_vectors
    (message_id, embedder_id, course_id, learner_id, cluster_id, asked_at, is_doubtful, vector)
SELECT new.message_id, $2, $1, new.learner_id, new.cluster_id, new.asked_at, new.is_doubtful,
       new.vector
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::bool[], $8::halfvec[])
    AS new (message_id, learner_id, cluster_id, asked_at, is_doubtful, vector)
ON CONFLICT DO NOTHING
"""
SET_STATE = """
INSERT INTO clustering_states (course_id, embedder_id, done_until) VALUES ($1, $2, $3)
ON CONFLICT (course_id, embedder_id) DO UPDATE SET done_until = excluded.done_until
"""


@dataclass(frozen=True, slots=True)
class WaitingCourse:
    """A course with answers that were not looked through, and up to when they were."""

    course_id: UUID
    done_until: datetime


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that the course was looked up for.

    Attributes:
        is_doubtful: Whether its answer found nothing, or has little support.
    """

    message_id: UUID
    learner_id: UUID
    asked_at: datetime
    answered_at: datetime
    text: str
    is_doubtful: bool


@dataclass(frozen=True, slots=True, eq=False)
class StoredCluster:
    """A cluster as its row says it; `centroid` is `(dimension,)` float32."""

    id: UUID
    question_count: int
    centroid: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class PlacedQuestion:
    """A question with its vector and the cluster it belongs to."""

    question: AskedQuestion
    vector: NDArray[np.float32]
    cluster_id: UUID


class QuestionClusterRepository:
    """The rows of `question_clusters`, `question_vectors` and `clustering_states`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def waiting(
        self, embedder_id: int, since: datetime, until: datetime, limit: int
    ) -> list[WaitingCourse]:
        """Courses with answers told to their end after what was looked through.

        Args:
            embedder_id: whose vectors are wanted.
            since: answers before are left out.
            until: later answers wait, as others that began before may not be there yet.
            limit: courses at most.
        """
        connection = await vector_connection(self._session)
        rows = await connection.fetch(WAITING_COURSES, embedder_id, since, until, limit)
        return [WaitingCourse(UUID(int=row["id"].int), row["done_until"]) for row in rows]

    async def new_questions(
        self, course_id: UUID, since: datetime, until: datetime, limit: int
    ) -> list[AskedQuestion]:
        """Questions answered in that time, in the order of their answers."""
        connection = await vector_connection(self._session)
        rows = await connection.fetch(
            NEW_QUESTIONS, course_id, since, until, limit, list(OF_THE_LEARNERS_WORK)
        )
        return [
            AskedQuestion(
                message_id=UUID(int=row["id"].int),
                learner_id=UUID(int=row["user_id"].int),
                asked_at=row["created_at"],
                answered_at=row["completed_at"],
                text=row["content"],
                is_doubtful=row["is_doubtful"],
            )
            for row in rows
        ]

    async def known(self, embedder_id: int, message_ids: Sequence[UUID]) -> set[UUID]:
        """Those of the questions that have a vector already."""
        connection = await vector_connection(self._session)
        rows = await connection.fetch(KNOWN, embedder_id, list(message_ids))
        return {UUID(int=row["message_id"].int) for row in rows}

    async def clusters(self, course_id: UUID, embedder_id: int, limit: int) -> list[StoredCluster]:
        """The clusters of a course that grew last."""
        connection = await vector_connection(self._session)
        rows = await connection.fetch(CLUSTERS, course_id, embedder_id, limit)
        return [
            StoredCluster(UUID(int=row["id"].int), row["question_count"], _vector(row["centroid"]))
            for row in rows
        ]

    async def put(
        self,
        course_id: UUID,
        embedder_id: int,
        clusters: Sequence[StoredCluster],
        questions: Sequence[PlacedQuestion],
    ) -> None:
        """Writes clusters as they are now, and questions that belong to them."""
        connection = await vector_connection(self._session)
        await connection.execute(
            PUT_CLUSTERS,
            course_id,
            embedder_id,
            [cluster.id for cluster in clusters],
            [cluster.question_count for cluster in clusters],
            [halfvec_bytes(cluster.centroid) for cluster in clusters],
        )
        await connection.execute(
            ADD_VECTORS,
            course_id,
            embedder_id,
            [placed.question.message_id for placed in questions],
            [placed.question.learner_id for placed in questions],
            [placed.cluster_id for placed in questions],
            [placed.question.asked_at for placed in questions],
            [placed.question.is_doubtful for placed in questions],
            halfvec_rows(np.stack([placed.vector for placed in questions])) if questions else [],
        )

    async def set_done(self, course_id: UUID, embedder_id: int, until: datetime) -> None:
        """Says up to when a course's answers were looked through."""
        connection = await vector_connection(self._session)
        await connection.execute(SET_STATE, course_id, embedder_id, until)


def _vector(stored: bytes) -> NDArray[np.float32]:
    return np.frombuffer(stored, ">f2", offset=HEADER.size).astype(np.float32)
