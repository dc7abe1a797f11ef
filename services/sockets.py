"""WebSockets: the tickets that open one, and which are open in this process."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from services.actors import Actor
from services.errors import NotAuthenticatedError, OverloadedError
from storage.database import MAINTENANCE, Database
from storage.repositories.socket_tickets import SocketTicketRepository, TicketHolder

TICKET_LIFETIME = timedelta(seconds=30)
TICKET_BYTES = 32
RETRY_AFTER_SECONDS = 5
SHARED_OUT_FROM = 1 / 4
"""From so few free places on nobody gets more than their share of all."""


@dataclass(frozen=True, slots=True)
class SocketTicket:
    """Opens one WebSocket, once; stands in an address, where an access token must not."""

    ticket: str
    expires_in: int
    """Seconds."""


class SocketTickets:
    """Gives tickets out and takes them in, on any replica."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def issue(self, actor: Actor) -> SocketTicket:
        """A new ticket for the actor."""
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        async with self._database.connection(MAINTENANCE) as connection:
            tickets = SocketTicketRepository(connection)
            await tickets.add(_hashed(ticket), actor.user_id, actor.session_id, TICKET_LIFETIME)
        return SocketTicket(ticket, int(TICKET_LIFETIME.total_seconds()))

    async def redeem(self, ticket: str) -> TicketHolder:
        """Whose ticket it is; it is used up.

        Raises:
            NotAuthenticatedError: it is unknown, used or too old.
        """
        async with self._database.connection(MAINTENANCE) as connection:
            holder = await SocketTicketRepository(connection).use(_hashed(ticket))
        if holder is None:
            seconds = f"{TICKET_LIFETIME.total_seconds():g}"
            message = (
                f"This ticket is unknown, used, or older than {seconds} seconds."
                " Get a new one: POST /api/v1/auth/ws-ticket."
            )
            raise NotAuthenticatedError(message)
        return holder


@dataclass(slots=True, eq=False)
class OpenSocket:
    """A WebSocket and what has passed through it.

    Attributes:
        user_id: None until its ticket is taken in.
        subscriptions: What it listens to just now, by the client's own names.
    """

    opened_at: datetime
    id: UUID = field(default_factory=uuid7)
    user_id: UUID | None = None
    frames_in: int = 0
    frames_out: int = 0
    subscriptions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SocketStatistics:
    """The WebSockets of this process.

    Attributes:
        at_most: How many may be open.
        opened: How many were opened since it started, and `refused` for want of a place.
        items: Those that are open, the oldest first.
    """

    open: int
    at_most: int
    opened: int
    refused: int
    items: Sequence[OpenSocket]


class OpenSockets:
    """A bounded number of open WebSockets, the last quarter of them for those who have few.

    Attributes:
        idle_seconds: How long one may stay open on which nothing is asked or told.
    """

    def __init__(
        self, at_most: int, per_user: int, idle_seconds: float, clock: Callable[[], datetime]
    ) -> None:
        self.idle_seconds = idle_seconds
        self._at_most = at_most
        self._per_user = per_user
        self._of_user: Counter[UUID] = Counter()
        self._clock = clock
        self._open: dict[UUID, OpenSocket] = {}
        self._opened = 0
        self._refused = 0

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._open)

    @contextmanager
    def opened(self) -> Iterator[OpenSocket]:
        """A place among them, for as long as the context lasts.

        Raises:
            OverloadedError: all are taken.
        """
        if len(self._open) >= self._at_most:
            self._refused += 1
            raise OverloadedError("WebSockets", RETRY_AFTER_SECONDS)
        socket = OpenSocket(self._clock())
        self._open[socket.id] = socket
        self._opened += 1
        try:
            yield socket
        finally:
            del self._open[socket.id]
            if socket.user_id is not None:
                self._of_user[socket.user_id] -= 1
                if not self._of_user[socket.user_id]:
                    del self._of_user[socket.user_id]

    def belongs_to(self, socket: OpenSocket, user_id: UUID) -> None:
        """Counts an open one as that user's.

        Raises:
            OverloadedError: places are few, and the user has their share of them.
        """
        free_before = self._at_most - len(self._open) + 1
        has_share = self._of_user[user_id] >= self._per_user
        if has_share and free_before <= self._at_most * SHARED_OUT_FROM:
            self._refused += 1
            raise OverloadedError("WebSockets of yours", RETRY_AFTER_SECONDS)
        socket.user_id = user_id
        self._of_user[user_id] += 1

    def statistics(self, actor: Actor, limit: int) -> SocketStatistics:
        """What is open in this process, at most `limit` of them one by one, for an admin.

        Raises:
            PermissionDeniedError: for anyone else.
        """
        actor.require("admin", action="see open WebSockets")
        items = list(self._open.values())[:limit]
        return SocketStatistics(len(self._open), self._at_most, self._opened, self._refused, items)


def _hashed(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode()).digest()


__all__ = [
    "OpenSocket",
    "OpenSockets",
    "SocketStatistics",
    "SocketTicket",
    "SocketTickets",
    "TicketHolder",
]
