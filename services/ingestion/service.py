"""The use case: bring sources into a course, unchanged ones at no cost."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ai.embedding.embedder import Embedder
from ingestion.errors import SourceUnavailableError
from ingestion.formats import can_recognise_text
from services.access import Permission, authorise
from services.actors import Actor
from services.ingestion.pipeline import IngestionPipeline, ReaderFactory
from services.ingestion.report import (
    FileReport,
    IngestionListener,
    IngestionReport,
    SilentListener,
    joined_warnings,
    left_out,
)
from services.ingestion.run import Run
from services.ingestion.sources import SourceFile
from services.ingestion.storing import CorpusWriter
from services.ingestion.survey import HashedSource, SurveyedSource, compare, hash_sources
from services.ingestion.target import IngestionTarget
from storage.database import MAINTENANCE, Database, Scope
from storage.files import FileStore
from storage.locks import course_lock
from storage.repositories.audit import AuditRepository
from storage.repositories.corpus import CorpusRepository
from storage.repositories.documents import DocumentsRepository
from storage.repositories.embedders import EmbeddersRepository


@dataclass(frozen=True, slots=True)
class IngestionOptions:
    """How a run goes about it.

    Attributes:
        readers: files read at the same time, each by a process of its own.
        is_dry_run: only tell what would be done.
        delete_missing: take documents out of the course that are not among the sources; left
            undone where a file failed, as its documents are then not known.
    """

    readers: int = 1
    is_dry_run: bool = False
    delete_missing: bool = False


class IngestionService:
    """Brings material into courses."""

    def __init__(
        self,
        database: Database,
        files: FileStore,
        embedder: Embedder,
        open_reader: ReaderFactory,
    ) -> None:
        self._database = database
        self._files = files
        self._embedder = embedder
        self._open_reader = open_reader

    async def ingest_for(
        self,
        actor: Actor,
        course: UUID | str,
        sources: Sequence[SourceFile],
        options: IngestionOptions | None = None,
        listener: IngestionListener | None = None,
    ) -> IngestionReport:
        """Takes sources into a course that the actor may change, as `ingest` does.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: the role does not allow it.
            StorageUnavailableError: when PostgreSQL is lost on the way.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
        scope = Scope(user_id=actor.user_id, course_ids=(access.course_id,))
        target = IngestionTarget(scope, access.course_id, access.language)
        report = await self.ingest(target, sources, options, listener)
        if actor.is_operator and (report.count("ok") or report.deleted_documents):
            totals = report.as_json()["totals"]
            async with self._database.transaction(scope) as session:
                await AuditRepository(session).record(
                    "course.ingest",
                    actor_id=actor.user_id,
                    course_id=access.course_id,
                    details=totals,
                )
        return report

    async def ingest(
        self,
        target: IngestionTarget,
        sources: Sequence[SourceFile],
        options: IngestionOptions | None = None,
        listener: IngestionListener | None = None,
    ) -> IngestionReport:
        """Takes in what is new or changed; every file is in, unchanged, skipped or failed alone.

        Idempotent: a second run over the same sources does nothing but hash them. A run that is
        cancelled keeps the documents it has stored, each whole.

        Raises:
            LockTakenError: when another run takes missing documents out for long.
            StorageUnavailableError: when PostgreSQL is lost on the way.
        """
        options = options or IngestionOptions()
        started = time.monotonic()
        run = Run(self._database, self._files, target, listener or SilentListener())
        surveyed = await self._survey(run, target, sources)
        changed = [source for source in surveyed if source.needs_reading]
        run.listener.surveyed(len(changed), sum(source.documents_to_read for source in changed))
        await self._report_unchanged(run, target, surveyed)
        if options.is_dry_run:
            _report_dry_run(run, changed)
        else:
            await self._take_in(run, target, changed, options.readers)
        deleted = 0
        if options.delete_missing and not options.is_dry_run:
            deleted = await self._delete_missing(run, target, surveyed)
        order = {source.key: place for place, source in enumerate(sources)}
        return IngestionReport(
            files=tuple(sorted(run.reports, key=lambda report: order.get(report.path, 0))),
            encoded_chunks=run.encoded_chunks,
            deleted_documents=deleted,
            seconds=time.monotonic() - started,
        )

    async def _survey(
        self, run: Run, target: IngestionTarget, sources: Sequence[SourceFile]
    ) -> list[SurveyedSource]:
        readable = [source for source in sources if source.fault is None]
        for source in sources:
            if source.fault is not None:
                run.add(left_out(source.key, source.fault, is_failure=source.is_failure))
        hashed: list[HashedSource] = []
        for result in await asyncio.to_thread(lambda: list(hash_sources(readable))):
            if isinstance(result, HashedSource):
                hashed.append(result)
            else:
                source, fault = result
                code = SourceUnavailableError.code
                run.add(FileReport(source.key, "failed", fault, reason_code=code))
        keys = [key for source in hashed for key in source.document_hashes]
        async with self._database.transaction(target.scope) as session:
            states = await DocumentsRepository(session).states(target.course_id, keys)
        reads_pictures = can_recognise_text()
        return [compare(source, states, reads_pictures=reads_pictures) for source in hashed]

    async def _report_unchanged(
        self, run: Run, target: IngestionTarget, surveyed: Sequence[SurveyedSource]
    ) -> None:
        recovered = [
            state.id for source in surveyed for state in source.unchanged if state.status != "ready"
        ]
        if recovered:
            async with self._database.transaction(target.scope) as session:
                await DocumentsRepository(session).mark_ready(recovered)
        for source in surveyed:
            if not source.needs_reading:
                run.add(_unchanged(source))

    async def _take_in(
        self,
        run: Run,
        target: IngestionTarget,
        changed: Sequence[SurveyedSource],
        readers: int,
    ) -> None:
        if not changed:
            return
        async with self._database.transaction(MAINTENANCE) as session:
            embedder_id = await EmbeddersRepository(session).ensure(
                self._embedder.id, self._embedder.dimension
            )
        writer = CorpusWriter(self._database, target, embedder_id)
        pipeline = IngestionPipeline(
            self._embedder, self._open_reader, writer, run, target.language
        )
        await pipeline.take_in(changed, readers)

    async def _delete_missing(
        self, run: Run, target: IngestionTarget, surveyed: Sequence[SurveyedSource]
    ) -> int:
        if any(report.status == "failed" for report in run.reports):
            return 0
        present = [key for source in surveyed for key in source.hashed.document_hashes]
        async with (
            course_lock(self._database, target.course_id) as lock,
            self._database.transaction(target.scope) as session,
        ):
            missing = await DocumentsRepository(session).keys_beside(target.course_id, present)
            corpus = CorpusRepository(session)
            deleted = [await corpus.delete_document(target.course_id, key) for key in missing]
            await lock.confirm(session)
        return sum(deleted)


def _unchanged(source: SurveyedSource) -> FileReport:
    states = source.unchanged
    warning = joined_warnings(source.warnings)
    return FileReport(
        path=source.hashed.source.key,
        status="unchanged",
        document_id=states[0].id if len(states) == 1 else None,
        documents=len(states),
        chunks=sum(state.chunk_count for state in states),
        warning=None if warning is None else warning.text,
        warning_code=None if warning is None else warning.code,
    )


def _report_dry_run(run: Run, changed: Sequence[SurveyedSource]) -> None:
    for source in changed:
        count = len(source.changed)
        what = "it" if count <= 1 else f"{count} documents"
        run.add(
            FileReport(source.hashed.source.key, "skipped", f"dry run: {what} would be brought in")
        )
