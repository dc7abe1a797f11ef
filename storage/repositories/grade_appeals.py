"""Objections of learners to the grades of their answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import GradeAppeal
from storage.errors import NotFoundError
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page

AppealStatus = Literal["open", "accepted", "rejected"]
KEYSET = Keyset({"created_at": GradeAppeal.created_at}, GradeAppeal.id)
OLDEST_FIRST = Order("created_at")


@dataclass(frozen=True, slots=True)
class StoredAppeal:
    """An appeal, and what became of it."""

    id: UUID
    course_id: UUID
    attempt_id: UUID
    question_id: str
    learner_id: UUID
    message: str
    status: AppealStatus
    reply: str
    created_at: datetime
    decided_at: datetime | None


class GradeAppealRepository:
    """The rows of `grade_appeals`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self, attempt_id: UUID, question_id: str, course_id: UUID, learner_id: UUID, message: str
    ) -> StoredAppeal | None:
        """A new appeal; None where one of that answer is open already."""
        statement = insert(GradeAppeal).values(
            id=uuid7(),
            course_id=course_id,
            attempt_id=attempt_id,
            question_id=question_id,
            learner_id=learner_id,
            message=message,
        )
        row = await self._session.scalar(statement.on_conflict_do_nothing().returning(GradeAppeal))
        return None if row is None else _appeal(row)

    async def read(self, appeal_id: UUID) -> StoredAppeal:
        """One appeal.

        Raises:
            NotFoundError: when there is none.
        """
        row = await self._session.get(GradeAppeal, appeal_id, populate_existing=True)
        if row is None:
            raise NotFoundError("appeal", appeal_id)
        return _appeal(row)

    async def decide(
        self, appeal_id: UUID, status: AppealStatus, reply: str, decided_by: UUID
    ) -> StoredAppeal | None:
        """Closes an open appeal; None where it is closed already."""
        statement = (
            update(GradeAppeal)
            .where(GradeAppeal.id == appeal_id, GradeAppeal.status == "open")
            .values(status=status, reply=reply, decided_by=decided_by, decided_at=func.now())
            .returning(GradeAppeal)
            .execution_options(populate_existing=True)
        )
        row = await self._session.scalar(statement)
        return None if row is None else _appeal(row)

    async def page(
        self, course_id: UUID, request: PageRequest, status: AppealStatus | None
    ) -> Page[StoredAppeal]:
        """Appeals of a course, oldest first, as they wait.

        Raises:
            InvalidCursorError: when the cursor is damaged.
        """
        statement = select(GradeAppeal).where(GradeAppeal.course_id == course_id)
        if status is not None:
            statement = statement.where(GradeAppeal.status == status)
        page = await fetch_page(self._session, statement, KEYSET, request, OLDEST_FIRST)
        return page.map(lambda row: _appeal(row[0]))

    async def of_attempt(self, attempt_id: UUID) -> list[StoredAppeal]:
        """The appeals of an attempt, oldest first."""
        statement = (
            select(GradeAppeal)
            .where(GradeAppeal.attempt_id == attempt_id)
            .order_by(GradeAppeal.created_at, GradeAppeal.id)
        )
        return [_appeal(row) for row in await self._session.scalars(statement)]


def _appeal(row: GradeAppeal) -> StoredAppeal:
    return StoredAppeal(
        id=row.id,
        course_id=row.course_id,
        attempt_id=row.attempt_id,
        question_id=row.question_id,
        learner_id=row.learner_id,
        message=row.message,
        status=_status(row.status),
        reply=row.reply,
        created_at=row.created_at,
        decided_at=row.decided_at,
    )


def _status(stored: str) -> AppealStatus:
    match stored:
        case "accepted" | "rejected":
            return stored
        case _:
            return "open"
