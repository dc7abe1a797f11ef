"""The rules of quizzes: when, how often, and with which questions they may be attempted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models import QuizRules

LatePolicy = Literal["refuse", "mark"]
ShowsKey = Literal["never", "after_attempt", "after_due"]


@dataclass(frozen=True, slots=True)
class StoredRules:
    """The rules of one quiz; the defaults are those of a quiz without a row.

    Attributes:
        late_policy: `refuse` takes no attempt after `due_at`, `mark` takes it as a late one.
        max_attempts: How often a learner may attempt it; None for as often as they like.
        shows_key: When a learner who attempted it sees the right answers.
        withdrawn_questions: Ids of questions that count for nobody.
    """

    opens_at: datetime | None = None
    due_at: datetime | None = None
    late_policy: LatePolicy = "refuse"
    max_attempts: int | None = None
    shows_key: ShowsKey = "after_attempt"
    withdrawn_questions: tuple[str, ...] = ()


class QuizRulesRepository:
    """The rows of `quiz_rules`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def read(self, quiz_id: UUID) -> StoredRules:
        """The rules of a quiz; the defaults where it has none of its own."""
        row = await self._session.get(QuizRules, quiz_id, populate_existing=True)
        return StoredRules() if row is None else _rules(row)

    async def of_course(self, course_id: UUID) -> dict[UUID, StoredRules]:
        """The rules of a course's quizzes that have some of their own."""
        rows = await self._session.scalars(
            select(QuizRules).where(QuizRules.course_id == course_id)
        )
        return {row.quiz_id: _rules(row) for row in rows}

    async def put(self, quiz_id: UUID, course_id: UUID, values: Mapping[str, Any]) -> None:
        """Sets all rules of a quiz."""
        statement = upsert(QuizRules).values(quiz_id=quiz_id, course_id=course_id, **values)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[QuizRules.quiz_id], set_={**values, "updated_at": func.now()}
            )
        )


def _rules(row: QuizRules) -> StoredRules:
    return StoredRules(
        opens_at=row.opens_at,
        due_at=row.due_at,
        late_policy="mark" if row.late_policy == "mark" else "refuse",
        max_attempts=row.max_attempts,
        shows_key=_shows_key(row.shows_key),
        withdrawn_questions=tuple(row.withdrawn_questions),
    )


def _shows_key(stored: str) -> ShowsKey:
    match stored:
        case "never" | "after_due":
            return stored
        case _:
            return "after_attempt"
