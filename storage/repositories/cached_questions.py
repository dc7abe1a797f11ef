"""Questions whose answers are in the cache, found by the likeness of their vectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import CursorResult, any_, delete, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import CachedQuestion
from storage.vectors import halfvec_bytes, vector_connection

NEAREST = """
SELECT question, cache_key, -(vector <#> $3) AS likeness
FROM cached_questions
WHERE course_id = $1 AND scope_hash = $2 AND expires_at > now() AND NOT tags @> $5
ORDER BY vector <#> $3 LIMIT $4
"""

ADD = """
INSERT INTO cached_questions
    (id, course_id, scope_hash, question, vector, guards, cache_key, tags, expires_at)
SELECT $1, $2, $3, $4, $5, $6::jsonb, $7, $8, now() + $9
FROM courses WHERE id = $2 AND corpus_revision = $10
ON CONFLICT (cache_key) DO UPDATE SET expires_at = excluded.expires_at
RETURNING id
"""

TRIM = """
DELETE FROM cached_questions WHERE course_id = $1 AND (expires_at <= now() OR id IN (
    SELECT id FROM cached_questions WHERE course_id = $1 ORDER BY id DESC OFFSET $2))
"""
"""Ids are in the order of time, so the oldest leave first."""


@dataclass(frozen=True, slots=True)
class NewCachedQuestion:
    """A question to find again; `vector` is `(dimension,)` float32, L2-normalised."""

    course_id: UUID
    scope_hash: str
    corpus_revision: int
    question: str
    vector: NDArray[np.float32]
    guards: Mapping[str, Any]
    cache_key: str
    tags: Sequence[str]
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class LikeQuestion:
    """A question near the one asked; `likeness` is the cosine of their vectors."""

    question: str
    cache_key: str
    likeness: float


class CachedQuestionsRepository:
    """The rows of `cached_questions`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def nearest(
        self,
        course_id: UUID,
        scope_hash: str,
        vector: NDArray[np.float32],
        *,
        without_tag: str,
        limit: int,
    ) -> list[LikeQuestion]:
        """The likest questions of the same scope that lack a tag, likest first."""
        connection = await vector_connection(self._session)
        rows = await connection.fetch(
            NEAREST, course_id, scope_hash, halfvec_bytes(vector), limit, [without_tag]
        )
        return [LikeQuestion(row["question"], row["cache_key"], row["likeness"]) for row in rows]

    async def add(self, new: NewCachedQuestion, *, maximum: int) -> bool:
        """Adds a question while the corpus is still the one its answer was read from.

        The oldest questions of the course beyond `maximum` leave. False where the corpus has
        changed meanwhile: nothing is added.
        """
        connection = await vector_connection(self._session)
        added = await connection.fetchval(
            ADD,
            uuid7(),
            new.course_id,
            new.scope_hash,
            new.question,
            halfvec_bytes(new.vector),
            orjson.dumps(new.guards).decode(),
            new.cache_key,
            list(new.tags),
            new.lifetime,
            new.corpus_revision,
        )
        if added is None:
            return False
        await connection.execute(TRIM, new.course_id, maximum)
        return True

    async def purge(self, *, course_id: UUID | None = None, tag: str | None = None) -> int:
        """Removes the questions of a course or with a tag, or all; how many there were."""
        statement = delete(CachedQuestion)
        if course_id is not None:
            statement = statement.where(CachedQuestion.course_id == course_id)
        if tag is not None:
            statement = statement.where(literal(tag) == any_(CachedQuestion.tags))
        result = await self._session.execute(statement)
        assert isinstance(result, CursorResult)  # noqa: S101 - a DELETE has no rows
        return result.rowcount

    async def count(self) -> int:
        """How many questions can be found."""
        statement = select(func.count()).where(CachedQuestion.expires_at > func.now())
        return await self._session.scalar(statement) or 0
