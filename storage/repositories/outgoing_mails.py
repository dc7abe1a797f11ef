"""The outbox: mails kept with their cause, taken out by whoever sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, null, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import OutgoingMail
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page

ORDERS = Keyset(columns={"created_at": OutgoingMail.created_at}, id_column=OutgoingMail.id)

CLAIM = text("""
UPDATE outgoing_mails SET
    attempts = attempts + 1,
    due_at = now() + make_interval(secs => least(30 * 2 ^ attempts, 3600))
WHERE id IN (
    SELECT id FROM outgoing_mails WHERE ended_at IS NULL AND due_at <= now()
    ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
RETURNING id, kind, recipient, details, created_at, attempts
""")
"""Who dies over a mail leaves it due again after the pause that follows a failure."""


@dataclass(frozen=True, slots=True)
class DueMail:
    """A mail that is this process's to send; `attempts` counts this one."""

    id: UUID
    kind: str
    recipient: str
    details: dict[str, Any]
    created_at: datetime
    attempts: int


class OutgoingMailRepository:
    """The rows of `outgoing_mails`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, values: dict[str, Any]) -> None:
        """Keeps a mail to be sent; it takes the place of one like it that waits already."""
        statement = insert(OutgoingMail).values(values)
        statement = statement.on_conflict_do_update(
            index_elements=[OutgoingMail.kind, OutgoingMail.recipient],
            index_where=text("ended_at IS NULL AND kind <> 'notifications'"),
            set_={"details": statement.excluded.details},
        )
        await self._session.execute(statement)

    async def add_beside(self, values: dict[str, Any]) -> None:
        """Keeps a mail of a kind of which several may wait for one person."""
        await self._session.execute(insert(OutgoingMail).values(values))

    async def claim(self, limit: int) -> Sequence[DueMail]:
        """Takes mails that are due, and puts off their next attempt."""
        rows = await self._session.execute(CLAIM, {"limit": limit})
        return [DueMail(*row) for row in rows]

    async def delete(self, mail_id: UUID) -> None:
        """Forgets a mail that was sent, or that nobody is to get."""
        await self._session.execute(delete(OutgoingMail).where(OutgoingMail.id == mail_id))

    async def note_error(self, mail_id: UUID, error: str, given_up_after: timedelta) -> None:
        """Keeps why a mail was not sent; one that is older than that is not tried again."""
        is_old = OutgoingMail.created_at <= func.now() - given_up_after
        ended_at = case((is_old, func.now()), else_=null())
        statement = update(OutgoingMail).where(OutgoingMail.id == mail_id)
        await self._session.execute(statement.values(error=error, ended_at=ended_at))

    async def keep(self, mail_id: UUID, subject: str, body: str) -> None:
        """Keeps a mail to be read here instead of sending it."""
        values = {"ended_at": func.now(), "subject": subject, "body": body}
        await self._session.execute(
            update(OutgoingMail).where(OutgoingMail.id == mail_id).values(values)
        )

    async def page(self, request: PageRequest) -> Page[OutgoingMail]:
        """Mails that wait, failed or are kept, the newest first."""
        order = Order("created_at", descending=True)
        page = await fetch_page(self._session, select(OutgoingMail), ORDERS, request, order)
        return page.map(lambda row: row[0])
