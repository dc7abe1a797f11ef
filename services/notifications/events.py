"""What happens that somebody may want to be told of: announced with it, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from storage.repositories.announcements import AnnouncementRepository


class EventKind(StrEnum):
    """What can be announced; webhooks call it `type`."""

    JOB_SUCCEEDED = "job.succeeded"
    JOB_FAILED = "job.failed"
    CONTENT_PUBLISHED = "content.published"
    ANSWER_CORRECTED = "answer.corrected"
    GRADE_CHANGED = "grade.changed"
    APPEAL_DECIDED = "appeal.decided"
    CERTIFICATE_REVOKED = "certificate.revoked"
    REVIEWS_DUE = "reviews.due"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - no password


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as the bus tells it.

    Attributes:
        payload: Ids and titles; `user_id` names whom alone it concerns, where it is one person.
    """

    id: UUID
    kind: EventKind
    course_id: UUID | None
    payload: Mapping[str, Any]
    occurred_at: datetime

    @property
    def user_id(self) -> UUID | None:
        """Whom alone it concerns."""
        named = self.payload.get("user_id")
        return None if named is None else UUID(named)


async def announce(
    session: AsyncSession, kind: EventKind, course_id: UUID | None, **payload: object
) -> None:
    """Notes what happened in the transaction it happens in: it is told once that commits.

    What is None is left out; ids become text.
    """
    told = {name: _plain(value) for name, value in payload.items() if value is not None}
    await AnnouncementRepository(session).add(kind.value, course_id, told)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
