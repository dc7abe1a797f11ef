"""HNSW indexes over the partitions that hold a large course, one for each embedder."""

import logging
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, is_temporary, translated_errors
from storage.locks import named_lock

logger = logging.getLogger(__name__)

BUILD_MEMORY = "512MB"
"""For one build: the graph of about 400,000 vectors of 384 components fits."""
EF_CONSTRUCTION = 128
"""Neighbours that are weighed for each vector: twice pgvector's usual 64. Building takes 1.7 times
as long, and a search finds 2 % more of the nearest at the same cost."""
INDEX_LOCK = "vector-indexes"
"""One build at a time: each may take `BUILD_MEMORY`, and looks like a failed one meanwhile."""

DROP_WAIT_SECONDS = 60.0

PARTITIONS = text("""
SELECT DISTINCT partition.name, embedders.id AS embedder_id, embedders.dimension
FROM courses CROSS JOIN embedders CROSS JOIN LATERAL (
    SELECT tableoid::regclass::text AS name FROM chunk_vectors
    WHERE course_id = courses.id AND embedder_id = embedders.id LIMIT 1
) AS partition
WHERE courses.chunk_count >= :from_chunks AND courses.deleted_at IS NULL
  AND (CAST(:embedder_id AS smallint) IS NULL OR embedders.id = :embedder_id)
ORDER BY partition.name, embedders.id
""")
INDEXES = text("""
SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relname LIKE 'ix_chunk_vectors_p%_hnsw_%' AND indisvalid
""")

INDEXES_OF = text("""
SELECT relname FROM pg_class
WHERE relkind = 'i' AND relname LIKE 'ix_chunk_vectors_p%' AND relname LIKE :ending
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
    def build_statement(self) -> str:
        """Builds it while readers and writers go on."""
        return (
            f"CREATE INDEX CONCURRENTLY {self.name} ON {self.partition}"
            f" USING hnsw ((vector::halfvec({self.dimension})) halfvec_ip_ops)"
            f" WITH (ef_construction = {EF_CONSTRUCTION})"
            f" WHERE embedder_id = {self.embedder_id}"
        )

    @property
    def drop_statement(self) -> str:
        """Takes it away, or what a build that failed left of it."""
        return f"DROP INDEX CONCURRENTLY IF EXISTS {self.name}"


@dataclass(frozen=True, slots=True)
class IndexBuild:
    """What became of the indexes that were missing.

    Attributes:
        built: those that serve searches now.
        failed: those that PostgreSQL could not build, each with its reason; nothing of them is
            left, and the next build tries again.
    """

    built: tuple[VectorIndex, ...] = ()
    failed: tuple[tuple[VectorIndex, str], ...] = ()


class VectorIndexes:
    """Builds the indexes that are missing, as the role that owns the tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def missing(
        self, from_chunks: int, *, embedder_id: int | None = None
    ) -> list[VectorIndex]:
        """The indexes that partitions with a course of at least `from_chunks` chunks lack.

        Args:
            from_chunks: the smallest course that is searched by an index.
            embedder_id: whose vectors; None for every embedder that has any.

        Raises:
            StorageUnavailableError: when PostgreSQL is lost.
        """
        async with translated_errors(), self._database.engine.connect() as connection:
            return await _missing(connection, from_chunks, embedder_id)

    async def build_missing(
        self,
        from_chunks: int,
        *,
        embedder_id: int | None = None,
        helpers: int = 2,
        wait_seconds: float = 10.0,
    ) -> IndexBuild:
        """Builds what `missing` names, one at a time in the whole installation.

        Idempotent; an index that an earlier build left half made is made again. Takes minutes for
        a million vectors; nothing waits for it, as searches are exact until it is there.

        Args:
            from_chunks: as for `missing`.
            embedder_id: as for `missing`.
            helpers: processes of PostgreSQL that help with a build; none leaves the cores to
                whoever waits for an answer.
            wait_seconds: for a build of another process to end.

        Raises:
            LockTakenError: when another process builds for all of `wait_seconds`.
            LockLostError: when the connection that held the lock is lost.
            StorageUnavailableError: when PostgreSQL is lost.
        """
        if not await self.missing(from_chunks, embedder_id=embedder_id):
            return IndexBuild()
        async with (
            named_lock(self._database, INDEX_LOCK, wait_seconds=wait_seconds),
            translated_errors(),
            self._database.engine.connect() as pooled,
        ):
            connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text(f"SET maintenance_work_mem = '{BUILD_MEMORY}'"))
            await connection.execute(text(f"SET max_parallel_maintenance_workers = {helpers:d}"))
            try:
                return await _build_all(
                    connection, await _missing(connection, from_chunks, embedder_id)
                )
            finally:
                await connection.execute(text("RESET maintenance_work_mem"))
                await connection.execute(text("RESET max_parallel_maintenance_workers"))

    async def drop(self, embedder_id: int) -> None:
        """Removes all indexes of an embedder's vectors.

        Raises:
            LockTakenError: when another process builds for long.
            StorageUnavailableError: when PostgreSQL is lost.
        """
        async with (
            named_lock(self._database, INDEX_LOCK, wait_seconds=DROP_WAIT_SECONDS),
            translated_errors(),
            self._database.engine.connect() as pooled,
        ):
            connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
            ending = {"ending": f"%\\_hnsw\\_{embedder_id:d}"}
            for name in (await connection.scalars(INDEXES_OF, ending)).all():
                await connection.execute(text(f"DROP INDEX CONCURRENTLY {name}"))


async def _missing(
    connection: AsyncConnection, from_chunks: int, embedder_id: int | None
) -> list[VectorIndex]:
    values = {"from_chunks": from_chunks, "embedder_id": embedder_id}
    rows = await connection.execute(PARTITIONS, values)
    wanted = [VectorIndex(row.name, row.embedder_id, row.dimension) for row in rows]
    valid = set(await connection.scalars(INDEXES))
    return [index for index in wanted if index.name not in valid]


async def _build_all(connection: AsyncConnection, missing: list[VectorIndex]) -> IndexBuild:
    """Builds each; one that PostgreSQL cannot build keeps no other from being built."""
    built: list[VectorIndex] = []
    failed: list[tuple[VectorIndex, str]] = []
    for index in missing:
        await connection.execute(text(index.drop_statement))
        try:
            await connection.execute(text(index.build_statement))
        except DBAPIError as error:
            if error.connection_invalidated or is_temporary(error.orig):
                raise
            logger.warning("the index %s was not built: %s", index.name, error.orig)
            await connection.execute(text(index.drop_statement))
            failed.append((index, str(error.orig)))
        else:
            built.append(index)
    return IndexBuild(tuple(built), tuple(failed))
