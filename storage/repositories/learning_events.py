"""The log of learning: rows that are only ever added, under pseudonyms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import LearningEvent
from storage.database import raw_connection

OLDEST_OPEN = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
SELECTED = """
SELECT sequence, transaction_id, event_id, course_id, learner_key, kind, version, occurred_at,
       payload::text AS payload
FROM learning_events
"""
OF_SEQUENCES = f"{SELECTED} WHERE sequence = ANY ($1) ORDER BY transaction_id, sequence"
AFTER = f"""
{SELECTED}
WHERE (transaction_id, sequence) > ($1, $2) AND transaction_id < {OLDEST_OPEN}
ORDER BY transaction_id, sequence LIMIT $3
"""
"""Below the oldest open transaction: that one may still add rows with lower sequences."""

IS_FOREIGN = text("""
SELECT EXISTS (
    SELECT FROM learning_events
    WHERE transaction_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
)
""")
"""Whether a row is of a transaction that this server is still to begin: the rows were restored
from another server, whose numbers stood higher."""
FORGET_TRANSACTIONS = (
    """
UPDATE learning_record_stores AS stores
SET transaction_id = 0, sequence = coalesce(
    (SELECT min(events.sequence) - 1 FROM learning_events AS events
     WHERE (events.transaction_id, events.sequence) > (stores.transaction_id, stores.sequence)),
    (SELECT max(events.sequence) FROM learning_events AS events), 0)
""",
    "UPDATE learning_events SET transaction_id = 0",
    "UPDATE event_projections SET version = ''",
)
"""Puts all events before those to come, and has them read anew, each store from the first that it
was not told of; for the maintenance role."""
AT_THE_END = text(f"SELECT {OLDEST_OPEN} - 1")
LAST_SEQUENCE = 2**63 - 1


ADD = insert(LearningEvent).on_conflict_do_nothing(index_elements=["event_id"])


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be added; of the same `event_id` there is one at most."""

    event_id: UUID
    kind: str
    version: int
    payload: Mapping[str, Any]


class Position(NamedTuple):
    """A place in the log; what comes after it is not read yet."""

    transaction_id: int = 0
    sequence: int = 0


class StoredEvent(NamedTuple):
    """A row of the log; the payload is JSON, of the version that it says."""

    position: Position
    event_id: UUID
    course_id: UUID
    learner_key: UUID
    kind: str
    version: int
    occurred_at: datetime
    payload: str


class LearningEventRepository:
    """Adds rows to `learning_events`, in the transaction of what they tell of, and reads them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def learner_key(self, user_id: UUID) -> UUID:
        """The pseudonym of a person; one is made for who has none."""
        found: Any = await self._session.scalar(select(func.neuroshiksha_learner_key(user_id)))
        return UUID(int=found.int)

    async def learner_keys(self, user_ids: Iterable[UUID]) -> dict[UUID, UUID]:
        """The pseudonyms of those people who have one."""
        statement = text("SELECT user_id, learner_key FROM neuroshiksha_learner_keys(:people)")
        rows = await self._session.execute(statement, {"people": list(user_ids)})
        return {UUID(int=user.int): UUID(int=key.int) for user, key in rows}

    async def add(
        self,
        course_id: UUID,
        learner_key: UUID,
        occurred_at: datetime,
        events: Sequence[NewEvent],
    ) -> None:
        """Adds events in their order; one that is there already is not added again."""
        if events:
            rows = [_row(course_id, learner_key, occurred_at, event) for event in events]
            await self._session.execute(ADD, rows)

    async def add_once(
        self, course_id: UUID, learner_key: UUID, occurred_at: datetime, event: NewEvent
    ) -> bool:
        """Adds an event; False, with nothing added, where it is there already."""
        statement = ADD.values(**_row(course_id, learner_key, occurred_at, event))
        added = await self._session.scalar(statement.returning(LearningEvent.sequence))
        return added is not None

    async def after(self, position: Position, limit: int) -> list[StoredEvent]:
        """Events after a place in the log that no open transaction can still come before."""
        connection = await raw_connection(self._session)
        rows = await connection.fetch(AFTER, position.transaction_id, position.sequence, limit)
        return [_stored(row) for row in rows]

    async def is_foreign(self) -> bool:
        """Whether some rows were restored from a server whose transactions had higher numbers."""
        return bool(await self._session.scalar(IS_FOREIGN))

    async def settle(self) -> None:
        """Puts all rows before those to come, by the maintenance role; readers begin anew."""
        for statement in map(text, FORGET_TRANSACTIONS):
            await self._session.execute(statement)

    async def end(self) -> Position:
        """The place after which comes what is told from now on."""
        return Position(await self._session.scalar(AT_THE_END) or 0, LAST_SEQUENCE)

    async def of_sequences(self, sequences: Sequence[int]) -> list[StoredEvent]:
        """The events of these sequences, in the order of the log."""
        connection = await raw_connection(self._session)
        return [_stored(row) for row in await connection.fetch(OF_SEQUENCES, list(sequences))]

    async def people(self, learner_keys: Iterable[UUID]) -> dict[UUID, UUID]:
        """Who is behind pseudonyms, where they still are; for the maintenance role alone."""
        statement = text("SELECT learner_key, user_id FROM neuroshiksha_people_of(:learners)")
        rows = await self._session.execute(statement, {"learners": list(learner_keys)})
        return {UUID(int=key.int): UUID(int=user.int) for key, user in rows}


def _row(
    course_id: UUID, learner_key: UUID, occurred_at: datetime, event: NewEvent
) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "course_id": course_id,
        "learner_key": learner_key,
        "kind": event.kind,
        "version": event.version,
        "occurred_at": occurred_at,
        "payload": dict(event.payload),
    }


def _stored(row: Sequence[Any]) -> StoredEvent:
    sequence, transaction_id, *fields = row
    return StoredEvent(Position(transaction_id, sequence), *fields)
