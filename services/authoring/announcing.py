"""Tells learners, and webhooks, of what they can see now."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import ContentKind
from services.notifications.events import EventKind, announce


async def announce_published(
    session: AsyncSession,
    course_id: UUID,
    kind: ContentKind,
    content_id: UUID,
    *,
    title: str,
    version: int,
) -> None:
    """Notes that learners of the course see a version from now on."""
    await announce(
        session,
        EventKind.CONTENT_PUBLISHED,
        course_id,
        content_id=content_id,
        content_kind=kind.value,
        title=title,
        version=version,
    )
