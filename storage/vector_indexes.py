"""HNSW indexes over the partitions that hold a large course, one for each embedder."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, translated_errors

BUILD_MEMORY = "512MB"
"""For one build: the graph of about 400,000 vectors of 384 components fits."""

PARTITIONS = text("""
SELECT DISTINCT partition.name, embedders.id AS embedder_id, embedders.dimension
FROM courses CROSS JOIN embedders CROSS JOIN LATERAL (
    SELECT tableoid::regclass::text AS name FROM chunk_vectors
    WHERE course_id = courses.id AND embedder_id = embedders.id LIMIT 1
) AS partition
WHERE courses.chunk_count >= :from_chunks AND courses.deleted_at IS NULL
ORDER BY partition.name, embedders.id
""")
INDEXES = text("""
SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relname LIKE 'ix_chunk_vectors_p%_hnsw_%'
""")


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """The index of one embedder's vectors in one partition."""

    partition: str
    embedder_id: int
    dimension: int

    @property
    def name(self) -> str:
        """Its name in the database."""
        return f"ix_{self.partition}_hnsw_{self.embedder_id}"

    @property
    def statement(self) -> str:
        """Builds it while readers and writers go on."""
        return (
            f"CREATE INDEX CONCURRENTLY {self.name} ON {self.partition}"
            f" USING hnsw ((vector::halfvec({self.dimension})) halfvec_ip_ops)"
            f" WHERE embedder_id = {self.embedder_id}"
        )


class VectorIndexes:
    """Builds the indexes that are missing, as the role that owns the tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def build_missing(self, from_chunks: int) -> list[VectorIndex]:
        """Indexes every partition that holds a course of at least `from_chunks` chunks.

        Idempotent; an index that an earlier build left half made is made again. Takes minutes for
        a million vectors; nothing waits for it, as searches are exact until it is there.

        Returns:
            The indexes built now.

        Raises:
            StorageUnavailableError: when PostgreSQL is lost.
        """
        async with translated_errors(), self._database.engine.connect() as pooled:
            connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text(f"SET maintenance_work_mem = '{BUILD_MEMORY}'"))
            try:
                missing = await _missing(connection, from_chunks)
                for index in missing:
                    await connection.execute(text(f"DROP INDEX IF EXISTS {index.name}"))
                    await connection.execute(text(index.statement))
            finally:
                await connection.execute(text("RESET maintenance_work_mem"))
        return missing


async def _missing(connection: AsyncConnection, from_chunks: int) -> list[VectorIndex]:
    rows = await connection.execute(PARTITIONS, {"from_chunks": from_chunks})
    wanted = [VectorIndex(row.name, row.embedder_id, row.dimension) for row in rows]
    valid = {row.relname for row in await connection.execute(INDEXES) if row.indisvalid}
    return [index for index in wanted if index.name not in valid]
