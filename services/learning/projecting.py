"""The projector: reads the log of learning and keeps the read models in step with it."""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from pedagogy.events.errors import UnreadableEventError
from pedagogy.events.read_models import LoggedEvent, ReadModelChanges
from pedagogy.events.upcasting import read_event
from storage.database import MAINTENANCE, Database
from storage.repositories.learning_events import LearningEventRepository, Position, StoredEvent
from storage.repositories.projections import Checkpoint, ProjectionRepository

logger = logging.getLogger(__name__)

NAME = "read_models"
RULES_VERSION = 1
"""Raised where the rules of `pedagogy.events.read_models` change: all is then made anew."""
FETCHED_AT_ONCE = 5_000
EVENTS_PER_WRITE = 50_000

IsStopping = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class ProjectionStatus:
    """How far the projector has come.

    Attributes:
        checkpoint: None where it never ran.
        waiting: Events that it has not read.
        unreadable: Kind, version and number of events that it left out.
    """

    checkpoint: Checkpoint | None
    waiting: int
    unreadable: tuple[tuple[str, int, int], ...]


class EventProjector:
    """Brings the read models up to date; one at a time, whichever process it runs in.

    It reads only what no open transaction can still come before, so that no event is skipped, and
    writes what the events add up to in the transaction that says how far it has read, so that none
    counts twice.
    """

    def __init__(
        self,
        database: Database,
        zone: ZoneInfo,
        *,
        fetched_at_once: int = FETCHED_AT_ONCE,
        events_per_write: int = EVENTS_PER_WRITE,
    ) -> None:
        """Takes the time zone of the school, which its days are of."""
        self._database = database
        self._zone = zone
        self._version = f"{RULES_VERSION}/{zone.key}"
        self._fetched_at_once = fetched_at_once
        self._events_per_write = events_per_write

    async def project(self, is_stopping: IsStopping = lambda: False) -> int:
        """Reads what is new; how many events. Does nothing while another projector is at it.

        Where the rules or the time zone have changed, or the log was restored from elsewhere, the
        read models are made anew.
        """
        total = 0
        while not is_stopping():
            async with self._database.transaction(MAINTENANCE) as session:
                projection = ProjectionRepository(session, NAME)
                checkpoint = await projection.claim(waits=False)
                if checkpoint is None:
                    return total
                log = LearningEventRepository(session)
                if await log.is_foreign():
                    await log.settle()
                elif checkpoint.version == self._version:
                    count, _ = await self._advance(session, projection, checkpoint)
                    total += count
                    if count < self._events_per_write:
                        return total
                    continue
                return total + await self._rebuild(session, projection)
        return total

    async def rebuild(self) -> int:
        """Makes the read models anew from the first event; how many events were read.

        Waits for a projector that is at work. Readers see the former rows until it is done.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            projection = ProjectionRepository(session, NAME)
            await projection.claim(waits=True)
            log = LearningEventRepository(session)
            if await log.is_foreign():
                await log.settle()
            return await self._rebuild(session, projection)

    async def status(self) -> ProjectionStatus:
        """How far it has come."""
        async with self._database.transaction(MAINTENANCE) as session:
            projection = ProjectionRepository(session, NAME)
            checkpoint = await projection.read()
            position = Position() if checkpoint is None else checkpoint.position
            waiting = await projection.waiting(position)
            return ProjectionStatus(checkpoint, waiting, tuple(await projection.unreadable()))

    async def _rebuild(self, session: AsyncSession, projection: ProjectionRepository) -> int:
        await projection.clear()
        checkpoint, total = Checkpoint(self._version, Position(), 0), 0
        while True:
            with collection_paused():
                count, checkpoint = await self._advance(
                    session, projection, checkpoint, is_rebuilt=True
                )
            total += count
            if count < self._events_per_write:
                return total

    async def _advance(
        self,
        session: AsyncSession,
        projection: ProjectionRepository,
        checkpoint: Checkpoint,
        *,
        is_rebuilt: bool = False,
    ) -> tuple[int, Checkpoint]:
        """Reads and adds up to `events_per_write` events; how many, and how far that is."""
        log, changes = LearningEventRepository(session), ReadModelChanges(self._zone)
        position, count = checkpoint.position, 0
        refused: list[tuple[int, UnreadableEventError]] = []
        while count < self._events_per_write:
            limit = min(self._fetched_at_once, self._events_per_write - count)
            rows = await log.after(position, limit)
            for row in rows:
                try:
                    changes.add(_logged(row))
                except UnreadableEventError as error:
                    refused.append((row.position.sequence, error))
            count += len(rows)
            if rows:
                position = rows[-1].position
            if len(rows) < limit:
                break
        reached = Checkpoint(self._version, position, checkpoint.event_count + count)
        if count or is_rebuilt:
            await projection.add(changes)
            await projection.refuse(refused)
            await projection.save(reached, is_rebuilt=is_rebuilt)
        if refused:
            logger.warning("%s learning events cannot be read: %s", len(refused), refused[0][1])
        return count, reached


@contextmanager
def collection_paused() -> Iterator[None]:
    """No search for cyclic garbage in this process for the seconds that it takes.

    Adding events up makes many objects and no cycles; to look through them all again and again
    took a third of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _logged(row: StoredEvent) -> LoggedEvent:
    event = read_event(row.kind, row.version, row.payload)
    return LoggedEvent(
        row.position.sequence, row.course_id, row.learner_key, row.occurred_at, event
    )
