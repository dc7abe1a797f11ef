"""Hands what is due to the channels, person by person; retried where one does not take it."""

import logging
from collections.abc import Iterable

from services.notifications.channels import (
    Channel,
    ChannelRefusedError,
    ChannelUnavailableError,
    Recipient,
    Told,
)
from storage.database import MAINTENANCE, Database
from storage.repositories.notifications import (
    DueDelivery,
    NotificationRepository,
    StoredNotification,
)

logger = logging.getLogger(__name__)

DELIVERED_AT_ONCE = 20
TOGETHER_AT_MOST = 100
GIVEN_UP_AFTER = 50
"""Attempts: with pauses from half a minute to an hour, about two days."""


class NotificationDelivery:
    """Delivers through the channels that are registered."""

    def __init__(self, database: Database, channels: Iterable[Channel]) -> None:
        self._database = database
        self._channels = {channel.name: channel for channel in channels}

    async def deliver_due(self) -> int:
        """Delivers some of what is due; for how many people and channels.

        What another process delivers at this moment is left to it.
        """
        delivered = 0
        while delivered < DELIVERED_AT_ONCE and await self._deliver_next():
            delivered += 1
        return delivered

    async def _deliver_next(self) -> bool:
        async with self._database.transaction(MAINTENANCE) as session:
            notifications = NotificationRepository(session)
            due = await notifications.take_due(TOGETHER_AT_MOST)
            if due is None:
                return False
            channel = self._channels.get(due.channel)
            if channel is None:
                await notifications.end(due, f"there is no channel {due.channel!r}")
                return True
            try:
                async with session.begin_nested():
                    await channel.deliver(session, _recipient(due), _told(due))
            except ChannelUnavailableError as error:
                logger.warning("notifications by %s have to wait: %s", due.channel, error)
                await notifications.postpone(due, str(error), given_up_after=GIVEN_UP_AFTER)
            except ChannelRefusedError as error:
                logger.warning("notifications by %s are refused: %s", due.channel, error)
                await notifications.end(due, str(error))
            else:
                await notifications.end(due, None)
        return True


def _recipient(due: DueDelivery) -> Recipient:
    return Recipient(due.user_id, due.email, due.display_name)


def _told(due: DueDelivery) -> list[Told]:
    return [told_of(one) for one in due.notifications]


def told_of(stored: StoredNotification) -> Told:
    """A notification as channels get it."""
    return Told(
        id=stored.id,
        kind=stored.kind,
        course_title=stored.course_title,
        course_slug=stored.course_slug,
        payload=stored.payload,
        created_at=stored.created_at,
    )
