"""Invitations: kept as hashes, used up by registering."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Invitation
from storage.errors import NotFoundError
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page
from storage.repositories.users import address_key

SWEPT_AT_ONCE = 1_000
ORDERS = Keyset(columns={"created_at": Invitation.created_at}, id_column=Invitation.id)
SWEEP = text("""
DELETE FROM invitations WHERE id IN (
    SELECT id FROM invitations WHERE expires_at <= now()
    ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
""")


class InvitationRepository:
    """The rows of `invitations`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, values: dict[str, Any], lifetime: timedelta) -> Invitation:
        """Keeps a new invitation."""
        statement = (
            insert(Invitation)
            .values(values | {"expires_at": func.now() + lifetime})
            .returning(Invitation)
        )
        return (await self._session.scalars(statement)).one()

    async def page(self, request: PageRequest) -> Page[Invitation]:
        """Invitations that nobody has used, the newest first."""
        order = Order("created_at", descending=True)
        page = await fetch_page(self._session, select(Invitation), ORDERS, request, order)
        return page.map(lambda row: row[0])

    async def find(self, invitation_id: UUID) -> Invitation | None:
        """The invitation that can be used still, or None."""
        statement = select(Invitation).where(
            Invitation.id == invitation_id, Invitation.expires_at > func.now()
        )
        return await self._session.scalar(statement)

    async def renew(self, invitation_id: UUID, token_hash: bytes) -> None:
        """Puts a new token in the place of the one before."""
        statement = update(Invitation).where(Invitation.id == invitation_id)
        await self._session.execute(statement.values(token_hash=token_hash))

    async def use(self, token_hash: bytes, email: str) -> Invitation | None:
        """Uses up the invitation of that address; None where there is none that is good."""
        same_address = address_key(Invitation.email) == address_key(email.strip().lower())
        statement = (
            delete(Invitation)
            .where(
                Invitation.token_hash == token_hash,
                same_address,
                Invitation.expires_at > func.now(),
            )
            .returning(Invitation)
        )
        return await self._session.scalar(statement)

    async def delete(self, invitation_id: UUID) -> None:
        """Takes an invitation back.

        Raises:
            NotFoundError: when there is none.
        """
        statement = (
            delete(Invitation).where(Invitation.id == invitation_id).returning(Invitation.id)
        )
        if await self._session.scalar(statement) is None:
            raise NotFoundError("invitation", invitation_id)


async def sweep_invitations(session: AsyncSession) -> None:
    """Forgets invitations whose time is over, a bounded number at a time."""
    await session.execute(SWEEP, {"limit": SWEPT_AT_ONCE})
