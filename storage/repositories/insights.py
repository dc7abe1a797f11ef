"""What was asked in a course, and how well it was answered; nobody's name is read here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    case,
    delete,
    exists,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import AnswerCorrection, Conversation, Message, SettledAnswer
from pedagogy.modes.policy import OF_THE_LEARNERS_WORK
from storage.paging import AnyRow, AnySelect, Keyset, Order, Page, PageRequest, fetch_page

Doubt = Literal["unanswered", "low_support", "failed"]
KEYSET = Keyset({"completed_at": Message.completed_at}, Message.id)
NEWEST_FIRST = Order("completed_at", descending=True)
EXAMPLES = 3

MOST_ASKED = text("""
WITH grouped AS (
    SELECT cluster_id, count(*) AS questions, count(DISTINCT learner_id) AS learners,
           count(*) FILTER (WHERE is_doubtful) AS doubtful, max(asked_at) AS last_asked_at
    FROM question_vectors
    WHERE course_id = :course AND asked_at >= :since
      AND embedder_id = :embedder
    GROUP BY cluster_id
    HAVING count(DISTINCT learner_id) >= :smallest_group
    ORDER BY questions DESC, last_asked_at DESC, cluster_id LIMIT :limit
)
SELECT grouped.cluster_id, grouped.questions, grouped.learners, grouped.doubtful,
       grouped.last_asked_at, examples.texts
FROM grouped
JOIN question_clusters AS clusters ON clusters.id = grouped.cluster_id
CROSS JOIN LATERAL (
    SELECT array_agg(nearest.content) AS texts FROM (
        SELECT messages.content
        FROM question_vectors AS vectors
        JOIN messages ON messages.id = vectors.message_id
        JOIN conversations ON conversations.id = messages.conversation_id
        WHERE vectors.cluster_id = grouped.cluster_id AND vectors.asked_at >= :since
          AND conversations.deleted_at IS NULL
        ORDER BY vectors.vector <#> clusters.centroid, messages.id LIMIT :examples
    ) AS nearest
) AS examples
WHERE examples.texts IS NOT NULL
ORDER BY grouped.questions DESC, grouped.last_asked_at DESC, grouped.cluster_id
""")
ACTIVITY = text("""
SELECT count(*) AS questions, count(DISTINCT learner_id) AS learners,
       count(*) FILTER (WHERE is_doubtful) AS doubtful
FROM question_vectors
WHERE course_id = :course AND asked_at >= :since
  AND embedder_id = :embedder
""")
RATINGS = text("""
SELECT count(DISTINCT user_id) AS learners,
       count(*) FILTER (WHERE rating = 'up') AS up,
       count(*) FILTER (WHERE rating = 'down') AS down
FROM answer_feedback WHERE course_id = :course AND updated_at >= :since
""")
REASONS = text("""
SELECT reason, count(*) AS times, count(DISTINCT user_id) AS learners
FROM answer_feedback CROSS JOIN unnest(reasons) AS reason
WHERE course_id = :course AND updated_at >= :since
GROUP BY reason ORDER BY times DESC, reason
""")
COST = text("""
SELECT coalesce(sum(cost_micro_usd), 0)::bigint FROM usage_records
WHERE course_id = :course AND created_at >= :since
""")


@dataclass(frozen=True, slots=True)
class AskedOften:
    """Questions that ask about the same, with the three nearest to their middle."""

    cluster_id: UUID
    questions: int
    learners: int
    doubtful: int
    last_asked_at: datetime
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many questions of how many learners, and how many without a good answer."""

    questions: int
    learners: int
    doubtful: int


@dataclass(frozen=True, slots=True)
class Ratings:
    """How answers were rated, by how many."""

    learners: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often a reason was given for a bad rating, by how many."""

    reason: str
    times: int
    learners: int


@dataclass(frozen=True, slots=True)
class DoubtfulAnswer:
    """An answer that found nothing, broke off, or has little support; nobody is named."""

    message_id: UUID
    question: str
    answer: str
    doubt: Doubt
    groundedness: float | None
    completed_at: datetime


class InsightRepository:
    """Reads what a course's questions add up to."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def most_asked(
        self,
        course_id: UUID,
        embedder_id: int,
        since: datetime,
        *,
        smallest_group: int,
        limit: int,
    ) -> list[AskedOften]:
        """Clusters by how many questions they hold; none of fewer learners than the least group."""
        values = {
            "course": course_id,
            "embedder": embedder_id,
            "since": since,
            "smallest_group": smallest_group,
            "limit": limit,
            "examples": EXAMPLES,
        }
        rows = await self._session.execute(MOST_ASKED, values)
        return [AskedOften(row[0], row[1], row[2], row[3], row[4], tuple(row[5])) for row in rows]

    async def activity(self, course_id: UUID, embedder_id: int, since: datetime) -> Counted:
        """How much was asked since a moment, as far as it is gathered."""
        values = {"course": course_id, "embedder": embedder_id, "since": since}
        return Counted(*(await self._session.execute(ACTIVITY, values)).one())

    async def ratings(self, course_id: UUID, since: datetime) -> Ratings:
        """How answers were rated since a moment."""
        values = {"course": course_id, "since": since}
        return Ratings(*(await self._session.execute(RATINGS, values)).one())

    async def reasons(self, course_id: UUID, since: datetime) -> list[ReasonCount]:
        """Why answers were rated badly, the most frequent reason first."""
        values = {"course": course_id, "since": since}
        return [ReasonCount(*row) for row in await self._session.execute(REASONS, values)]

    async def cost_micro_usd(self, course_id: UUID, since: datetime) -> int:
        """What chat models cost for the course since a moment."""
        values = {"course": course_id, "since": since}
        return int(await self._session.scalar(COST, values) or 0)

    async def doubtful(
        self, course_id: UUID, request: PageRequest, doubt: Doubt | None
    ) -> Page[DoubtfulAnswer]:
        """Answers that call for a teacher, the newest first; corrected and settled ones are out.

        Raises:
            InvalidCursorError: when the cursor is damaged.
        """
        statement = _doubtful().where(
            Message.course_id == course_id,
            ~exists().where(SettledAnswer.message_id == Message.id),
            ~exists().where(
                AnswerCorrection.message_id == Message.id, AnswerCorrection.withdrawn_at.is_(None)
            ),
        )
        if doubt is not None:
            statement = statement.where(_DOUBT.in_([doubt]))
        page = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return page.map(_doubtful_answer)

    async def doubtful_of(self, learner_id: UUID, limit: int) -> list[tuple[UUID, DoubtfulAnswer]]:
        """What of a person's own questions stands, or stood, in that list, each with its course."""
        statement = (
            _doubtful()
            .add_columns(Message.course_id)
            .where(Conversation.user_id == learner_id)
            .order_by(Message.completed_at.desc(), Message.id)
            .limit(limit)
        )
        rows = await self._session.execute(statement)
        return [(row[3], _doubtful_answer(row)) for row in rows]

    async def settle(self, message_id: UUID, course_id: UUID, settled_by: UUID) -> None:
        """Takes an answer off the list; one that is off it stays so."""
        statement = insert(SettledAnswer).values(
            message_id=message_id, course_id=course_id, settled_by=settled_by
        )
        await self._session.execute(statement.on_conflict_do_nothing())

    async def unsettle(self, message_id: UUID) -> None:
        """Puts an answer back on the list."""
        statement = delete(SettledAnswer).where(SettledAnswer.message_id == message_id)
        await self._session.execute(statement)


_IS_DOUBTFUL: ColumnElement[bool] = literal_column(
    "messages.role = 'assistant' AND (messages.status = 'failed' OR (messages.status = 'complete'"
    " AND messages.sources <> '[]'::jsonb AND (messages.citations = '[]'::jsonb"
    """ OR messages.notices @> '[{"code": "low_support"}]'::jsonb)))""",
    Boolean(),
)
"""As `models.chat.IS_DOUBTFUL` has it for the index, which constants alone are matched with."""
_QUESTION = aliased(Message)
_DOUBT = case(
    (Message.status == "failed", "failed"),
    (Message.citations == literal_column("'[]'::jsonb"), "unanswered"),
    else_="low_support",
)


def _doubtful() -> AnySelect:
    """Answers that are doubtful, with their questions; the condition is that of their index."""
    return (
        select(Message, _QUESTION.content, _DOUBT)
        .join(_QUESTION, _QUESTION.id == Message.question_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            _IS_DOUBTFUL,
            func.coalesce(Message.mode, "").not_in(OF_THE_LEARNERS_WORK),
            Message.completed_at.is_not(None),
            Conversation.deleted_at.is_(None),
        )
    )


def _doubtful_answer(row: AnyRow) -> DoubtfulAnswer:
    answer, question, doubt = row[:3]
    return DoubtfulAnswer(
        message_id=answer.id,
        question=question,
        answer=answer.content,
        doubt=doubt,
        groundedness=answer.groundedness,
        completed_at=answer.completed_at,
    )
