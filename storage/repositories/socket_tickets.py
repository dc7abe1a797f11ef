"""Tickets that open one WebSocket each; kept as hashes, used up by being found."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SWEPT_AT_ONCE = 1_000

ADD = """
INSERT INTO socket_tickets (ticket_hash, user_id, session_id, expires_at)
VALUES ($1, $2, $3, now() + $4::interval)
"""
USE = """
WITH used AS (
    DELETE FROM socket_tickets WHERE ticket_hash = $1 RETURNING user_id, session_id, expires_at
)
SELECT user_id, session_id FROM used WHERE expires_at > now()
"""
"""Of two at the same instant one deletes the row, and the other finds none."""
SWEEP = text("""
DELETE FROM socket_tickets WHERE ticket_hash IN (
    SELECT ticket_hash FROM socket_tickets WHERE expires_at <= now()
    ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
""")


@dataclass(frozen=True, slots=True)
class TicketHolder:
    """Who asked for a ticket, and in which session; None behind an API key."""

    user_id: UUID
    session_id: UUID | None


class SocketTicketRepository:
    """The rows of `socket_tickets`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def add(
        self, ticket_hash: bytes, user_id: UUID, session_id: UUID | None, lifetime: timedelta
    ) -> None:
        """Keeps a user's new ticket."""
        await self._connection.execute(ADD, ticket_hash, user_id, session_id, lifetime)

    async def use(self, ticket_hash: bytes) -> TicketHolder | None:
        """Whose ticket it is, once; None where it is unknown, used or too old."""
        row = await self._connection.fetchrow(USE, ticket_hash)
        if row is None:
            return None
        session_id = row["session_id"]
        return TicketHolder(UUID(int=row["user_id"].int), session_id and UUID(int=session_id.int))


async def sweep_socket_tickets(session: AsyncSession) -> None:
    """Forgets tickets that nobody used in time, a bounded number at a time."""
    await session.execute(SWEEP, {"limit": SWEPT_AT_ONCE})
