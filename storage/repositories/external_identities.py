"""Which accounts at other providers belong to whom."""

from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import ExternalIdentity


class ExternalIdentityRepository:
    """The rows of `external_identities`; finding one needs the maintenance role."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def use(self, issuer: str, subject: str) -> UUID | None:
        """Whose account it is; None where it belongs to nobody yet."""
        statement = (
            update(ExternalIdentity)
            .where(ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject)
            .values(last_used_at=func.now())
            .returning(ExternalIdentity.user_id)
        )
        user_id: UUID | None = await self._session.scalar(statement)
        return user_id

    async def add(self, issuer: str, subject: str, user_id: UUID) -> None:
        """Keeps that it is a user's."""
        values = {"issuer": issuer, "subject": subject, "user_id": user_id}
        await self._session.execute(insert(ExternalIdentity).values(values))
