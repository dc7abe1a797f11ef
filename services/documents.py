"""Documents of a course: uploading, listing, reading, taking out."""

import unicodedata
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from jobs.payloads import UploadedSource
from services.access import CourseAccess, Permission, authorise
from services.actors import Actor
from services.errors import InvalidValueError, TooLargeError, WrongStateError
from services.ingestion.submission import IngestionSubmission
from services.jobs import URGENT
from storage.database import Database
from storage.errors import FileTooLargeError, NotFoundError
from storage.files import FileStore
from storage.paging import Page, PageRequest
from storage.repositories.corpus import CorpusRepository
from storage.repositories.documents import (
    DocumentsRepository,
    DocumentStatus,
    StoredDocument,
)
from storage.repositories.job_values import StoredJob

MAX_KEY_CHARACTERS = 500


class Upload(Protocol):
    """A file on its way in."""

    @property
    def name(self) -> str:
        """The name, or the path below an uploaded folder, as the sender gives it."""
        ...

    def blocks(self) -> AsyncIterator[bytes]:
        """Its bytes."""
        ...


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The text of one version, which offsets of locators and citations count in."""

    document_id: UUID
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """The original of a document, as it was brought in."""

    path: Path
    name: str
    media_type: str
    content_hash: str


class DocumentService:
    """What may be done with a course's documents."""

    def __init__(
        self,
        database: Database,
        files: FileStore,
        submission: IngestionSubmission,
        upload_limit_bytes: int,
    ) -> None:
        self._database = database
        self._files = files
        self._submission = submission
        self._upload_limit_bytes = upload_limit_bytes

    async def authorise_upload(self, actor: Actor, course: UUID | str) -> CourseAccess:
        """Says before a byte is read whether the actor may upload.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: the role does not allow it.
        """
        async with self._database.transaction(actor.scope) as session:
            return await authorise(session, actor, course, Permission.EDIT)

    async def upload(
        self,
        actor: Actor,
        access: CourseAccess,
        uploads: Sequence[Upload],
        idempotency_key: str | None = None,
    ) -> StoredJob:
        """Keeps the files and queues the job that brings them in.

        Once this returns nothing is lost: files and job are stored, and a job whose message does
        not get through is published again. The same files under the same key give the same job.

        Raises:
            InvalidValueError: no file, or one whose name is no name.
            TooLargeError: a file is past the limit.
            KeyReusedError: the key came with other files before.
        """
        if not uploads:
            raise InvalidValueError("files", "Send at least one file in the field `files`.")
        sources = [await self._keep(upload) for upload in uploads]
        return await self._submission.submit(
            actor, access.course_id, sources, priority=URGENT, idempotency_key=idempotency_key
        )

    async def page(
        self,
        actor: Actor,
        course: UUID | str,
        request: PageRequest,
        status: DocumentStatus | None = None,
    ) -> Page[StoredDocument]:
        """The documents of a course, newest first.

        Raises:
            NotFoundError: no such course for this actor.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
            return await DocumentsRepository(session).page(access.course_id, request, status)

    async def read(self, actor: Actor, document_id: UUID) -> StoredDocument:
        """One document.

        Raises:
            NotFoundError: none of that id, or not in a course of this actor.
        """
        async with self._database.transaction(actor.scope) as session:
            await self._enter(session, actor, document_id, Permission.READ)
            return await DocumentsRepository(session).get(document_id)

    async def text(self, actor: Actor, document_id: UUID, version: int | None) -> DocumentText:
        """The text of a version; versions of deleted documents stay, as answers cite them.

        Raises:
            NotFoundError: no such document or version for this actor.
        """
        async with self._database.transaction(actor.scope) as session:
            await self._enter(session, actor, document_id, Permission.READ)
            number, text = await DocumentsRepository(session).text(document_id, version)
        return DocumentText(document_id, number, text)

    async def original(self, actor: Actor, document_id: UUID) -> OriginalFile:
        """Where the document's original lies.

        Raises:
            NotFoundError: no such document for this actor, or it was part of a larger file.
        """
        document = await self.read(actor, document_id)
        if document.file_hash is None:
            raise NotFoundError("original file of the document", document_id)
        return OriginalFile(
            path=self._files.path(document.file_hash),
            name=PurePosixPath(document.key).name,
            media_type=document.media_type,
            content_hash=document.file_hash,
        )

    async def delete(self, actor: Actor, document_id: UUID) -> None:
        """Takes a document out of the course; nothing finds it any more.

        Raises:
            NotFoundError: no such document for this actor.
            PermissionDeniedError: the role does not allow it.
            WrongStateError: it says a correction, which is withdrawn instead.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await self._enter(session, actor, document_id, Permission.EDIT)
            document = await DocumentsRepository(session).get(document_id)
            if document.kind == "correction":
                raise WrongStateError("A correction is not deleted. Withdraw it instead.")
            await CorpusRepository(session).delete_document(access.course_id, document.key)

    async def _enter(
        self, session: AsyncSession, actor: Actor, document_id: UUID, permission: Permission
    ) -> CourseAccess:
        course_id = await DocumentsRepository(session).course_of(document_id)
        return await authorise(
            session, actor, course_id, permission, subject=("document", document_id)
        )

    async def _keep(self, upload: Upload) -> UploadedSource:
        key = document_key(upload.name)
        try:
            stored = await self._files.write_stream(
                upload.blocks(), limit_bytes=self._upload_limit_bytes
            )
        except FileTooLargeError as error:
            raise TooLargeError(f"file {key!r}", error.limit_bytes) from error
        return UploadedSource(key=key, content_hash=stored.content_hash, byte_size=stored.byte_size)


def document_key(name: str) -> str:
    """A sender's file name as a document key: a clean relative path.

    Raises:
        InvalidValueError: when nothing is left of it.
    """
    plain = unicodedata.normalize("NFC", name.replace("\\", "/"))
    visible = "".join(char for char in plain if char.isprintable())
    parts = [part.strip() for part in visible.split("/")]
    key = "/".join(part for part in parts if part not in {"", ".", ".."})
    if not key or len(key) > MAX_KEY_CHARACTERS:
        message = f"A file needs a name of 1 to {MAX_KEY_CHARACTERS} characters; it has {name!r}."
        raise InvalidValueError("files", message)
    return key
