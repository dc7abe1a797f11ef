"""Learning record stores as admins set them up, and what came of telling them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.actors import Actor
from services.learning.statement_delivery import StatementDelivery
from services.secret_box import SecretBox
from storage.database import MAINTENANCE, Database
from storage.repositories.audit import AuditRepository
from storage.repositories.learning_events import LearningEventRepository, Position
from storage.repositories.record_stores import (
    Delivery,
    RecordStoreRepository,
    RefusedEvent,
    StoredRecordStore,
)

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class NewRecordStore:
    """A store to be told.

    Attributes:
        names_learners: Whether it is told names and addresses instead of pseudonyms.
        from_the_start: Whether it is told what happened before, too.
    """

    name: str
    endpoint: str
    key: str
    secret: str
    names_learners: bool = False
    from_the_start: bool = False


@dataclass(frozen=True, slots=True)
class RecordStoreLog:
    """The last deliveries of a store, and statements that it does not take."""

    store: StoredRecordStore
    deliveries: tuple[Delivery, ...]
    refused: tuple[RefusedEvent, ...]


class RecordStoreService:
    """Admins say which systems are told of learning; all of it is in the audit trail."""

    def __init__(self, database: Database, box: SecretBox, delivery: StatementDelivery) -> None:
        self._database = database
        self._box = box
        self._delivery = delivery

    async def every(self, actor: Actor) -> list[StoredRecordStore]:
        """Every store.

        Raises:
            PermissionDeniedError: for anyone but an admin.
        """
        actor.require("admin", action="see learning record stores")
        async with self._database.transaction(MAINTENANCE) as session:
            return await RecordStoreRepository(session).all()

    async def add(self, actor: Actor, new: NewRecordStore) -> StoredRecordStore:
        """Adds a store; it is told from now on, or of everything.

        Raises:
            PermissionDeniedError: for anyone but an admin.
            ConflictError: the name is taken.
        """
        actor.require("admin", action="add learning record stores")
        values = {
            "name": new.name,
            "endpoint": new.endpoint,
            "key": new.key,
            "sealed_secret": self._box.seal(new.secret.encode()),
            "names_learners": new.names_learners,
        }
        async with self._database.transaction(MAINTENANCE) as session:
            log = LearningEventRepository(session)
            position = Position() if new.from_the_start else await log.end()
            stores = RecordStoreRepository(session)
            store_id = await stores.add(values, position)
            details = {"name": new.name, "names_learners": new.names_learners}
            await _record(session, "record_store.add", actor, store_id, details)
            return await stores.read(store_id)

    async def change(
        self, actor: Actor, store_id: UUID, values: Mapping[str, Any]
    ) -> StoredRecordStore:
        """Sets the given fields; it is tried again at once.

        Raises:
            PermissionDeniedError: for anyone but an admin.
            NotFoundError: there is no such store.
            ConflictError: the name is taken.
        """
        actor.require("admin", action="change learning record stores")
        changed = dict(values)
        if "secret" in changed:
            changed["sealed_secret"] = self._box.seal(changed.pop("secret").encode())
        async with self._database.transaction(MAINTENANCE) as session:
            stores = RecordStoreRepository(session)
            await stores.change(store_id, changed)
            details = {"fields": sorted(values)}
            await _record(session, "record_store.change", actor, store_id, details)
            return await stores.read(store_id)

    async def remove(self, actor: Actor, store_id: UUID) -> None:
        """Removes a store; what it was told stays there.

        Raises:
            PermissionDeniedError: for anyone but an admin.
            NotFoundError: there is no such store.
        """
        actor.require("admin", action="remove learning record stores")
        async with self._database.transaction(MAINTENANCE) as session:
            await RecordStoreRepository(session).remove(store_id)
            await _record(session, "record_store.remove", actor, store_id, {})

    async def log(self, actor: Actor, store_id: UUID) -> RecordStoreLog:
        """What came of telling a store, of the last month.

        Raises:
            PermissionDeniedError: for anyone but an admin.
            NotFoundError: there is no such store.
        """
        actor.require("admin", action="see learning record stores")
        async with self._database.transaction(MAINTENANCE) as session:
            stores = RecordStoreRepository(session)
            store = await stores.read(store_id)
            deliveries = await stores.deliveries(store_id, MOST_SHOWN)
            refused = await stores.refused(store_id, MOST_SHOWN)
        return RecordStoreLog(store, tuple(deliveries), tuple(refused))

    async def retry(self, actor: Actor, store_id: UUID) -> RecordStoreLog:
        """Offers a store again what it did not take, and tells what came of it.

        Raises:
            PermissionDeniedError: for anyone but an admin.
            NotFoundError: there is no such store.
        """
        actor.require("admin", action="retry learning record stores")
        async with self._database.transaction(MAINTENANCE) as session:
            await RecordStoreRepository(session).read(store_id)
        await self._delivery.retry_refused(store_id)
        return await self.log(actor, store_id)


async def _record(
    session: AsyncSession,
    action: str,
    actor: Actor,
    store_id: UUID,
    details: Mapping[str, Any],
) -> None:
    await AuditRepository(session).record(
        action, actor_id=actor.user_id, subject=str(store_id), details=dict(details)
    )
