"""Attempts at quizzes and the grades of their answers, which are only ever added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models import Attempt, QuestionGrade
from storage.errors import ConflictError, NotFoundError
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page

KEYSET = Keyset({"submitted_at": Attempt.submitted_at}, Attempt.id)
NEWEST_FIRST = Order("submitted_at", descending=True)
LEARNING_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))")


@dataclass(frozen=True, slots=True)
class StoredAttempt:
    """An attempt without its grades."""

    id: UUID
    course_id: UUID
    quiz_id: UUID
    quiz_version: int
    learner_id: UUID
    number: int
    submitted_at: datetime
    is_late: bool
    answers: Mapping[str, Any]
    score: float
    maximum: float
    needs_review: bool
    request_hash: str | None


@dataclass(frozen=True, slots=True)
class StoredGrade:
    """The grade of one answer.

    Attributes:
        revision: 1 for the first, more for what replaced it.
        judged_by: A rule of grading, or `teacher`.
        detail: Parts, feedback and misconceptions.
        graded_by: The teacher who set it; None where rules did.
    """

    question_id: str
    revision: int
    score: float
    maximum: float
    judged_by: str
    is_certain: bool
    is_answered: bool
    detail: Mapping[str, Any]
    graded_by: UUID | None = None
    reason: str = ""


class AttemptRepository:
    """The rows of `attempts` and `question_grades`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock_learning(self, learner_id: UUID, course_id: UUID) -> None:
        """Lets one transaction at a time write what a learner does in a course.

        Attempts are numbered without gaps, and mastery is traced from all grades there are.
        """
        await self._session.execute(LEARNING_LOCK, {"place": f"learning:{learner_id}:{course_id}"})

    async def add(self, values: Mapping[str, Any], grades: Sequence[StoredGrade]) -> StoredAttempt:
        """Inserts an attempt with the first grades of its answers.

        Raises:
            ConflictError: the learner's Idempotency-Key stands for an attempt out of sight.
        """
        statement = upsert(Attempt).on_conflict_do_nothing(
            index_elements=[Attempt.learner_id, Attempt.idempotency_key],
            index_where=Attempt.idempotency_key.is_not(None),
        )
        row = await self._session.scalar(statement.values(**values).returning(Attempt))
        if row is None:
            raise ConflictError("attempt", "idempotency_key", str(values["idempotency_key"]))
        await self.add_grades(row.id, row.course_id, grades)
        return _attempt(row)

    async def add_grades(
        self, attempt_id: UUID, course_id: UUID, grades: Sequence[StoredGrade]
    ) -> None:
        """Adds grades; from now on they count instead of those of lower revisions."""
        if not grades:
            return
        rows = [
            {
                "attempt_id": attempt_id,
                "course_id": course_id,
                "question_id": grade.question_id,
                "revision": grade.revision,
                "score": grade.score,
                "maximum": grade.maximum,
                "judged_by": grade.judged_by,
                "is_certain": grade.is_certain,
                "is_answered": grade.is_answered,
                "detail": dict(grade.detail),
                "graded_by": grade.graded_by,
                "reason": grade.reason,
            }
            for grade in grades
        ]
        await self._session.execute(insert(QuestionGrade), rows)

    async def set_total(
        self, attempt_id: UUID, score: float, maximum: float, *, needs_review: bool
    ) -> None:
        """Keeps what the latest grades of an attempt add up to."""
        await self._session.execute(
            update(Attempt)
            .where(Attempt.id == attempt_id)
            .values(score=score, maximum=maximum, needs_review=needs_review)
        )

    async def read(self, attempt_id: UUID) -> StoredAttempt:
        """One attempt.

        Raises:
            NotFoundError: when there is none.
        """
        statement = select(Attempt).where(Attempt.id == attempt_id)
        row = await self._session.scalar(statement.execution_options(populate_existing=True))
        if row is None:
            raise NotFoundError("attempt", attempt_id)
        return _attempt(row)

    async def latest_grades(self, attempt_id: UUID) -> dict[str, StoredGrade]:
        """The grades that count, by question."""
        statement = (
            select(QuestionGrade)
            .where(QuestionGrade.attempt_id == attempt_id)
            .ext(distinct_on(QuestionGrade.question_id))
            .order_by(QuestionGrade.question_id, QuestionGrade.revision.desc())
        )
        return {row.question_id: _grade(row) for row in await self._session.scalars(statement)}

    async def by_key(self, learner_id: UUID, key: str) -> StoredAttempt | None:
        """The attempt that a learner's Idempotency-Key stands for."""
        statement = select(Attempt).where(
            Attempt.learner_id == learner_id, Attempt.idempotency_key == key
        )
        row = await self._session.scalar(statement)
        return None if row is None else _attempt(row)

    async def count(self, quiz_id: UUID, learner_id: UUID) -> int:
        """How often a learner has attempted a quiz."""
        statement = select(func.count()).where(
            Attempt.quiz_id == quiz_id, Attempt.learner_id == learner_id
        )
        return await self._session.scalar(statement) or 0

    async def ids_of_quiz(self, quiz_id: UUID) -> list[tuple[UUID, UUID]]:
        """Every attempt at a quiz and whose it is, in the order of learners."""
        statement = (
            select(Attempt.id, Attempt.learner_id)
            .where(Attempt.quiz_id == quiz_id)
            .order_by(Attempt.learner_id, Attempt.number)
        )
        return [
            (attempt_id, learner_id)
            for attempt_id, learner_id in await self._session.execute(statement)
        ]

    async def page(
        self,
        quiz_id: UUID,
        request: PageRequest,
        *,
        learner_id: UUID | None,
        needs_review: bool | None = None,
    ) -> Page[StoredAttempt]:
        """Attempts at a quiz, newest first; of one learner where one is named.

        Raises:
            InvalidCursorError: when the cursor is damaged.
        """
        statement = select(Attempt).where(Attempt.quiz_id == quiz_id)
        if learner_id is not None:
            statement = statement.where(Attempt.learner_id == learner_id)
        if needs_review is not None:
            statement = statement.where(Attempt.needs_review == needs_review)
        page = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return page.map(lambda row: _attempt(row[0]))


def _attempt(row: Attempt) -> StoredAttempt:
    return StoredAttempt(
        id=row.id,
        course_id=row.course_id,
        quiz_id=row.quiz_id,
        quiz_version=row.quiz_version,
        learner_id=row.learner_id,
        number=row.number,
        submitted_at=row.submitted_at,
        is_late=row.is_late,
        answers=row.answers,
        score=row.score,
        maximum=row.maximum,
        needs_review=row.needs_review,
        request_hash=row.request_hash,
    )


def _grade(row: QuestionGrade) -> StoredGrade:
    return StoredGrade(
        question_id=row.question_id,
        revision=row.revision,
        score=row.score,
        maximum=row.maximum,
        judged_by=row.judged_by,
        is_certain=row.is_certain,
        is_answered=row.is_answered,
        detail=row.detail,
        graded_by=row.graded_by,
        reason=row.reason,
    )
