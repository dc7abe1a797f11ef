"""The event bus of a process: observers are told what happened, after it has.

What happened is a row until every observer has heard of it: the row goes in the transaction in
which they write what they make of it. So nothing that was accepted is lost, and nothing told twice.
"""

import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifications.events import Event, EventKind
from storage.database import MAINTENANCE, Database
from storage.repositories.announcements import AnnouncementRepository, WaitingAnnouncement

logger = logging.getLogger(__name__)

Observer = Callable[[AsyncSession, Event], Awaitable[None]]
"""Writes what follows from an event, in the session's transaction."""
TOLD_AT_ONCE = 50
GIVEN_UP_AFTER = 20
"""Attempts; the pauses between them double from two seconds to an hour."""


class EventBus:
    """Tells each event to those who observe its kind, in the order they came."""

    def __init__(self) -> None:
        self._observers: list[tuple[frozenset[EventKind], Observer]] = []

    def observe(self, observer: Observer, *kinds: EventKind) -> None:
        """Has an observer told of these kinds, or of all where none is named."""
        self._observers.append((frozenset(kinds or EventKind), observer))

    async def tell(self, session: AsyncSession, event: Event) -> None:
        """Tells an event to all that observe it."""
        for kinds, observer in self._observers:
            if event.kind in kinds:
                await observer(session, event)


class EventTeller:
    """Takes what was announced, the oldest first, and has the bus tell it."""

    def __init__(self, database: Database, bus: EventBus) -> None:
        self._database = database
        self._bus = bus

    async def tell_waiting(self) -> int:
        """Tells some of what waits; how many were taken in hand.

        An event whose telling fails is tried again later, and holds no other up. What another
        process tells at this moment is left to it.

        Raises:
            StorageUnavailableError: when PostgreSQL is lost; all of it waits on.
        """
        told = 0
        while told < TOLD_AT_ONCE and await self._tell_next():
            told += 1
        return told

    async def _tell_next(self) -> bool:
        async with self._database.transaction(MAINTENANCE) as session:
            announcements = AnnouncementRepository(session)
            waiting = await announcements.take()
            if waiting is None:
                return False
            try:
                async with session.begin_nested():
                    await self._bus.tell(session, _event(waiting))
            except Exception as error:  # an observer's fault must not keep the others' events back
                logger.exception("announcement %s (%s) could not be told", waiting.id, waiting.kind)
                await announcements.postpone(
                    waiting.id, f"{type(error).__name__}: {error}", given_up_after=GIVEN_UP_AFTER
                )
            else:
                await announcements.delete(waiting.id)
        return True


def _event(waiting: WaitingAnnouncement) -> Event:
    return Event(
        id=waiting.id,
        kind=EventKind(waiting.kind),
        course_id=waiting.course_id,
        payload=waiting.payload,
        occurred_at=waiting.created_at,
    )
