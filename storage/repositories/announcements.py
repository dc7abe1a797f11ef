"""What happened and is not told yet: added with its cause, taken by who tells it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import Announcement

POSTPONE = text("""
UPDATE announcements SET
    attempts = attempts + 1, error = :error,
    due_at = now() + make_interval(secs => least(2 * 2 ^ attempts, 3600)),
    ended_at = CASE WHEN attempts + 1 >= :given_up_after THEN now() END
WHERE id = :id
""")


@dataclass(frozen=True, slots=True)
class WaitingAnnouncement:
    """Something that is this transaction's to tell."""

    id: UUID
    kind: str
    course_id: UUID | None
    payload: dict[str, Any]
    created_at: datetime


class AnnouncementRepository:
    """The rows of `announcements`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, kind: str, course_id: UUID | None, payload: dict[str, Any]) -> None:
        """Notes something, in the transaction of its cause."""
        await self._session.execute(
            insert(Announcement)
            .values(id=uuid7(), kind=kind, course_id=course_id, payload=payload)
            .inline()
        )

    async def take(self) -> WaitingAnnouncement | None:
        """The one that waits longest and nobody else has in hand; locked until the end."""
        statement = (
            select(
                Announcement.id,
                Announcement.kind,
                Announcement.course_id,
                Announcement.payload,
                Announcement.created_at,
            )
            .where(Announcement.ended_at.is_(None), Announcement.due_at <= text("now()"))
            .order_by(Announcement.due_at, Announcement.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else WaitingAnnouncement(*row)

    async def delete(self, announcement_id: UUID) -> None:
        """Forgets what was told."""
        await self._session.execute(delete(Announcement).where(Announcement.id == announcement_id))

    async def postpone(self, announcement_id: UUID, error: str, *, given_up_after: int) -> None:
        """Has it told later, or no more after so many attempts."""
        values = {"id": announcement_id, "error": error[:500], "given_up_after": given_up_after}
        await self._session.execute(POSTPONE, values)
