"""What somebody was told, and how they want to be told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.actors import Actor
from services.errors import InvalidValueError
from services.notifications.events import EventKind
from services.notifications.preferences import Digest, Preferences, QuietHours
from services.notifications.writing import PAGE, preferences_of
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.notifications import (
    NotificationRepository,
    StoredNotification,
    StoredSettings,
)

COUNTED_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class SettingsView:
    """How somebody is told, kind by kind, and what there is to choose."""

    channels: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]
    digest: Digest
    quiet_hours: QuietHours | None
    time_zone: str


class NotificationService:
    """One reads what one was told, and chooses how."""

    def __init__(self, database: Database, channels: Collection[str]) -> None:
        self._database = database
        self._channels = (PAGE, *sorted(channels))

    async def page(
        self, actor: Actor, request: PageRequest, *, is_unread: bool
    ) -> Page[StoredNotification]:
        """What the actor was told, the newest first.

        Raises:
            InvalidCursorError: the cursor is damaged.
        """
        async with self._database.transaction(actor.scope) as session:
            return await NotificationRepository(session).page(
                actor.user_id, request, is_unread=is_unread
            )

    async def unread_count(self, actor: Actor) -> int:
        """How many the actor has not read, up to a hundred."""
        async with self._database.transaction(actor.scope) as session:
            return await NotificationRepository(session).unread_count(
                actor.user_id, COUNTED_AT_MOST
            )

    async def mark_read(self, actor: Actor, ids: Sequence[UUID] | None) -> None:
        """Marks these as read, or all of them; what is not the actor's is left alone."""
        async with self._database.transaction(actor.scope) as session:
            await NotificationRepository(session).mark_read(actor.user_id, ids)

    async def settings(self, actor: Actor) -> SettingsView:
        """How the actor is told."""
        async with self._database.transaction(actor.scope) as session:
            stored = await NotificationRepository(session).settings(actor.user_id)
        return self._view(preferences_of(stored))

    async def choose(self, actor: Actor, wanted: Preferences) -> SettingsView:
        """Sets how the actor is told.

        Raises:
            InvalidValueError: an unknown kind, channel or time zone.
        """
        self._require_known(wanted)
        quiet = wanted.quiet_hours
        stored = StoredSettings(
            choices={kind: sorted(set(names)) for kind, names in wanted.choices.items()},
            digest=wanted.digest,
            quiet_from_minute=None if quiet is None else quiet.from_minute,
            quiet_until_minute=None if quiet is None else quiet.until_minute,
            time_zone=wanted.time_zone,
        )
        async with self._database.transaction(actor.scope) as session:
            await NotificationRepository(session).put_settings(actor.user_id, stored)
        return self._view(preferences_of(stored))

    def _require_known(self, wanted: Preferences) -> None:
        for kind, names in wanted.choices.items():
            if kind not in {known.value for known in EventKind}:
                raise InvalidValueError("choices", f"There is no kind of notice {kind!r}.")
            unknown = set(names) - set(self._channels)
            if unknown:
                message = f"There is no channel {min(unknown)!r}; there are {self._channels}."
                raise InvalidValueError("choices", message)
        try:
            ZoneInfo(wanted.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            message = f"{wanted.time_zone!r} is no time zone such as Asia/Kolkata."
            raise InvalidValueError("time_zone", message) from error

    def _view(self, preferences: Preferences) -> SettingsView:
        return SettingsView(
            channels=self._channels,
            choices={
                kind.value: tuple(
                    name for name in self._channels if name in preferences.channels(kind)
                )
                for kind in EventKind
            },
            digest=preferences.digest,
            quiet_hours=preferences.quiet_hours,
            time_zone=preferences.time_zone,
        )
