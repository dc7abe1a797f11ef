"""The audit trail: rows are only ever added."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import AuditEvent


class AuditRepository:
    """Writes audit events within the transaction of the act they record."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def record(
        self,
        action: str,
        *,
        actor_id: UUID | None,
        subject: str | None = None,
        course_id: UUID | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        """Adds one event; `action` is `noun.verb`, `subject` what it was done to."""
        await self._session.execute(
            insert(AuditEvent).values(
                action=action,
                actor_id=actor_id,
                subject=subject,
                course_id=course_id,
                details=details or {},
            )
        )
