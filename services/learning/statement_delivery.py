"""Telling learning record stores: the log is the outbox, each store has its place in it."""

import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from connectors.xapi.errors import (
    RecordStoreError,
    RecordStoreRefusesUsError,
    RecordStoreUnavailableError,
    StatementsRefusedError,
)
from connectors.xapi.record_store import RecordStoreAddress, send_statements
from connectors.xapi.statements import Person, Statement, StatementWriter, ToldEvent
from pedagogy.events.errors import UnreadableEventError
from pedagogy.events.upcasting import read_event
from services.secret_box import SecretBox, UnreadableSecretError
from storage.database import MAINTENANCE, Database
from storage.errors import LockTakenError
from storage.locks import HeldLock, named_lock
from storage.repositories.learning_events import LearningEventRepository, StoredEvent
from storage.repositories.record_stores import DueRecordStore, RecordStoreRepository

logger = logging.getLogger(__name__)

EVENTS_AT_ONCE = 50
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 3600.0
REFUSED_AT_ONCE = 200

IsStopping = Callable[[], bool]
Send = Callable[[RecordStoreAddress, Sequence[Statement]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event with its statement."""

    sequence: int
    statement: Statement


class StatementDelivery:
    """Tells each store all events in the order of the log, one sender at a time.

    A statement has the id of its event, so what is sent again after a crash changes nothing there.
    While a store is away everything waits; a statement that it refuses is put aside, and the rest
    goes on.
    """

    def __init__(
        self,
        database: Database,
        box: SecretBox,
        writer: StatementWriter,
        send: Send = send_statements,
    ) -> None:
        self._database = database
        self._box = box
        self._writer = writer
        self._send = send

    async def deliver(self, is_stopping: IsStopping = lambda: False) -> int:
        """Tells every store that is due what it was not told; how many statements were taken."""
        async with self._database.transaction(MAINTENANCE) as session:
            due = await RecordStoreRepository(session).due()
        taken = 0
        for store_id in due:
            try:
                async with self._lock(store_id) as lock:
                    while not is_stopping():
                        count = await self._go_on(store_id, lock)
                        if count is None:
                            break
                        taken += count
            except LockTakenError:
                continue
        return taken

    async def retry_refused(self, store_id: UUID) -> None:
        """Offers a store again what it refused, one statement at a time.

        Raises:
            LockTakenError: it is being told something for too long.
        """
        async with self._lock(store_id, wait_seconds=10) as lock:
            async with self._database.transaction(MAINTENANCE) as session:
                stores = RecordStoreRepository(session)
                store = await stores.open(store_id)
                refused = await stores.refused(store_id, REFUSED_AT_ONCE)
                log = LearningEventRepository(session)
                rows = await log.of_sequences([one.sequence for one in refused])
            if store is None:
                return
            for outgoing in await self._outgoing(store, rows):
                if not await self._offered_again(store, outgoing, lock):
                    return

    def _lock(
        self, store_id: UUID, wait_seconds: float = 0.0
    ) -> AbstractAsyncContextManager[HeldLock]:
        return named_lock(
            self._database, f"learning record store:{store_id}", wait_seconds=wait_seconds
        )

    async def _go_on(self, store_id: UUID, lock: HeldLock) -> int | None:
        """Tells the next events; None where there are none, or the store does not answer."""
        async with self._database.transaction(MAINTENANCE) as session:
            store = await RecordStoreRepository(session).open(store_id)
            if store is None:
                return None
            rows = await LearningEventRepository(session).after(store.position, EVENTS_AT_ONCE)
        if not rows:
            return None
        outgoing = await self._outgoing(store, rows)
        try:
            taken = await self._told(store, outgoing, lock)
        except (RecordStoreError, UnreadableSecretError) as error:
            await self._postpone(store, len(outgoing), error)
            return None
        async with self._database.transaction(MAINTENANCE) as session:
            await lock.confirm(session)
            stores = RecordStoreRepository(session)
            await stores.advance(store_id, rows[-1].position, taken)
        return taken

    async def _told(
        self, store: DueRecordStore, outgoing: Sequence[Outgoing], lock: HeldLock
    ) -> int:
        """How many of the statements the store took; those that it refuses are put aside.

        Raises:
            RecordStoreError: it does not answer, or not us.
        """
        if not outgoing:
            return 0
        try:
            status = await self._send(self._address(store), [each.statement for each in outgoing])
        except StatementsRefusedError as error:
            if len(outgoing) > 1:
                half = len(outgoing) // 2
                first = await self._told(store, outgoing[:half], lock)
                return first + await self._told(store, outgoing[half:], lock)
            await self._refuse(store, outgoing[0], error, lock)
            return 0
        async with self._database.transaction(MAINTENANCE) as session:
            await lock.confirm(session)
            await RecordStoreRepository(session).log(store.id, "sent", len(outgoing), status)
        return len(outgoing)

    async def _offered_again(
        self, store: DueRecordStore, outgoing: Outgoing, lock: HeldLock
    ) -> bool:
        """Whether it is worth going on."""
        try:
            taken = await self._told(store, [outgoing], lock)
        except (RecordStoreError, UnreadableSecretError) as error:
            await self._postpone(store, 1, error)
            return False
        if taken:
            async with self._database.transaction(MAINTENANCE) as session:
                await RecordStoreRepository(session).accept(store.id, outgoing.sequence)
        return True

    async def _refuse(
        self,
        store: DueRecordStore,
        outgoing: Outgoing,
        error: StatementsRefusedError,
        lock: HeldLock,
    ) -> None:
        logger.warning("a learning record store refuses event %s: %s", outgoing.sequence, error)
        async with self._database.transaction(MAINTENANCE) as session:
            await lock.confirm(session)
            stores = RecordStoreRepository(session)
            await stores.refuse(store.id, outgoing.sequence, error.status, str(error))
            await stores.log(store.id, "refused", 1, error.status, str(error))

    async def _postpone(
        self,
        store: DueRecordStore,
        statements: int,
        error: RecordStoreError | UnreadableSecretError,
    ) -> None:
        """Waits twice as long after each failure, or as long as the store asks for."""
        seconds = min(FIRST_PAUSE_SECONDS * 2 ** min(store.failures, 20), LONGEST_PAUSE_SECONDS)
        seconds *= random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        if isinstance(error, RecordStoreUnavailableError) and error.pause_seconds:
            seconds = min(max(seconds, error.pause_seconds), 24 * LONGEST_PAUSE_SECONDS)
        report = logger.error if isinstance(error, RecordStoreRefusesUsError) else logger.warning
        report("a learning record store is told again in %.0f s: %s", seconds, error)
        status = error.status if isinstance(error, RecordStoreError) else None
        async with self._database.transaction(MAINTENANCE) as session:
            stores = RecordStoreRepository(session)
            await stores.postpone(store.id, timedelta(seconds=seconds), str(error))
            await stores.log(store.id, "postponed", statements, status, str(error))

    async def _outgoing(self, store: DueRecordStore, rows: Sequence[StoredEvent]) -> list[Outgoing]:
        people = await self._people(rows) if store.names_learners else {}
        outgoing = []
        for row in rows:
            try:
                event = read_event(row.kind, row.version, row.payload)
            except UnreadableEventError:
                continue  # the projector names it
            told = ToldEvent(row.event_id, row.course_id, row.learner_key, row.occurred_at, event)
            statement = self._writer.statement(told, people.get(row.learner_key))
            if statement is not None:
                outgoing.append(Outgoing(row.position.sequence, statement))
        return outgoing

    async def _people(self, rows: Sequence[StoredEvent]) -> dict[UUID, Person]:
        """Who is behind pseudonyms, for a store that may know; who was erased is nobody."""
        async with self._database.transaction(MAINTENANCE) as session:
            log, stores = LearningEventRepository(session), RecordStoreRepository(session)
            users = await log.people({row.learner_key for row in rows})
            named = await stores.people(users.values())
        return {key: Person(*named[user_id]) for key, user_id in users.items() if user_id in named}

    def _address(self, store: DueRecordStore) -> RecordStoreAddress:
        secret = self._box.open(store.sealed_secret).decode()
        return RecordStoreAddress(store.endpoint, store.key, secret)
