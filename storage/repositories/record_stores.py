"""Learning record stores, how far each has been told, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import LearningRecordStore, RefusedStatement, StatementDelivery, User
from storage.constraints import is_unique_violation
from storage.errors import ConflictError, NotFoundError
from storage.repositories.learning_events import Position

Outcome = Literal["sent", "refused", "postponed"]
KEPT_DAYS = 30
PRUNE = text("""
DELETE FROM statement_deliveries WHERE attempted_at < now() - make_interval(days => :days)
""")


@dataclass(frozen=True, slots=True)
class StoredRecordStore:
    """A store, without its secret.

    Attributes:
        statement_count: Statements that it has taken.
        failures: Attempts in a row that came to nothing.
        refused_count: Statements that it does not take, left out.
    """

    id: UUID
    name: str
    endpoint: str
    key: str
    names_learners: bool
    is_active: bool
    statement_count: int
    failures: int
    next_attempt_at: datetime
    last_error: str | None
    created_at: datetime
    updated_at: datetime
    refused_count: int


@dataclass(frozen=True, slots=True)
class DueRecordStore:
    """What it takes to go on telling a store."""

    id: UUID
    endpoint: str
    key: str
    sealed_secret: bytes
    names_learners: bool
    failures: int
    position: Position


@dataclass(frozen=True, slots=True)
class Delivery:
    """An attempt to give statements to a store."""

    attempted_at: datetime
    outcome: Outcome
    statements: int
    status: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """An event whose statement a store does not take."""

    sequence: int
    refused_at: datetime
    status: int | None
    detail: str


_PLAIN = [
    getattr(LearningRecordStore, name)
    for name in StoredRecordStore.__dataclass_fields__
    if name != "refused_count"
]
_REFUSED_COUNT = (
    select(func.count())
    .where(RefusedStatement.store_id == LearningRecordStore.id)
    .scalar_subquery()
    .label("refused_count")
)


class RecordStoreRepository:
    """Rows of stores, for the maintenance role."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> list[StoredRecordStore]:
        """Every store, by name."""
        statement = select(*_PLAIN, _REFUSED_COUNT).order_by(LearningRecordStore.name)
        rows = (await self._session.execute(statement)).mappings()
        return [StoredRecordStore(**row) for row in rows]

    async def read(self, store_id: UUID) -> StoredRecordStore:
        """One store.

        Raises:
            NotFoundError: there is none.
        """
        statement = select(*_PLAIN, _REFUSED_COUNT).where(LearningRecordStore.id == store_id)
        row = (await self._session.execute(statement)).mappings().one_or_none()
        if row is None:
            raise NotFoundError("learning record store", store_id)
        return StoredRecordStore(**row)

    async def add(self, values: Mapping[str, Any], position: Position) -> UUID:
        """Adds a store that is told what comes after a place in the log.

        Raises:
            ConflictError: the name is taken.
        """
        store_id = uuid7()
        row = {
            **values,
            "id": store_id,
            "transaction_id": position.transaction_id,
            "sequence": position.sequence,
        }
        try:
            await self._session.execute(insert(LearningRecordStore).values(**row))
        except IntegrityError as error:
            _raise_taken(error, values)
        return store_id

    async def change(self, store_id: UUID, values: Mapping[str, Any]) -> None:
        """Sets fields; the next attempt is due at once.

        Raises:
            NotFoundError: there is none.
            ConflictError: the name is taken.
        """
        statement = (
            update(LearningRecordStore)
            .where(LearningRecordStore.id == store_id)
            .values(**values, next_attempt_at=func.now())
            .returning(LearningRecordStore.id)
        )
        try:
            if await self._session.scalar(statement) is None:
                raise NotFoundError("learning record store", store_id)
        except IntegrityError as error:
            _raise_taken(error, values)

    async def remove(self, store_id: UUID) -> None:
        """Removes a store with its log.

        Raises:
            NotFoundError: there is none.
        """
        statement = delete(LearningRecordStore).where(LearningRecordStore.id == store_id)
        gone = await self._session.scalar(statement.returning(LearningRecordStore.id))
        if gone is None:
            raise NotFoundError("learning record store", store_id)

    async def due(self) -> list[UUID]:
        """Stores that may be told something now."""
        statement = select(LearningRecordStore.id).where(
            LearningRecordStore.is_active, LearningRecordStore.next_attempt_at <= func.now()
        )
        return list(await self._session.scalars(statement))

    async def open(self, store_id: UUID) -> DueRecordStore | None:
        """A store that is to be told; None where it is gone or stopped meanwhile."""
        row = await self._session.get(LearningRecordStore, store_id)
        if row is None or not row.is_active:
            return None
        position = Position(row.transaction_id, row.sequence)
        return DueRecordStore(
            row.id,
            row.endpoint,
            row.key,
            row.sealed_secret,
            row.names_learners,
            row.failures,
            position,
        )

    async def advance(self, store_id: UUID, position: Position, statements: int) -> None:
        """Notes how far a store has been told, and that it answers."""
        statement = (
            update(LearningRecordStore)
            .where(LearningRecordStore.id == store_id)
            .values(
                transaction_id=position.transaction_id,
                sequence=position.sequence,
                statement_count=LearningRecordStore.statement_count + statements,
                failures=0,
                last_error=None,
            )
        )
        await self._session.execute(statement)

    async def postpone(self, store_id: UUID, pause: timedelta, error: str) -> None:
        """Notes a failure, and when to try again."""
        statement = (
            update(LearningRecordStore)
            .where(LearningRecordStore.id == store_id)
            .values(
                failures=LearningRecordStore.failures + 1,
                next_attempt_at=func.now() + pause,
                last_error=error,
            )
        )
        await self._session.execute(statement)

    async def log(
        self,
        store_id: UUID,
        outcome: Outcome,
        statements: int,
        status: int | None,
        detail: str = "",
    ) -> None:
        """Adds a line to the log of deliveries; lines of a month ago go."""
        row = {
            "store_id": store_id,
            "outcome": outcome,
            "statements": statements,
            "status": status,
            "detail": detail,
        }
        await self._session.execute(PRUNE, {"days": KEPT_DAYS})
        await self._session.execute(insert(StatementDelivery).values(**row))

    async def refuse(self, store_id: UUID, sequence: int, status: int | None, detail: str) -> None:
        """Notes that a store does not take the statement of an event."""
        row = {"store_id": store_id, "sequence": sequence, "status": status, "detail": detail}
        statement = upsert(RefusedStatement).values(**row)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["store_id", "sequence"],
                set_={"status": status, "detail": detail, "refused_at": func.now()},
            )
        )

    async def accept(self, store_id: UUID, sequence: int) -> None:
        """Forgets that a statement was refused."""
        statement = delete(RefusedStatement).where(
            RefusedStatement.store_id == store_id, RefusedStatement.sequence == sequence
        )
        await self._session.execute(statement)

    async def deliveries(self, store_id: UUID, limit: int) -> list[Delivery]:
        """The last attempts, the latest first."""
        columns = [getattr(StatementDelivery, name) for name in Delivery.__dataclass_fields__]
        statement = (
            select(*columns)
            .where(StatementDelivery.store_id == store_id)
            .order_by(StatementDelivery.id.desc())
            .limit(limit)
        )
        return [Delivery(*row) for row in await self._session.execute(statement)]

    async def refused(self, store_id: UUID, limit: int) -> list[RefusedEvent]:
        """Statements that a store does not take, in the order of the log."""
        columns = [getattr(RefusedStatement, name) for name in RefusedEvent.__dataclass_fields__]
        statement = (
            select(*columns)
            .where(RefusedStatement.store_id == store_id)
            .order_by(RefusedStatement.sequence)
            .limit(limit)
        )
        return [RefusedEvent(*row) for row in await self._session.execute(statement)]

    async def people(self, user_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
        """Names and addresses of people."""
        statement = select(User.id, User.display_name, User.email).where(
            User.id.in_(list(user_ids))
        )
        rows = await self._session.execute(statement)
        return {user_id: (name, email) for user_id, name, email in rows}


def _raise_taken(error: IntegrityError, values: Mapping[str, Any]) -> None:
    if not is_unique_violation(error):
        raise error
    raise ConflictError("learning record store", "name", values.get("name")) from error
