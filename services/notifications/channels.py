"""Ways to reach a person. A new one is a class with these members, and a line in `bootstrap`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.accounts.outbox import queue_notifications


class ChannelError(Exception):
    """A channel did not take what it was given.

    ```
    ChannelError
    ├── ChannelUnavailableError    try again later
    └── ChannelRefusedError        give up: it will never be taken
    ```
    """


class ChannelUnavailableError(ChannelError):
    """It does not take anything now; later it may."""


class ChannelRefusedError(ChannelError):
    """It will not take this however often it is sent."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told."""

    user_id: UUID
    email: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notification as a channel gets it."""

    id: UUID
    kind: str
    course_title: str | None
    course_slug: str | None
    payload: dict[str, Any]
    created_at: datetime


class Channel(Protocol):
    """Brings notifications to a person.

    Waits for digests and quiet hours are over when it is called; several that wait for one person
    come together. What it writes through the session commits with the note that it was done. It
    may be called twice for the same notifications, where a process dies in between.
    """

    @property
    def name(self) -> str:
        """What people choose it by; stored."""
        ...

    async def deliver(
        self, session: AsyncSession, recipient: Recipient, told: Sequence[Told]
    ) -> None:
        """Brings notifications, the oldest first.

        Raises:
            ChannelUnavailableError: when it should be tried again later.
            ChannelRefusedError: when it should not.
        """
        ...


class MailChannel:
    """Sends one mail for all that waits, by the outbox of mails and its retries."""

    name = "email"

    async def deliver(
        self, session: AsyncSession, recipient: Recipient, told: Sequence[Told]
    ) -> None:
        """Queues the mail in the same transaction."""
        await queue_notifications(session, recipient.email, [one.id for one in told])
