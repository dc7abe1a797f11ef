"""HNSW indexes over the vectors of large courses, one for each course and embedder."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import TextClause, text
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

WANTED = text("""
SELECT partition.name AS partition, courses.id AS course_id, embedders.id AS embedder_id,
       embedders.dimension
FROM courses CROSS JOIN embedders CROSS JOIN LATERAL (
    SELECT tableoid::regclass::text AS name FROM chunk_vectors
    WHERE course_id = courses.id AND embedder_id = embedders.id LIMIT 1
) AS partition
WHERE courses.chunk_count >= :from_chunks AND courses.deleted_at IS NULL
  AND (CAST(:embedder_id AS smallint) IS NULL OR embedders.id = :embedder_id)
ORDER BY courses.id, embedders.id
""")
VALID = text("""
SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relname ~ '^ix_hnsw_' AND indisvalid
""")
OF_EMBEDDER = text("""
SELECT relname FROM pg_class
WHERE relkind = 'i' AND relname ~ ('^ix_(chunk_vectors_p[0-9]+_)?hnsw_' || :embedder_id || '(_|$)')
""")
OBSOLETE = text("""
SELECT relname FROM pg_class
WHERE relkind = 'i' AND (
    relname ~ '^ix_chunk_vectors_p[0-9]+_hnsw_' OR relname ~ '^ix_hnsw_' AND NOT EXISTS (
        SELECT FROM courses
        WHERE chunk_count >= :from_chunks
          AND replace(courses.id::text, '-', '') = right(relname, 32)))
""")
"""Those of whole partitions, as releases before this form built them, and those of courses that
are gone or have shrunk. A course in the bin keeps its own, for as long as it can be taken out."""


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """The index of one embedder's vectors of one course, all of them in one partition."""

    partition: str
    course_id: UUID
    embedder_id: int
    dimension: int

    @property
    def name(self) -> str:
        """Its name in the database."""
        return f"ix_hnsw_{self.embedder_id}_{self.course_id.hex}"

    @property
    def build_statement(self) -> str:
        """Builds it while readers and writers go on."""
        return (
            f"CREATE INDEX CONCURRENTLY {self.name} ON {self.partition}"
            f" USING hnsw ((vector::halfvec({self.dimension})) halfvec_ip_ops)"
            f" WITH (ef_construction = {EF_CONSTRUCTION})"
            f" WHERE course_id = '{self.course_id}' AND embedder_id = {self.embedder_id}"
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
        """The indexes that courses of at least `from_chunks` chunks lack.

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
            await _drop_all(connection, OF_EMBEDDER, {"embedder_id": str(embedder_id)})

    async def drop_obsolete(self, from_chunks: int) -> list[str]:
        """Removes the indexes that no search reads any more, and tells their names.

        Args:
            from_chunks: as for `missing`; a course may shrink to half of it before it loses its
                index, so that none goes back and forth.

        Raises:
            LockTakenError: when another process builds.
            StorageUnavailableError: when PostgreSQL is lost.
        """
        values = {"from_chunks": from_chunks // 2}
        async with translated_errors(), self._database.engine.connect() as connection:
            if (await connection.scalars(OBSOLETE, values)).first() is None:
                return []
        async with (
            named_lock(self._database, INDEX_LOCK, wait_seconds=0),
            translated_errors(),
            self._database.engine.connect() as pooled,
        ):
            connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
            return await _drop_all(connection, OBSOLETE, values)


async def _missing(
    connection: AsyncConnection, from_chunks: int, embedder_id: int | None
) -> list[VectorIndex]:
    values = {"from_chunks": from_chunks, "embedder_id": embedder_id}
    wanted = [VectorIndex(**row) for row in (await connection.execute(WANTED, values)).mappings()]
    valid = set(await connection.scalars(VALID))
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


async def _drop_all(
    connection: AsyncConnection, named: TextClause, values: Mapping[str, object]
) -> list[str]:
    """Removes the indexes that a statement names."""
    names = list(await connection.scalars(named, values))
    for name in names:
        await connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {name}"))
    return names
