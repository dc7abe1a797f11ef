"""Chunks of current document versions, as a writer reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.corpus import Chunk, ChunkVector, Document


@dataclass(frozen=True, slots=True, eq=False)
class SourceChunk:
    """A chunk with its place and its sentences.

    Attributes:
        sentence_vectors: `(n_sentences, dimension)` int8; None where it is not encoded yet.
    """

    id: int
    document_id: UUID
    document_version: int
    document_title: str
    text: str
    char_start: int
    heading: tuple[str, ...]
    page: int | None
    slide: int | None
    sentence_bounds: tuple[tuple[int, int], ...]
    sentence_vectors: NDArray[np.int8] | None


class SourceChunksRepository:
    """Rows of `chunks` in the order of their documents."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ids(
        self, course_id: UUID, document_ids: Sequence[UUID] | None, limit: int
    ) -> list[int]:
        """Ids of at most `limit` chunks; of more, so many evenly spread over all of them."""
        return await self._spread(_current(course_id, document_ids), limit)

    async def ids_below(self, course_id: UUID, headings: Sequence[str], limit: int) -> list[int]:
        """Ids of at most `limit` chunks that have one of these words in a heading above them."""
        above = func.lower(func.array_to_string(Chunk.heading, " "))
        statement = (
            _current(course_id, None)
            .where(or_(*(above.contains(name.lower(), autoescape=True) for name in headings)))
            .limit(limit)
        )
        return list(await self._session.scalars(statement))

    async def ids_named(
        self,
        course_id: UUID,
        names: Sequence[Sequence[str]],
        document_ids: Sequence[UUID] | None,
        limit: int,
    ) -> list[int]:
        """Ids of at most `limit` chunks whose title and headings hold all words of a name.

        Of more, so many evenly spread over all of them. A name is the beginnings of its words, in
        small letters.
        """
        if not names:
            return []
        above = func.lower(Document.title + " " + func.array_to_string(Chunk.heading, " "))
        named = or_(
            *(and_(*(above.contains(word, autoescape=True) for word in name)) for name in names)
        )
        return await self._spread(_current(course_id, document_ids).where(named), limit)

    async def _spread(self, chosen: Select[int, int], limit: int) -> list[int]:
        """At most `limit` of the chunks chosen; of more, so many evenly spread over them."""
        rows = chosen.subquery()
        total = await self._session.scalar(select(func.count()).select_from(rows)) or 0
        step = max(-(-total // limit), 1)
        statement = select(rows.c.id).where(rows.c.place % step == 0).order_by(rows.c.place)
        return list(await self._session.scalars(statement))

    async def documents_of_chunks(self, course_id: UUID, chunk_ids: Sequence[int]) -> list[UUID]:
        """The documents that these chunks are of."""
        statement = (
            select(Chunk.document_id)
            .where(Chunk.course_id == course_id, Chunk.id.in_(chunk_ids))
            .distinct()
        )
        return list(await self._session.scalars(statement))

    async def read(
        self, course_id: UUID, chunk_ids: Sequence[int], embedder_id: int, dimension: int
    ) -> list[SourceChunk]:
        """Those of the chunks that are still there, in the order of their documents."""
        statement = (
            select(Chunk, Document.title, ChunkVector.sentence_vectors)
            .join(Document, Document.id == Chunk.document_id)
            .outerjoin(
                ChunkVector,
                (ChunkVector.course_id == Chunk.course_id)
                & (ChunkVector.chunk_id == Chunk.id)
                & (ChunkVector.embedder_id == embedder_id),
            )
            .where(
                Chunk.course_id == course_id,
                Chunk.id.in_(chunk_ids),
                Chunk.document_version == Document.current_version,
                Document.deleted_at.is_(None),
            )
            .order_by(Document.created_at, Document.id, Chunk.ordinal)
        )
        rows = await self._session.execute(statement)
        return [_source(chunk, title, vectors, dimension) for chunk, title, vectors in rows]

    async def documents_of_lessons(self, lesson_ids: Sequence[UUID]) -> list[UUID]:
        """The documents that are material of these lessons."""
        statement = select(Document.id).where(
            Document.lesson_id.in_(lesson_ids), Document.deleted_at.is_(None)
        )
        return list(await self._session.scalars(statement))

    async def known_documents(self, course_id: UUID, document_ids: Sequence[UUID]) -> set[UUID]:
        """Those of the ids that are documents of the course with something to read."""
        statement = select(Document.id).where(
            Document.course_id == course_id,
            Document.id.in_(document_ids),
            Document.deleted_at.is_(None),
            Document.chunk_count > 0,
        )
        return set(await self._session.scalars(statement))


def _current(course_id: UUID, document_ids: Sequence[UUID] | None) -> Select[int, int]:
    order = (Document.created_at, Document.id, Chunk.ordinal)
    statement = (
        select(Chunk.id, (func.row_number().over(order_by=order) - 1).label("place"))
        .join(Document, Document.id == Chunk.document_id)
        .where(
            Chunk.course_id == course_id,
            Chunk.document_version == Document.current_version,
            Document.deleted_at.is_(None),
        )
    )
    return statement if document_ids is None else statement.where(Document.id.in_(document_ids))


def _source(chunk: Chunk, title: str, vectors: bytes | None, dimension: int) -> SourceChunk:
    offsets = chunk.sentence_bounds
    return SourceChunk(
        id=chunk.id,
        document_id=chunk.document_id,
        document_version=chunk.document_version,
        document_title=title,
        text=chunk.text,
        char_start=chunk.char_start,
        heading=tuple(chunk.heading),
        page=chunk.page,
        slide=chunk.slide,
        sentence_bounds=tuple(zip(offsets[::2], offsets[1::2], strict=True)),
        sentence_vectors=(
            np.frombuffer(vectors, np.int8).reshape(-1, dimension) if vectors else None
        ),
    )
