"""Single stored passages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.corpus import Chunk, ChunkVector
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


@dataclass(frozen=True, slots=True, eq=False)
class PassageSentences:
    """A passage's sentences under one embedder.

    Attributes:
        bounds: of `text`, in code points.
        vectors: `(n_sentences, dimension)` int8, of any scale.
    """

    text: str
    bounds: tuple[tuple[int, int], ...]
    vectors: NDArray[np.int8]


class PassagesRepository:
    """Rows of `chunks`, by their ids."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_document(
        self, course_id: UUID, document_id: UUID, chunk_ids: Sequence[int]
    ) -> list[StoredPassage]:
        """Passages of a document's version in use, in its order.

        Raises:
            NotFoundError: the document has not all of them, or no longer has them.
        """
        statement = (
            select(Chunk.id, Chunk.text, Chunk.regions)
            .where(
                Chunk.course_id == course_id,
                Chunk.id.in_(chunk_ids),
                Chunk.document_id == document_id,
            )
            .order_by(Chunk.ordinal)
        )
        rows = (await self._session.execute(statement)).all()
        missing = set(chunk_ids) - {row.id for row in rows}
        if missing:
            raise NotFoundError("passage of this document", min(missing))
        return [StoredPassage(row.text, row.regions or ()) for row in rows]

    async def sentences(
        self, course_id: UUID, embedder: int, dimension: int, chunk_ids: Collection[int]
    ) -> dict[int, PassageSentences]:
        """The sentences of those chunks that are still there, by chunk id."""
        statement = (
            select(Chunk.id, Chunk.text, Chunk.sentence_bounds, ChunkVector.sentence_vectors)
            .join(
                ChunkVector,
                (ChunkVector.course_id == Chunk.course_id) & (ChunkVector.chunk_id == Chunk.id),
            )
            .where(
                Chunk.course_id == course_id,
                Chunk.id.in_(chunk_ids),
                ChunkVector.embedder_id == embedder,
            )
        )
        found: dict[int, PassageSentences] = {}
        for row in await self._session.execute(statement):
            offsets = row.sentence_bounds
            bounds = tuple(zip(offsets[::2], offsets[1::2], strict=True))
            vectors = np.frombuffer(row.sentence_vectors, np.int8).reshape(-1, dimension)
            found[row.id] = PassageSentences(row.text, bounds, vectors)
        return found
