"""Documents as rows: what a run must know of them, lists, single reads, failures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from ingestion.document import PAGES_LEFT_OUT
from models.corpus import Document, DocumentVersion
from storage.database import raw_connection
from storage.errors import NotFoundError
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page

STATES = """
SELECT id, key, source_hash, current_version, status, deleted_at IS NOT NULL AS is_deleted,
       chunk_count, warning
FROM documents WHERE course_id = $1 AND key = ANY($2::text[])
"""
OTHER_KEYS = """
SELECT key FROM documents
WHERE course_id = $1 AND deleted_at IS NULL AND kind = 'material' AND key <> ALL($2::text[])
ORDER BY key
"""
TITLES = """
SELECT id, title FROM documents
WHERE course_id = $1 AND deleted_at IS NULL AND status = 'ready' AND chunk_count > 0
  AND kind = 'material'
ORDER BY created_at, id LIMIT $2
"""
HEADINGS = """
SELECT heading[1] AS heading FROM chunks
WHERE course_id = $1 AND document_id = $2 AND cardinality(heading) > 0
ORDER BY document_version DESC, ordinal LIMIT 200
"""
KEYSET = Keyset({"created_at": Document.created_at}, Document.id)
NEWEST_FIRST = Order("created_at", descending=True)

DocumentStatus = Literal["pending", "ready", "failed"]
DocumentKind = Literal["material", "correction"]


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What a run must know of a document to tell whether its source has changed."""

    id: UUID
    key: str
    source_hash: str | None
    current_version: int
    status: DocumentStatus
    is_deleted: bool
    chunk_count: int
    warning: str | None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as a reader sees it."""

    id: UUID
    course_id: UUID
    key: str
    kind: DocumentKind
    title: str
    media_type: str
    language: str
    status: DocumentStatus
    reason: str | None
    reason_code: str | None
    warning: str | None
    version: int
    byte_size: int
    chunk_count: int
    file_hash: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def warning_code(self) -> str | None:
        """Stable name of the warning, if there is one."""
        return None if self.warning is None else PAGES_LEFT_OUT


@dataclass(frozen=True, slots=True)
class PendingDocument:
    """A document announced by an upload, or one that failed before its first version."""

    key: str
    title: str
    media_type: str
    byte_size: int
    file_hash: str | None


class DocumentsRepository:
    """The rows of `documents` and `document_versions`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def states(self, course_id: UUID, keys: Sequence[str]) -> dict[str, DocumentState]:
        """The state of each of these documents that exists, deleted ones too; one query."""
        connection = await raw_connection(self._session)
        rows = await connection.fetch(STATES, course_id, keys)
        return {row["key"]: DocumentState(**{**row, "id": UUID(int=row["id"].int)}) for row in rows}

    async def keys_beside(self, course_id: UUID, keys: Sequence[str]) -> list[str]:
        """Keys of the course's material that are not among `keys`; corrections are none."""
        connection = await raw_connection(self._session)
        return [row["key"] for row in await connection.fetch(OTHER_KEYS, course_id, keys)]

    async def topics(self, course_id: UUID, limit: int) -> list[str]:
        """What the course treats: titles of its first documents, or headings of an only one."""
        connection = await raw_connection(self._session)
        documents = await connection.fetch(TITLES, course_id, limit)
        titles = [document["title"] for document in documents]
        if len(titles) != 1:
            return titles
        rows = await connection.fetch(HEADINGS, course_id, documents[0]["id"])
        headings = dict.fromkeys(row["heading"] for row in rows)
        return [*headings][:limit] or titles

    async def announce(self, course_id: UUID, documents: Sequence[PendingDocument]) -> None:
        """Adds a pending row for each document not yet known; leaves known ones as they are."""
        if documents:
            await self._session.execute(
                insert(Document).on_conflict_do_nothing(),
                [_pending_row(course_id, document) for document in documents],
            )

    async def mark_failed(
        self, course_id: UUID, document: PendingDocument, reason: str, code: str | None = None
    ) -> UUID:
        """Records why a document could not be brought in; a version it has stays in use."""
        outcome = {"status": "failed", "reason": reason, "reason_code": code}
        statement = (
            insert(Document)
            .values(**{**_pending_row(course_id, document), **outcome})
            .on_conflict_do_update(index_elements=[Document.course_id, Document.key], set_=outcome)
            .returning(Document.id)
        )
        return (await self._session.execute(statement)).scalar_one()

    async def drop_placeholder(self, course_id: UUID, key: str) -> None:
        """Removes the row of a document that has never had a version."""
        await self._session.execute(
            delete(Document).where(
                Document.course_id == course_id, Document.key == key, Document.current_version == 0
            )
        )

    async def mark_ready(self, document_ids: Sequence[UUID]) -> None:
        """Clears an earlier failure of documents whose current version is good after all."""
        await self._session.execute(
            update(Document)
            .where(Document.id.in_(document_ids))
            .values(status="ready", reason=None, reason_code=None)
        )

    async def page(
        self, course_id: UUID, request: PageRequest, status: DocumentStatus | None = None
    ) -> Page[StoredDocument]:
        """The course's material, newest first; corrections are listed by themselves.

        Raises:
            InvalidCursorError: when the cursor is damaged.
        """
        statement = select(Document).where(
            Document.course_id == course_id,
            Document.deleted_at.is_(None),
            Document.kind == "material",
        )
        if status is not None:
            statement = statement.where(Document.status == status)
        page = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return page.map(lambda row: _stored(row[0]))

    async def get(self, document_id: UUID) -> StoredDocument:
        """One document.

        Raises:
            NotFoundError: when there is none, or it is deleted.
        """
        statement = select(Document).where(
            Document.id == document_id, Document.deleted_at.is_(None)
        )
        document = await self._session.scalar(statement)
        if document is None:
            raise NotFoundError("document", document_id)
        return _stored(document)

    async def course_of(self, document_id: UUID) -> UUID:
        """The course a document belongs to; a deleted document's too, as citations outlive it.

        Raises:
            NotFoundError: when there is no such document.
        """
        statement = select(Document.course_id).where(Document.id == document_id)
        course_id = await self._session.scalar(statement)
        if course_id is None:
            raise NotFoundError("document", document_id)
        return course_id

    async def text(self, document_id: UUID, version: int | None) -> tuple[int, str]:
        """The number and the text of a kept version; of the newest where none is named.

        Raises:
            NotFoundError: when there is no such version.
        """
        statement = (
            select(DocumentVersion.version, DocumentVersion.text)
            .where(DocumentVersion.document_id == document_id)
            .order_by(DocumentVersion.version.desc())
            .limit(1)
        )
        if version is not None:
            statement = statement.where(DocumentVersion.version == version)
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFoundError(
                "version of this document", "newest" if version is None else version
            )
        return row.version, row.text


def _pending_row(course_id: UUID, document: PendingDocument) -> dict[str, object]:
    return {
        "id": uuid7(),
        "course_id": course_id,
        "key": document.key,
        "title": document.title,
        "media_type": document.media_type,
        "byte_size": document.byte_size,
        "file_hash": document.file_hash,
    }


def _stored(document: Document) -> StoredDocument:
    return StoredDocument(
        id=document.id,
        course_id=document.course_id,
        key=document.key,
        kind=document.kind,  # type: ignore[arg-type]  # held by a check constraint
        title=document.title,
        media_type=document.media_type,
        language=document.language,
        status=document.status,  # type: ignore[arg-type]  # held by a check constraint
        reason=document.reason,
        reason_code=document.reason_code,
        warning=document.warning,
        version=document.current_version,
        byte_size=document.byte_size,
        chunk_count=document.chunk_count,
        file_hash=document.file_hash,
        created_at=document.created_at,
        updated_at=document.updated_at,
    )
