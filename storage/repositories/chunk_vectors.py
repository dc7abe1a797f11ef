"""Chunks that an embedder has no vectors of yet, and the vectors that are added later."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ai.embedding.embedder import PassageVectors
from storage.database import raw_connection
from storage.vectors import halfvec_bytes, vector_connection

PENDING = text("""
SELECT id, slug, corpus_revision FROM courses
WHERE deleted_at IS NULL AND chunk_count > 0
  AND (vectors_embedder_id IS DISTINCT FROM :embedder_id
       OR vectors_revision IS DISTINCT FROM corpus_revision)
  AND (CAST(:slug AS text) IS NULL OR slug = :slug)
ORDER BY id
""")
IS_MISSING = """
chunks.course_id = $1 AND NOT EXISTS (
    SELECT FROM chunk_vectors AS vectors
    WHERE vectors.course_id = $1 AND vectors.embedder_id = $2 AND vectors.chunk_id = chunks.id
)
"""
COUNT_MISSING = f"SELECT count(*) FROM chunks WHERE {IS_MISSING}"  # noqa: S608 - constants only
MISSING = f"""
SELECT chunks.id, chunks.document_id, chunks.text, chunks.heading, chunks.sentence_bounds,
       chunks.content_hash, documents.title
FROM chunks JOIN documents ON documents.id = chunks.document_id
WHERE {IS_MISSING} AND chunks.id > $3
ORDER BY chunks.id LIMIT $4
"""  # noqa: S608 - constants only
HOLD_DOCUMENTS = "SELECT FROM documents WHERE id = ANY($1::uuid[]) ORDER BY key FOR SHARE"
"""In the order in which a switch locks them; so no chunk goes while its vectors are stored."""
ADD = """
INSERT INTO chunk_vectors (course_id, embedder_id, chunk_id, vector, sentence_vectors)
SELECT $1, $2, $3, $4, $5 WHERE EXISTS (SELECT FROM chunks WHERE course_id = $1 AND id = $3)
ON CONFLICT DO NOTHING
"""
MARK = text("""
UPDATE courses SET vectors_embedder_id = :embedder_id, vectors_revision = :revision
WHERE id = :course_id
""")
JOBS_WAIT = text("SELECT EXISTS (SELECT FROM jobs WHERE status IN ('queued', 'running'))")
COURSES = text("SELECT id FROM courses ORDER BY id")
DELETE = "DELETE FROM chunk_vectors WHERE course_id = $1 AND embedder_id = $2"
UNMARK = text("""
UPDATE courses SET vectors_embedder_id = NULL, vectors_revision = NULL
WHERE vectors_embedder_id = :embedder_id
""")


@dataclass(frozen=True, slots=True)
class PendingCourse:
    """A course that may hold chunks without the embedder's vectors, at the revision read."""

    id: UUID
    slug: str
    corpus_revision: int


@dataclass(frozen=True, slots=True)
class UnencodedChunk:
    """A stored chunk, with what its encoder input is made of."""

    id: int
    document_id: UUID
    document_title: str
    text: str
    heading: tuple[str, ...]
    sentence_bounds: tuple[tuple[int, int], ...]
    content_hash: str


class ChunkVectorsRepository:
    """Vectors beside those that ingestion stores with their chunks."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def pending_courses(
        self, embedder_id: int, slug: str | None = None
    ) -> list[PendingCourse]:
        """The courses, or the one of that slug, not known to be complete at their revision."""
        rows = await self._session.execute(PENDING, {"embedder_id": embedder_id, "slug": slug})
        return [PendingCourse(row.id, row.slug, row.corpus_revision) for row in rows]

    async def count_missing(self, course_id: UUID, embedder_id: int) -> int:
        """Chunks of the course without the embedder's vectors."""
        connection = await raw_connection(self._session)
        return int(await connection.fetchval(COUNT_MISSING, course_id, embedder_id))

    async def missing(
        self, course_id: UUID, embedder_id: int, *, after: int, limit: int
    ) -> list[UnencodedChunk]:
        """Chunks without the embedder's vectors whose id is greater than `after`, by id."""
        connection = await raw_connection(self._session)
        rows = await connection.fetch(MISSING, course_id, embedder_id, after, limit)
        return [
            UnencodedChunk(
                id=row["id"],
                document_id=UUID(int=row["document_id"].int),
                document_title=row["title"],
                text=row["text"],
                heading=tuple(row["heading"]),
                sentence_bounds=_pairs(row["sentence_bounds"]),
                content_hash=row["content_hash"],
            )
            for row in rows
        ]

    async def add(
        self,
        course_id: UUID,
        embedder_id: int,
        encoded: Sequence[tuple[UnencodedChunk, PassageVectors]],
    ) -> None:
        """Stores vectors; a chunk that is gone by now, or has them already, is left as it is."""
        connection = await vector_connection(self._session)
        documents = list({chunk.document_id for chunk, _ in encoded})
        await connection.execute(HOLD_DOCUMENTS, documents)
        await connection.executemany(
            ADD,
            [
                (
                    course_id,
                    embedder_id,
                    chunk.id,
                    halfvec_bytes(vectors.vector),
                    vectors.sentence_vectors.tobytes(),
                )
                for chunk, vectors in encoded
            ],
        )

    async def mark_complete(self, course: PendingCourse, embedder_id: int) -> None:
        """Notes that all chunks of the course have the embedder's vectors at that revision."""
        values = {
            "course_id": course.id,
            "embedder_id": embedder_id,
            "revision": course.corpus_revision,
        }
        await self._session.execute(MARK, values)

    async def jobs_wait(self) -> bool:
        """Whether someone waits for a job, or one is under way."""
        return bool(await self._session.scalar(JOBS_WAIT))

    async def course_ids(self) -> Sequence[UUID]:
        """Every course, deleted ones among them."""
        return (await self._session.scalars(COURSES)).all()

    async def delete(self, course_id: UUID, embedder_id: int) -> int:
        """Removes the embedder's vectors of a course; how many there were."""
        connection = await raw_connection(self._session)
        status = await connection.execute(DELETE, course_id, embedder_id)
        return int(status.rpartition(" ")[2])

    async def unmark(self, embedder_id: int) -> None:
        """Lets no course count as complete under the embedder."""
        await self._session.execute(UNMARK, {"embedder_id": embedder_id})


def _pairs(offsets: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return tuple(zip(offsets[::2], offsets[1::2], strict=True))
