"""What learners remember of cards, and which cards are due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from content.kinds import ContentKind
from models import CardMemoryRow, CardReview, ContentVersion, Course, StoredContent
from storage.errors import ConflictError

MEMORY_COLUMNS = ("state", "step", "stability", "difficulty", "last_reviewed_at", "due_at")


@dataclass(frozen=True, slots=True)
class StoredDeck:
    """A deck that learners see, with its JSON."""

    id: UUID
    course_id: UUID
    course_slug: str
    body: Mapping[str, Any]


class CardMemoryRepository:
    """The rows of `card_memories` and `card_reviews`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def memories(
        self, learner_id: UUID, deck_ids: Sequence[UUID]
    ) -> dict[tuple[UUID, str], Mapping[str, Any]]:
        """What a learner remembers of the cards of decks, by deck and card."""
        statement = select(CardMemoryRow).where(
            CardMemoryRow.learner_id == learner_id, CardMemoryRow.deck_id.in_(deck_ids)
        )
        return {
            (row.deck_id, row.card_id): {name: getattr(row, name) for name in MEMORY_COLUMNS}
            for row in await self._session.scalars(statement)
        }

    async def memory(
        self, learner_id: UUID, deck_id: UUID, card_id: str
    ) -> Mapping[str, Any] | None:
        """What a learner remembers of one card; None where they never saw it."""
        row = await self._session.get(
            CardMemoryRow, (learner_id, deck_id, card_id), populate_existing=True
        )
        return None if row is None else {name: getattr(row, name) for name in MEMORY_COLUMNS}

    async def put(
        self,
        learner_id: UUID,
        deck_id: UUID,
        card_id: str,
        course_id: UUID,
        memory: Mapping[str, Any],
    ) -> None:
        """Keeps the memory that a review left."""
        statement = upsert(CardMemoryRow).values(
            learner_id=learner_id, deck_id=deck_id, card_id=card_id, course_id=course_id, **memory
        )
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[
                    CardMemoryRow.learner_id,
                    CardMemoryRow.deck_id,
                    CardMemoryRow.card_id,
                ],
                set_={**memory, "review_count": CardMemoryRow.review_count + 1},
            )
        )

    async def add_review(self, values: Mapping[str, Any]) -> None:
        """Adds one look at a card.

        Raises:
            ConflictError: the learner's Idempotency-Key stands for a review out of sight.
        """
        statement = upsert(CardReview).on_conflict_do_nothing(
            index_elements=[CardReview.learner_id, CardReview.idempotency_key],
            index_where=CardReview.idempotency_key.is_not(None),
        )
        added = await self._session.scalar(
            statement.values(id=uuid7(), **values).returning(CardReview.id)
        )
        if added is None:
            raise ConflictError("review", "idempotency_key", str(values["idempotency_key"]))

    async def review_of_key(self, learner_id: UUID, key: str) -> CardReview | None:
        """The review that a learner's Idempotency-Key stands for."""
        statement = select(CardReview).where(
            CardReview.learner_id == learner_id, CardReview.idempotency_key == key
        )
        return await self._session.scalar(statement)

    async def decks(self, course_id: UUID | None, limit: int) -> list[StoredDeck]:
        """Published decks in scope, oldest first; of one course where one is named."""
        statement = (
            select(StoredContent.id, StoredContent.course_id, Course.slug, ContentVersion.body)
            .join(Course, Course.id == StoredContent.course_id)
            .join(
                ContentVersion,
                (ContentVersion.content_id == StoredContent.id)
                & (ContentVersion.number == StoredContent.published_version),
            )
            .where(
                StoredContent.kind == ContentKind.DECK.value,
                StoredContent.deleted_at.is_(None),
                Course.deleted_at.is_(None),
            )
            .order_by(StoredContent.created_at, StoredContent.id)
            .limit(limit)
        )
        if course_id is not None:
            statement = statement.where(StoredContent.course_id == course_id)
        return [StoredDeck(*row) for row in await self._session.execute(statement)]

    async def due_count(self, learner_id: UUID, at: datetime, course_id: UUID | None = None) -> int:
        """How many cards that a learner has seen are due, of one course where one is named."""
        statement = select(func.count()).where(
            CardMemoryRow.learner_id == learner_id, CardMemoryRow.due_at <= at
        )
        if course_id is not None:
            statement = statement.where(CardMemoryRow.course_id == course_id)
        return await self._session.scalar(statement) or 0
