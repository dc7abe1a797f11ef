"""Files handed to the workers: kept, divided into jobs of bounded size, queued."""

import asyncio
import mimetypes
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from uuid import UUID

from jobs.kinds import JobKind
from jobs.payloads import IngestPayload, UploadedSource
from services.access import Permission, authorise
from services.actors import Actor
from services.ingestion.archives import MemberBatch, batches_of
from services.ingestion.run import UNKNOWN_MEDIA_TYPE
from services.ingestion.sources import ARCHIVE_EXTENSION, SourceFile
from services.jobs import BULK, JobService, add_job
from storage.database import Database
from storage.files import FileStore, hash_file
from storage.repositories.documents import DocumentsRepository, PendingDocument
from storage.repositories.job_values import NewJob, StoredJob

BATCH_FILES = 16
BATCH_BYTES = 32 << 20
"""Files of one job: enough to fill the encoder, little enough to share a library out."""
CONTAINER_EXTENSIONS = frozenset({".zip", ".jsonl", ".ndjson"})
"""Files that hold documents and are none themselves."""


class IngestionSubmission:
    """Queues ingestion: one job, or one with a part for every batch of files."""

    def __init__(self, database: Database, files: FileStore, jobs: JobService) -> None:
        self._database = database
        self._files = files
        self._jobs = jobs

    async def submit(
        self,
        actor: Actor,
        course: UUID | str,
        sources: Sequence[UploadedSource],
        *,
        priority: int,
        idempotency_key: str | None = None,
    ) -> StoredJob:
        """Queues files that are in the store already.

        Once this returns nothing is lost: the jobs are stored, and those whose messages do not
        get through are found by the workers all the same.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: the role does not allow it.
            KeyReusedError: the key came with other files before.
        """
        batches = list(_batches(await asyncio.to_thread(self._divided, sources)))
        payloads = [_payload(batch) for batch in batches]
        whole = payloads[0] if len(payloads) == 1 else {"files": len(sources)}
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
            new = NewJob(
                course_id=access.course_id,
                kind=JobKind.INGEST,
                payload=whole,
                requested_by=actor.user_id,
                priority=priority,
                parts=payloads if len(payloads) > 1 else (),
                idempotency_key=idempotency_key,
            )
            job = await add_job(session, new)
            await DocumentsRepository(session).announce(access.course_id, _pending(sources))
        await self._jobs.publish(actor, job.id)
        return job

    async def submit_files(
        self, actor: Actor, course: UUID | str, sources: Sequence[SourceFile]
    ) -> StoredJob:
        """Copies local files into the store and queues them behind whatever is urgent.

        Raises:
            OSError: when a file cannot be read.
            NotFoundError: as `submit`.
            PermissionDeniedError: as `submit`.
        """
        kept = [await asyncio.to_thread(self._keep, source) for source in sources]
        return await self.submit(actor, course, kept, priority=BULK)

    def _divided(self, sources: Sequence[UploadedSource]) -> list[UploadedSource]:
        """The sources, an archive as several of which each means some of its files. Blocks."""
        divided: list[UploadedSource] = []
        for source in sources:
            batches = self._batches_of(source)
            if len(batches) <= 1:
                divided.append(source)
                continue
            divided += [
                source.model_copy(update={"members": batch.names, "byte_size": batch.byte_size})
                for batch in batches
            ]
        return divided

    def _batches_of(self, source: UploadedSource) -> list[MemberBatch]:
        if PurePosixPath(source.key).suffix.lower() != ARCHIVE_EXTENSION:
            return []
        archive = self._files.path(source.content_hash)
        return batches_of(archive, max_files=BATCH_FILES, max_bytes=BATCH_BYTES)

    def _keep(self, source: SourceFile) -> UploadedSource:
        content_hash = hash_file(source.path)
        self._files.write_file(source.path, content_hash)
        return UploadedSource(
            key=source.key, content_hash=content_hash, byte_size=source.path.stat().st_size
        )


def _batches(sources: Sequence[UploadedSource]) -> Iterator[list[UploadedSource]]:
    batch: list[UploadedSource] = []
    files = byte_size = 0
    for source in sources:
        weight = len(source.members) or 1
        is_full = files + weight > BATCH_FILES or byte_size + source.byte_size > BATCH_BYTES
        if batch and is_full:
            yield batch
            batch, files, byte_size = [], 0, 0
        batch.append(source)
        files += weight
        byte_size += source.byte_size
    if batch:
        yield batch


def _payload(sources: Sequence[UploadedSource]) -> dict[str, object]:
    return IngestPayload(sources=tuple(sources)).model_dump(mode="json")


def _pending(sources: Sequence[UploadedSource]) -> list[PendingDocument]:
    return [
        PendingDocument(
            key=source.key,
            title=PurePosixPath(source.key).name,
            media_type=mimetypes.guess_type(source.key)[0] or UNKNOWN_MEDIA_TYPE,
            byte_size=source.byte_size,
            file_hash=source.content_hash,
        )
        for source in sources
        if PurePosixPath(source.key).suffix.lower() not in CONTAINER_EXTENSIONS
    ]
