"""The bookkeeping of one run: which files are under way, and what became of each."""

import asyncio
import mimetypes
from uuid import UUID

from services.ingestion.report import (
    FileReport,
    FileStatus,
    IngestionListener,
    Reason,
    joined,
    joined_warnings,
)
from services.ingestion.stages import OpenFile, StoredOutcome
from services.ingestion.survey import SurveyedSource
from services.ingestion.target import IngestionTarget
from storage.database import Database
from storage.files import FileStore
from storage.repositories.documents import DocumentsRepository, PendingDocument

UNKNOWN_MEDIA_TYPE = "application/octet-stream"


class Run:
    """Collects the reports of a run into one course, and records failures as it goes."""

    def __init__(
        self,
        database: Database,
        files: FileStore,
        target: IngestionTarget,
        listener: IngestionListener,
    ) -> None:
        self._database = database
        self._files = files
        self._scope = target.scope
        self._course_id = target.course_id
        self.listener = listener
        self.reports: list[FileReport] = []
        self.encoded_chunks = 0

    def add(self, report: FileReport) -> None:
        """Keeps the report of a file that is done."""
        self.reports.append(report)
        self.listener.file_finished(report)

    def count_encoded(self, count: int) -> None:
        """Counts chunks that have got their vectors."""
        self.encoded_chunks += count
        self.listener.chunks_ready(count)

    async def keep_original(self, surveyed: SurveyedSource) -> None:
        """Keeps a copy of the file, where it is one document, for whoever wants the original."""
        source = surveyed.hashed.source
        if not source.is_json_lines:
            await asyncio.to_thread(self._files.write_file, source.path, surveyed.hashed.file_hash)

    async def finish_reading(self, file: OpenFile) -> None:
        """Notes that all of a file is read, or as much of it as can be."""
        file.is_read = True
        reason = joined(file.reasons)
        if reason is not None:
            byte_size = sum(file.surveyed.hashed.byte_sizes.values())
            failed = await self._mark_failed(file.source.key, reason, byte_size)
            if not file.source.is_json_lines:
                file.document_ids.append(failed)
        if not file.documents:
            self.listener.documents_finished(file.surveyed.documents_to_read)
        if file.waiting == 0:
            await self._finish_file(file)

    async def finish_document(self, outcome: StoredOutcome) -> None:
        """Counts a document as done, and reports its file once all of the file's are."""
        file, version = outcome.file, outcome.version
        if outcome.reason is not None:
            named = f"{version.key}: {outcome.reason.text}"
            # Of many documents the words say which one it is; a code would stand for all of them.
            code = None if file.source.is_json_lines else outcome.reason.code
            file.reasons.append(Reason(named, code))
            await self._mark_failed(version.key, outcome.reason, version.byte_size)
        else:
            file.chunks += len(version.chunks)
            if version.warning is not None:
                file.warnings.append(version.warning)
        if outcome.document_id is not None and not file.document_ids:
            file.document_ids.append(outcome.document_id)
        self.listener.documents_finished(1)
        file.waiting -= 1
        if file.is_read and file.waiting == 0:
            await self._finish_file(file)

    async def _finish_file(self, file: OpenFile) -> None:
        if file.source.is_json_lines and not file.reasons:
            await self._drop_placeholder(file.source.key)
        is_one = file.documents <= 1 and bool(file.document_ids)
        unchanged = sum(state.chunk_count for state in file.surveyed.unchanged)
        warning = joined_warnings([*file.warnings, *file.surveyed.warnings])
        reason = joined(file.reasons) or file.skipped_because
        self.add(
            FileReport(
                path=file.source.key,
                status=_status_of(file),
                reason=None if reason is None else reason.text,
                reason_code=None if reason is None else reason.code,
                document_id=file.document_ids[0] if is_one else None,
                documents=file.documents,
                chunks=file.chunks + unchanged,
                seconds=file.seconds,
                warning=None if warning is None else warning.text,
                warning_code=None if warning is None else warning.code,
            )
        )

    async def _mark_failed(self, key: str, reason: Reason, byte_size: int) -> UUID:
        failed = PendingDocument(
            key=key,
            title=key.rsplit("/", 1)[-1],
            media_type=mimetypes.guess_type(key)[0] or UNKNOWN_MEDIA_TYPE,
            byte_size=byte_size,
            file_hash=None,
        )
        async with self._database.transaction(self._scope) as session:
            return await DocumentsRepository(session).mark_failed(
                self._course_id, failed, reason.text, reason.code
            )

    async def _drop_placeholder(self, key: str) -> None:
        """Removes the row under which an earlier run failed to read a file of many documents."""
        async with self._database.transaction(self._scope) as session:
            await DocumentsRepository(session).drop_placeholder(self._course_id, key)


def _status_of(file: OpenFile) -> FileStatus:
    if file.reasons:
        return "failed"
    return "ok" if file.skipped_because is None else "skipped"
