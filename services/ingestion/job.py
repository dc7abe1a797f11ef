"""Ingestion as a job: uploaded files from the store into the job's course."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

from jobs.payloads import IngestPayload, UploadedSource
from services.ingestion.archives import unpack
from services.ingestion.report import IngestionReport, SilentListener
from services.ingestion.service import IngestionService
from services.ingestion.sources import ARCHIVE_EXTENSION, SourceFile, checked
from services.ingestion.target import IngestionTarget
from services.job_running import JobFailedError, JobProgress, JobResult
from services.measuring.jobs import JobMeasures
from storage.database import Database, Scope
from storage.files import FileStore
from storage.repositories.corpus import CorpusRepository
from storage.repositories.job_values import ClaimedJob


class IngestionJob:
    """The work of an `ingest` job. Run again after a crash it skips what is in already."""

    def __init__(
        self,
        database: Database,
        files: FileStore,
        ingestion: IngestionService,
        measures: JobMeasures | None = None,
    ) -> None:
        self._database = database
        self._files = files
        self._ingestion = ingestion
        self._measures = measures or JobMeasures()

    async def __call__(self, job: ClaimedJob, scope: Scope, progress: JobProgress) -> JobResult:
        """Brings the files in; succeeds where at least one is.

        Raises:
            JobFailedError: when none of the files could be brought in.
            NotFoundError: when the course is gone, or a file is not in the store.
            StorageUnavailableError: when PostgreSQL is lost.
        """
        payload = IngestPayload.model_validate(job.payload)
        async with self._database.transaction(scope) as session:
            language = await CorpusRepository(session).language(job.course_id)
        target = IngestionTarget(scope, job.course_id, language)
        with tempfile.TemporaryDirectory(prefix="neuroshiksha-ingest-") as scratch:
            sources = await asyncio.to_thread(self._lay_out, payload.sources, Path(scratch))
            report = await self._ingestion.ingest(
                target, sources, listener=ProgressWriter(progress)
            )
        statuses = [file.status for file in report.files]
        self._measures.ingested(statuses, report.encoded_chunks or 0)
        return _result(job.course_id, report)

    def _lay_out(self, uploads: Sequence[UploadedSource], scratch: Path) -> list[SourceFile]:
        """The files under their own names, which readers go by; archives unpacked. Blocks."""
        return [
            source
            for number, upload in enumerate(uploads)
            for source in self._sources_of(upload, scratch / str(number))
        ]

    def _sources_of(self, upload: UploadedSource, folder: Path) -> Iterator[SourceFile]:
        named = folder / upload.key
        self._files.lay_out(upload.content_hash, named)
        if named.suffix.lower() != ARCHIVE_EXTENSION:
            yield SourceFile(named, upload.key)
            return
        for member in unpack(named, folder / "unpacked", upload.members or None):
            if member.path is None:
                yield SourceFile(named, member.name, member.fault, is_failure=True)
            else:
                yield checked(member.path, member.name)


class ProgressWriter(SilentListener):
    """Writes what a run tells into a job's progress: by documents, one alone by its chunks."""

    def __init__(self, progress: JobProgress) -> None:
        self._progress = progress
        self._documents = 0
        self._finished = 0
        self._found = 0
        self._ready = 0

    def surveyed(self, _files: int, documents: int, /) -> None:
        """Learns how much there is to do."""
        self._documents = documents
        self._progress.stage = "reading"

    def chunks_found(self, count: int, /) -> None:
        """Counts what is to be encoded."""
        self._found += count
        self._progress.stage = "encoding"

    def chunks_ready(self, count: int, /) -> None:
        """Counts what is encoded."""
        self._ready += count
        self._move()

    def documents_finished(self, count: int, /) -> None:
        """Counts documents as done."""
        self._finished += count
        self._move()

    def _move(self) -> None:
        if self._documents > 1:
            self._progress.fraction = self._finished / self._documents
        elif self._found:
            self._progress.fraction = self._ready / self._found


def _result(course_id: UUID, report: IngestionReport) -> JobResult:
    result = JobResult("documents", str(course_id), tuple(file.as_json() for file in report.files))
    if not report.count("ok") + report.count("unchanged"):
        reasons = [f"{file.path}: {file.reason}" for file in report.files]
        message = "; ".join(reasons) or "There was no file in it."
        raise JobFailedError("nothing_ingested", message, result)
    return result
