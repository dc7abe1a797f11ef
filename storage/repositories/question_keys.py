"""Idempotency keys of questions: which answer a learner's key stands for, for a day."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

LIFETIME = timedelta(hours=24)
SWEPT_AT_ONCE = 1_000

KEEP = """
INSERT INTO question_keys AS earlier (user_id, key, course_id, message_id, request_hash, expires_at)
VALUES ($1, $2, $3, $4, $5, now() + $6::interval)
ON CONFLICT (user_id, key) DO UPDATE SET
    course_id = excluded.course_id, message_id = excluded.message_id,
    request_hash = excluded.request_hash, expires_at = excluded.expires_at
WHERE earlier.expires_at <= now()
RETURNING message_id
"""
"""Waits where another transaction has just kept the same key, until that one is over."""

FIND = """
SELECT message_id, course_id, courses.slug, request_hash
FROM question_keys JOIN courses ON courses.id = question_keys.course_id
WHERE user_id = $1 AND key = $2 AND expires_at > now()
"""

SWEEP = text("""
DELETE FROM question_keys WHERE (user_id, key) IN (
    SELECT user_id, key FROM question_keys WHERE expires_at <= now()
    ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
""")


@dataclass(frozen=True, slots=True)
class KeptKey:
    """What a key stands for: the answer, and the question it came with, as a hash."""

    message_id: UUID
    course_id: UUID
    course_slug: str
    request_hash: str


class QuestionKeyRepository:
    """The rows of `question_keys`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def keep(self, user_id: UUID, key: str, new: KeptKey) -> bool:
        """Keeps a user's key for an answer; False where it stands for one already.

        Roll back then: what was saved for the second is not to be.
        """
        kept = await self._connection.fetchval(
            KEEP, user_id, key, new.course_id, new.message_id, new.request_hash, LIFETIME
        )
        return kept is not None

    async def find(self, user_id: UUID, key: str) -> KeptKey | None:
        """What a user's key stands for; None where it is new, or was kept too long ago."""
        row = await self._connection.fetchrow(FIND, user_id, key)
        if row is None:
            return None
        return KeptKey(
            UUID(int=row["message_id"].int),
            UUID(int=row["course_id"].int),
            row["slug"],
            row["request_hash"],
        )


async def sweep_question_keys(session: AsyncSession) -> None:
    """Forgets keys that are over, the oldest first, a bounded number at a time."""
    await session.execute(SWEEP, {"limit": SWEPT_AT_ONCE})
