"""Writing the events of learning, in the transaction of what they tell of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from pedagogy.events.kinds import EVENT_IDS, LearningEvent, MasteryEstimated
from pedagogy.mastery.knowledge_tracing import Mastery
from storage.repositories.learning_events import LearningEventRepository, NewEvent


async def tell(
    session: AsyncSession,
    course_id: UUID,
    learner_id: UUID,
    occurred_at: datetime,
    events: Sequence[LearningEvent],
) -> None:
    """Writes events of a learner into the log, in the caller's transaction.

    What is told twice of one act is one event.
    """
    if not events:
        return
    log = LearningEventRepository(session)
    key = await log.learner_key(learner_id)
    told = [
        NewEvent(event.id_for(key) or uuid7(), event.kind, event.VERSION, event.payload)
        for event in events
    ]
    await log.add(course_id, key, occurred_at, told)


async def tell_once(
    session: AsyncSession,
    course_id: UUID,
    learner_id: UUID,
    occurred_at: datetime,
    event: LearningEvent,
    *,
    idempotency_key: str | None,
) -> bool:
    """Writes an event unless the learner's request of that key has written it; whether it did."""
    log = LearningEventRepository(session)
    key = await log.learner_key(learner_id)
    event_id = uuid7()
    if idempotency_key is not None:
        event_id = uuid5(EVENT_IDS, f"{event.kind}\n{key}\n{idempotency_key}")
    new = NewEvent(event_id, event.kind, event.VERSION, event.payload)
    return await log.add_once(course_id, key, occurred_at, new)


def estimated_events(traced: Mapping[UUID, Mastery]) -> list[MasteryEstimated]:
    """The events that tell what is believed of concepts by now."""
    return [
        MasteryEstimated(
            concept_id=concept_id,
            probability=round(mastery.probability, 6),
            answer_count=mastery.answer_count,
        )
        for concept_id, mastery in traced.items()
    ]
