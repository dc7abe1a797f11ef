"""Where the names of concepts stand in a course: its published content, and its headings."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import ContentKind
from models import ContentVersion, StoredContent

NAMING_KINDS = (ContentKind.LESSON, ContentKind.STUDY_GUIDE, ContentKind.QUIZ)
MOST_CONTENTS = 500
HEADINGS = text("""
SELECT heading FROM (
    SELECT chunks.heading[array_upper(chunks.heading, 1)] AS heading,
           min(documents.created_at) AS begun, min(chunks.ordinal) AS place
    FROM chunks JOIN documents ON documents.id = chunks.document_id
        AND documents.current_version = chunks.document_version
    WHERE chunks.course_id = :course AND documents.deleted_at IS NULL
        AND array_length(chunks.heading, 1) > 0
    GROUP BY 1
) AS headings
ORDER BY begun, place LIMIT :limit
""")


class ConceptSources:
    """Reads what names concepts in a course."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def published(self, course_id: UUID) -> list[tuple[ContentKind, Mapping[str, Any]]]:
        """Lessons, study guides and quizzes that learners see, oldest first."""
        statement = (
            select(StoredContent.kind, ContentVersion.body)
            .join(
                ContentVersion,
                (ContentVersion.content_id == StoredContent.id)
                & (ContentVersion.number == StoredContent.published_version),
            )
            .where(
                StoredContent.course_id == course_id,
                StoredContent.kind.in_([kind.value for kind in NAMING_KINDS]),
                StoredContent.deleted_at.is_(None),
            )
            .order_by(StoredContent.created_at, StoredContent.id)
            .limit(MOST_CONTENTS)
        )
        return [(ContentKind(kind), body) for kind, body in await self._session.execute(statement)]

    async def headings(self, course_id: UUID, limit: int) -> list[str]:
        """The innermost headings of the course's documents, in their order, each once."""
        found = await self._session.scalars(HEADINGS, {"course": course_id, "limit": limit})
        return [heading for heading in found if heading]
