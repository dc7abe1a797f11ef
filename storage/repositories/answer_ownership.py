"""Who tells which answer: leases kept, answers stopped from afar, taken over and released."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import NotFoundError

RENEW = text("""
UPDATE messages SET lease_until = now() + make_interval(secs => :lease_seconds)
WHERE id = ANY(:ids) AND owner = :owner AND status = 'streaming'
RETURNING id
""")

TAKE_OVER = text("""
UPDATE messages
SET owner = :owner, epoch = epoch + 1,
    lease_until = now() + make_interval(secs => :lease_seconds)
FROM (
    SELECT id, lease_until = '-infinity' AS was_released FROM messages
    WHERE status = 'streaming' AND NOT id = ANY(CAST(:running AS uuid[]))
      AND (lease_until < now()
           OR lease_until IS NULL AND created_at < now() - interval '5 minutes')
    ORDER BY created_at LIMIT :limit
    FOR UPDATE SKIP LOCKED
) AS orphan
WHERE messages.id = orphan.id
RETURNING messages.id, messages.epoch, coalesce(orphan.was_released, false) AS was_released
""")
"""A row without a lease was written by an earlier version, whose answers end in five minutes."""

RELEASE = text("""
UPDATE messages SET lease_until = '-infinity'
WHERE id = ANY(:ids) AND owner = :owner AND status = 'streaming'
""")

STOP_REQUESTED = text("SELECT id FROM messages WHERE id = ANY(:ids) AND stop_requested")

REQUEST_STOP = text("""
UPDATE messages SET stop_requested = true WHERE id = :id AND status = 'streaming'
""")

FINISHED = text("SELECT id FROM messages WHERE id = ANY(:ids) AND status <> 'streaming'")

ORPHAN = text("""
SELECT messages.id, messages.conversation_id, messages.model, messages.mode, messages.prompt,
       messages.stop_requested, messages.earlier_turns::text,
       question.content AS question, question.parent_id AS follows,
       conversations.user_id, courses.id AS course_id, courses.slug, courses.title,
       courses.difficulty, courses.language, courses.corpus_revision, courses.chunk_count,
       courses.lexical_length, courses.support_policy, courses.tutor_modes,
       courses.default_mode, courses.hints_before_solution, courses.attempts_before_solution,
       courses.shows_solutions, enrollments.role,
       coalesce((state.problem IS NOT NULL OR state.quiz_id IS NOT NULL)
                AND NOT (state.is_solved OR state.is_shown)
                OR state.message_id = messages.id, false) AS has_problem
FROM messages
JOIN conversations ON conversations.id = messages.conversation_id
JOIN courses ON courses.id = messages.course_id
JOIN LATERAL (
    SELECT content, parent_id FROM messages AS earlier
    WHERE earlier.conversation_id = messages.conversation_id AND earlier.role = 'user'
      AND earlier.created_at <= messages.created_at
    ORDER BY (earlier.id = messages.question_id) DESC NULLS LAST, earlier.created_at DESC
    LIMIT 1
) AS question ON true
LEFT JOIN enrollments ON enrollments.course_id = courses.id
    AND enrollments.user_id = conversations.user_id
LEFT JOIN tutor_states AS state ON state.conversation_id = messages.conversation_id
WHERE messages.id = :id
""")

TURNS_BEFORE = text("""
WITH RECURSIVE path AS (
    SELECT parent_id, role, status, content, 1 AS depth FROM messages
    WHERE id = CAST(:follows AS uuid) AND conversation_id = :conversation_id
    UNION ALL
    SELECT earlier.parent_id, earlier.role, earlier.status, earlier.content, depth + 1
    FROM path JOIN messages AS earlier ON earlier.id = path.parent_id
    WHERE depth < 4 * :limit
)
SELECT role, content FROM path
WHERE content <> '' AND (role = 'user' OR status IN ('complete', 'stopped'))
ORDER BY depth LIMIT :limit
""")

SUMMARY_BEFORE = text("""
WITH RECURSIVE path AS (
    SELECT id, parent_id, 1 AS depth FROM messages
    WHERE id = CAST(:follows AS uuid) AND conversation_id = :conversation_id
    UNION ALL
    SELECT earlier.id, earlier.parent_id, depth + 1
    FROM path JOIN messages AS earlier ON earlier.id = path.parent_id
    WHERE depth < 4 * :limit
)
SELECT summaries.content FROM path
JOIN conversation_summaries AS summaries ON summaries.message_id = path.id
ORDER BY path.depth LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class TakenAnswer:
    """An answer that is this process's from this epoch on.

    Attributes:
        was_released: Whether its owner handed it over, and had time to account for it.
    """

    id: UUID
    epoch: int
    was_released: bool = False


@dataclass(frozen=True, slots=True)
class OrphanedAnswer:
    """What was asked, where and by whom, of an answer whose owner is gone.

    Attributes:
        course: The row of its course, with the asker's `role` in it.
        turns: `(role, content)` of what was said before the question, oldest first; of a
            conversation that its asker keeps, what came with the question.
        summary: Of what was said longer ago; empty where nothing was summed up.
    """

    id: UUID
    conversation_id: UUID
    user_id: UUID
    question: str
    mode: str
    model: str | None
    prompt: str | None
    stop_requested: bool
    course: Row[Any]
    turns: tuple[tuple[str, str], ...]
    summary: str = ""
    has_problem: bool = False
    """Whether a problem was open, or this answer's turn is kept."""


class AnswerOwnershipRepository:
    """Leases of answers; all but `request_stop` needs the maintenance role."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def renew(self, owner: str, ids: Collection[UUID], lease_seconds: float) -> set[UUID]:
        """Extends the leases of an owner's answers; gives those that are still its own."""
        values = {"owner": owner, "ids": list(ids), "lease_seconds": lease_seconds}
        return set((await self._session.scalars(RENEW, values)).all())

    async def release(self, owner: str, ids: Collection[UUID]) -> None:
        """Lets others take an owner's answers over at once."""
        await self._session.execute(RELEASE, {"owner": owner, "ids": list(ids)})

    async def take_over(
        self, owner: str, lease_seconds: float, limit: int, *, running: Collection[UUID]
    ) -> Sequence[TakenAnswer]:
        """Takes answers whose lease has run out, the oldest first; each in its next epoch.

        Those that `running` names the owner still tells itself; it was only late to renew.
        """
        values = {
            "owner": owner,
            "lease_seconds": lease_seconds,
            "limit": limit,
            "running": list(running),
        }
        rows = (await self._session.execute(TAKE_OVER, values)).all()
        return [TakenAnswer(row.id, row.epoch, row.was_released) for row in rows]

    async def stop_requested(self, ids: Collection[UUID]) -> set[UUID]:
        """Those of the answers whose readers asked for their end."""
        return set((await self._session.scalars(STOP_REQUESTED, {"ids": list(ids)})).all())

    async def request_stop(self, message_id: UUID) -> None:
        """Asks the owner of an answer to end it; nothing happens where it is over."""
        await self._session.execute(REQUEST_STOP, {"id": message_id})

    async def finished(self, ids: Collection[UUID]) -> set[UUID]:
        """Those of the answers that are over."""
        return set((await self._session.scalars(FINISHED, {"ids": list(ids)})).all())

    async def orphan(self, message_id: UUID, *, remembered: int) -> OrphanedAnswer:
        """What a successor needs to know of an answer.

        Raises:
            NotFoundError: the answer is deleted, or its question is.
        """
        row = (await self._session.execute(ORPHAN, {"id": message_id})).one_or_none()
        if row is None:
            raise NotFoundError("answer", message_id)
        values = {
            "conversation_id": row.conversation_id,
            "follows": row.follows,
            "limit": remembered,
        }
        summary = await self._session.scalar(SUMMARY_BEFORE, values)
        return OrphanedAnswer(
            id=row.id,
            conversation_id=row.conversation_id,
            user_id=row.user_id,
            question=row.question,
            mode=row.mode or "explain",
            model=row.model,
            prompt=row.prompt,
            stop_requested=row.stop_requested,
            course=row,
            turns=await self._turns_before(row, values),
            summary=summary or "",
            has_problem=row.has_problem,
        )

    async def _turns_before(
        self, row: Row[Any], values: Mapping[str, object]
    ) -> tuple[tuple[str, str], ...]:
        if row.earlier_turns is not None:
            return tuple((role, content) for role, content in orjson.loads(row.earlier_turns))
        turns = (await self._session.execute(TURNS_BEFORE, values)).all()
        return tuple((turn.role, turn.content) for turn in reversed(turns))
