"""Single stored passages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.corpus import Chunk
from storage.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage's text and where it stands on its pages.

    Attributes:
        regions: `{"page", "x0", "y0", "x1", "y1"}` in points, origin at the bottom left; empty
            where the reader knew none.
    """

    text: str
    regions: Sequence[Mapping[str, Any]]


class PassagesRepository:
    """Rows of `chunks`, one at a time."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_document(self, course_id: UUID, document_id: UUID, chunk_id: int) -> StoredPassage:
        """A passage of a document's version in use.

        Raises:
            NotFoundError: the document has no such passage, or no longer has it.
        """
        statement = select(Chunk.text, Chunk.regions).where(
            Chunk.course_id == course_id, Chunk.id == chunk_id, Chunk.document_id == document_id
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFoundError("passage of this document", chunk_id)
        return StoredPassage(row.text, row.regions or ())
