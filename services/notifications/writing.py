"""Writes who is told of an event, and through which channels; an observer of the event bus."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.notifications.events import Event, EventKind
from services.notifications.preferences import Digest, Preferences, QuietHours
from storage.repositories.notifications import (
    Addressee,
    NewNotification,
    NotificationRepository,
    StoredSettings,
)

PAGE = "page"
"""What stands on the page is the notification itself; it needs no delivery, and never waits."""
PEOPLE_AT_ONCE = 1_000
INGEST = "ingest"
"""An upload that is read shows itself, and a folder is hundreds of them; failures are told."""
URGENT = frozenset({EventKind.PASSWORD_CHANGED})
"""Neither digests nor quiet hours hold them back."""


class NotificationWriter:
    """Tells one person what concerns them alone, and all learners what is published."""

    def __init__(self, channels: Collection[str], clock: Callable[[], datetime]) -> None:
        self._channels = frozenset(channels)
        self._clock = clock

    async def __call__(self, session: AsyncSession, event: Event) -> None:
        """Writes what follows from an event."""
        notifications = NotificationRepository(session)
        async for people in _audience(notifications, event):
            new = [one for person in people if (one := self._for(person, event)) is not None]
            payload = dict(event.payload)
            await notifications.add(event.id, event.course_id, event.kind.value, payload, new)

    def _for(self, person: Addressee, event: Event) -> NewNotification | None:
        if event.kind is EventKind.JOB_SUCCEEDED and event.payload.get("job_kind") == INGEST:
            return None
        preferences = preferences_of(person.settings)
        chosen = preferences.channels(event.kind)
        channels = tuple(sorted(chosen & self._channels))
        if PAGE not in chosen and not channels:
            return None
        now = self._clock()
        return NewNotification(
            id=uuid7(),
            user_id=person.user_id,
            is_shown=PAGE in chosen,
            channels=channels,
            due_at=now if event.kind in URGENT else preferences.due_at(now),
        )


async def _audience(
    notifications: NotificationRepository, event: Event
) -> AsyncIterator[Sequence[Addressee]]:
    if event.user_id is not None:
        yield await notifications.person(event.user_id)
    elif event.kind is EventKind.CONTENT_PUBLISHED and event.course_id is not None:
        people = await notifications.learners(event.course_id, None, PEOPLE_AT_ONCE)
        while people:
            yield people
            last = people[-1].user_id
            people = await notifications.learners(event.course_id, last, PEOPLE_AT_ONCE)


def preferences_of(stored: StoredSettings | None) -> Preferences:
    """What a row says; the defaults where there is none."""
    if stored is None:
        return Preferences()
    quiet = None
    if stored.quiet_from_minute is not None and stored.quiet_until_minute is not None:
        quiet = QuietHours(stored.quiet_from_minute, stored.quiet_until_minute)
    return Preferences(stored.choices, _digest(stored.digest), quiet, stored.time_zone)


def _digest(stored: str) -> Digest:
    match stored:
        case "daily" | "weekly":
            return stored
        case _:
            return "off"
