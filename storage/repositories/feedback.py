"""What learners think of their answers: given and taken back by them, listed for a course."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import AnswerFeedback, Conversation, Message
from storage.paging import AnyRow, Keyset, Order, Page, PageRequest, fetch_page

Rating = Literal["up", "down"]
Reason = Literal["wrong", "not_grounded", "unclear", "incomplete", "too_long", "other"]

KEYSET = Keyset({"updated_at": AnswerFeedback.updated_at}, AnswerFeedback.message_id)
NEWEST_FIRST = Order("updated_at", descending=True)


@dataclass(frozen=True, slots=True)
class StoredFeedback:
    """A rating as its row says it."""

    rating: Rating
    reasons: list[Reason]
    comment: str | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """A rating with what it is about, and nobody's name.

    Attributes:
        question: None for an answer older than the column that knows its question.
    """

    message_id: UUID
    question: str | None
    answer: str
    model: str | None
    prompt: str | None
    groundedness: float | None
    feedback: StoredFeedback


class FeedbackRepository:
    """Ratings of answers; whose answers they are is checked by the caller."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put(
        self,
        message_id: UUID,
        user_id: UUID,
        course_id: UUID,
        rating: Rating,
        reasons: list[Reason],
        comment: str | None,
    ) -> StoredFeedback:
        """Saves a rating instead of the user's earlier one of that answer."""
        said = {"rating": rating, "reasons": reasons, "comment": comment}
        statement = upsert(AnswerFeedback).values(
            message_id=message_id, user_id=user_id, course_id=course_id, **said
        )
        row = await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[AnswerFeedback.message_id, AnswerFeedback.user_id],
                set_={**said, "updated_at": func.now()},
            ).returning(AnswerFeedback.updated_at)
        )
        return StoredFeedback(rating, reasons, comment, row.scalar_one())

    async def remove(self, message_id: UUID, user_id: UUID) -> None:
        """Deletes the user's rating of an answer, if there is one."""
        await self._session.execute(
            delete(AnswerFeedback).where(
                AnswerFeedback.message_id == message_id, AnswerFeedback.user_id == user_id
            )
        )

    async def page(
        self, course_id: UUID, request: PageRequest, rating: Rating | None
    ) -> Page[RatedAnswer]:
        """The rated answers of a course, newest rating first; deleted conversations are left out.

        Raises:
            InvalidCursorError: When the cursor is damaged.
        """
        question = aliased(Message)
        statement = (
            select(AnswerFeedback, Message, question.content)
            .join(Message, Message.id == AnswerFeedback.message_id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .outerjoin(question, question.id == Message.question_id)
            .where(AnswerFeedback.course_id == course_id, Conversation.deleted_at.is_(None))
        )
        if rating is not None:
            statement = statement.where(AnswerFeedback.rating == rating)
        found = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return found.map(_rated)


def _rated(row: AnyRow) -> RatedAnswer:
    feedback, answer, question = row
    return RatedAnswer(
        message_id=answer.id,
        question=question,
        answer=answer.content,
        model=answer.model,
        prompt=answer.prompt,
        groundedness=answer.groundedness,
        feedback=StoredFeedback(
            feedback.rating, feedback.reasons, feedback.comment, feedback.updated_at
        ),
    )
