"""Switching documents to new versions: set-based, one transaction for a group of documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from storage.corpus_rows import (
    CHUNK_COLUMNS,
    POSTING_COLUMNS,
    VECTOR_COLUMNS,
    NewVersion,
    chunk_records,
    posting_lines,
    vector_records,
)
from storage.database import raw_connection
from storage.errors import NotFoundError
from storage.vectors import vector_connection

INSERT_MISSING = """
INSERT INTO documents (id, course_id, key, title, media_type)
SELECT new.id, $1, new.key, new.title, new.media_type
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS new (id, key, title, media_type)
ORDER BY new.key
ON CONFLICT (course_id, key) DO NOTHING
"""
LOCK = """
SELECT id, key, current_version, source_hash, warning, chunk_count, lexical_length,
       deleted_at IS NOT NULL AS is_deleted, status = 'ready' AND deleted_at IS NULL AS is_ready
FROM documents WHERE course_id = $1 AND key = ANY($2::text[])
ORDER BY key FOR UPDATE
"""
ADD_VERSIONS = """
INSERT INTO document_versions (document_id, version, course_id, text)
SELECT new.document_id, new.version, $1, new.text
FROM unnest($2::uuid[], $3::int[], $4::text[]) AS new (document_id, version, text)
"""
SWITCH = """
UPDATE documents SET
    title = new.title, media_type = new.media_type, language = new.language,
    source_hash = new.source_hash, file_hash = new.file_hash, byte_size = new.byte_size,
    chunk_count = new.chunk_count, lexical_length = new.lexical_length,
    current_version = new.version, warning = new.warning,
    status = 'ready', reason = NULL, reason_code = NULL, deleted_at = NULL, updated_at = now()
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
            $8::int[], $9::bigint[], $10::int[], $11::text[])
    AS new (id, title, media_type, language, source_hash, file_hash, byte_size,
            chunk_count, lexical_length, version, warning)
WHERE documents.id = new.id
"""
RAISE_REVISION = """
UPDATE courses SET
    corpus_revision = corpus_revision + $2,
    chunk_count = chunk_count + $3,
    lexical_length = lexical_length + $4
WHERE id = $1
"""
COURSE_LANGUAGE = "SELECT language FROM courses WHERE id = $1 AND deleted_at IS NULL"
STORED_CHUNKS = """
SELECT chunks.document_id, chunks.content_hash, chunks.id,
       cardinality(chunks.sentence_bounds) / 2 AS sentence_count
FROM chunks JOIN chunk_vectors AS vectors
    ON vectors.course_id = $1 AND vectors.embedder_id = $3 AND vectors.chunk_id = chunks.id
WHERE chunks.course_id = $1 AND chunks.document_id = ANY($2::uuid[])
ORDER BY chunks.id
"""
DELETE_POSTINGS = "DELETE FROM lexical_postings WHERE course_id = $1 AND document_id = ANY($2)"
DELETE_CHUNKS = "DELETE FROM chunks WHERE course_id = $1 AND document_id = ANY($2) RETURNING id"
DELETE_VECTORS = """
DELETE FROM chunk_vectors
WHERE course_id = $1 AND embedder_id = ANY(ARRAY(SELECT id FROM embedders))
  AND chunk_id = ANY($2::bigint[])
"""
STAGED = (
    ("chunks", CHUNK_COLUMNS),
    ("chunk_vectors", VECTOR_COLUMNS),
    ("lexical_postings", POSTING_COLUMNS),
)
OPEN_STAGING = ";".join(
    f"CREATE TEMPORARY TABLE staged_{table} (LIKE {table}_p00 INCLUDING STORAGE)"
    for table, _ in STAGED
)
"""A temporary table for each that COPY goes into: COPY is refused under row-level security.

Like a partition, because the parent does not carry how bytes are stored; dropped again in the same
transaction, because the next one on this connection may have the other role.
"""
MOVE_STAGED = ";".join(
    f"INSERT INTO {table} ({names}) SELECT {names} FROM staged_{table};"  # noqa: S608 - constants
    f"DROP TABLE staged_{table}"
    for table, names in ((table, ", ".join(columns)) for table, columns in STAGED)
)
MARK_DELETED = """
UPDATE documents SET deleted_at = now(), updated_at = now(), chunk_count = 0, lexical_length = 0
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk whose vectors are stored, to be kept where a new version holds the same content."""

    id: int
    content_hash: str
    sentence_count: int


@dataclass(frozen=True, slots=True)
class Switched:
    """What became of one document of a group.

    Attributes:
        outcome: `switched`; `unchanged` where the current version has these bytes and this
            warning (another run was quicker); `superseded` where it has brought in others, and
            nothing was done here.
    """

    key: str
    document_id: UUID
    outcome: Literal["switched", "unchanged", "superseded"]


class CorpusRepository:
    """Chunks, vectors and postings of a course, and the version that each document is at."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def language(self, course_id: UUID) -> str:
        """The language that the course's lexical terms are analysed in.

        Raises:
            NotFoundError: when there is no such course, or it is deleted.
        """
        connection = await raw_connection(self._session)
        language = await connection.fetchval(COURSE_LANGUAGE, course_id)
        if language is None:
            raise NotFoundError("course", course_id)
        return str(language)

    async def draw_chunk_ids(self, count: int) -> list[int]:
        """Fresh ids for `count` chunks, ascending."""
        connection = await raw_connection(self._session)
        rows = await connection.fetch(
            "SELECT nextval('chunk_ids') FROM generate_series(1, $1::int)", count
        )
        return [row[0] for row in rows]

    async def stored_chunks(
        self, course_id: UUID, document_ids: Sequence[UUID], embedder_id: int
    ) -> dict[UUID, list[StoredChunk]]:
        """Chunks of each document that have vectors under the embedder, oldest first."""
        connection = await raw_connection(self._session)
        stored: dict[UUID, list[StoredChunk]] = {}
        for row in await connection.fetch(STORED_CHUNKS, course_id, document_ids, embedder_id):
            chunk = StoredChunk(row["id"], row["content_hash"], row["sentence_count"])
            stored.setdefault(row["document_id"], []).append(chunk)
        return stored

    async def switch(
        self, course_id: UUID, embedder_id: int, versions: Sequence[NewVersion]
    ) -> list[Switched]:
        """Makes each version the current one of its document, creating documents not yet there.

        Old chunks, vectors and postings go, kept versions of the text stay. The corpus revision
        rises by one for each document switched. Documents are locked in the order of their keys,
        so that two runs cannot wait for each other in a ring.
        """
        connection = await vector_connection(self._session)
        locked = await self._lock(connection, course_id, versions)
        outcomes = [_outcome(version, locked[version.key]) for version in versions]
        switching = [
            _Switching(course_id, version, locked[version.key])
            for version, outcome in zip(versions, outcomes, strict=True)
            if outcome.outcome == "switched"
        ]
        if switching:
            await self._replace_rows(connection, course_id, embedder_id, switching)
            await self._set_current(connection, course_id, switching)
        return outcomes

    async def delete_document(self, course_id: UUID, key: str) -> bool:
        """Takes a document and its chunks out of the course; its versions stay for citations.

        Returns:
            Whether it was there; the revision rises only then.
        """
        connection = await raw_connection(self._session)
        row = await connection.fetchrow(LOCK, course_id, [key])
        if row is None or row["is_deleted"]:
            return False
        await self._delete_rows(connection, course_id, [row["id"]], kept_chunks=frozenset())
        await connection.execute(MARK_DELETED, row["id"])
        await connection.execute(
            RAISE_REVISION, course_id, 1, -row["chunk_count"], -row["lexical_length"]
        )
        return True

    async def _lock(
        self, connection: asyncpg.Connection, course_id: UUID, versions: Sequence[NewVersion]
    ) -> dict[str, asyncpg.Record]:
        new = [version for version in versions if version.expected_version == 0]
        if new:
            await connection.execute(
                INSERT_MISSING,
                course_id,
                [uuid7() for _ in new],
                [version.key for version in new],
                [version.title for version in new],
                [version.media_type for version in new],
            )
        rows = await connection.fetch(LOCK, course_id, [version.key for version in versions])
        return {row["key"]: row for row in rows}

    async def _replace_rows(
        self,
        connection: asyncpg.Connection,
        course_id: UUID,
        embedder_id: int,
        switching: "Sequence[_Switching]",
    ) -> None:
        chunks = [chunk for each in switching for chunk in each.version.chunks]
        existing = [each.document_id for each in switching if each.version.expected_version]
        if existing:
            kept = frozenset(chunk.id for chunk in chunks if chunk.vectors is None)
            await self._delete_rows(connection, course_id, existing, kept_chunks=kept)
        await connection.execute(OPEN_STAGING)
        await connection.copy_records_to_table(
            "staged_chunks",
            columns=CHUNK_COLUMNS,
            records=(record for each in switching for record in each.chunk_records()),
        )
        await connection.copy_records_to_table(
            "staged_chunk_vectors",
            columns=VECTOR_COLUMNS,
            records=vector_records(course_id, embedder_id, chunks),
        )
        await connection.copy_to_table(
            "staged_lexical_postings",
            columns=POSTING_COLUMNS,
            source=posting_lines(
                [(course_id, each.document_id, each.version.chunks) for each in switching]
            ),
        )
        await connection.execute(MOVE_STAGED)

    async def _delete_rows(
        self,
        connection: asyncpg.Connection,
        course_id: UUID,
        document_ids: Sequence[UUID],
        *,
        kept_chunks: frozenset[int],
    ) -> None:
        await connection.execute(DELETE_POSTINGS, course_id, document_ids)
        deleted = await connection.fetch(DELETE_CHUNKS, course_id, document_ids)
        vanished = [row["id"] for row in deleted if row["id"] not in kept_chunks]
        await connection.execute(DELETE_VECTORS, course_id, vanished)

    async def _set_current(
        self, connection: asyncpg.Connection, course_id: UUID, switching: "Sequence[_Switching]"
    ) -> None:
        versions = [each.version for each in switching]
        document_ids = [each.document_id for each in switching]
        numbers = [each.number for each in switching]
        await connection.execute(
            ADD_VERSIONS, course_id, document_ids, numbers, [version.text for version in versions]
        )
        await connection.execute(
            SWITCH,
            document_ids,
            [version.title for version in versions],
            [version.media_type for version in versions],
            [version.language for version in versions],
            [version.source_hash for version in versions],
            [version.file_hash for version in versions],
            [version.byte_size for version in versions],
            [len(version.chunks) for version in versions],
            [version.lexical_length for version in versions],
            numbers,
            [version.warning for version in versions],
        )
        await connection.execute(
            RAISE_REVISION,
            course_id,
            len(switching),
            sum(len(version.chunks) for version in versions)
            - sum(each.row["chunk_count"] for each in switching),
            sum(version.lexical_length for version in versions)
            - sum(each.row["lexical_length"] for each in switching),
        )


@dataclass(frozen=True, slots=True)
class _Switching:
    """A version on its way in, with the locked row of its document."""

    course_id: UUID
    version: NewVersion
    row: asyncpg.Record

    @property
    def document_id(self) -> UUID:
        return UUID(int=self.row["id"].int)

    @property
    def number(self) -> int:
        return int(self.row["current_version"]) + 1

    def chunk_records(self) -> "list[tuple[object, ...]]":
        return list(
            chunk_records(self.course_id, self.document_id, self.number, self.version.chunks)
        )


def _outcome(version: NewVersion, row: asyncpg.Record) -> Switched:
    document_id = UUID(int=row["id"].int)
    is_same = (row["source_hash"], row["warning"]) == (version.source_hash, version.warning)
    if row["is_ready"] and is_same:
        return Switched(version.key, document_id, "unchanged")
    is_expected = row["current_version"] == version.expected_version
    return Switched(version.key, document_id, "switched" if is_expected else "superseded")
