"""Plans which chunks keep their vectors, and switches documents to their new versions."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from asyncpg import PostgresError

from services.ingestion.report import Reason
from services.ingestion.stages import DocumentPlan, EncodedDocument, PreparedDocument, StoredOutcome
from services.ingestion.target import IngestionTarget
from storage.database import Database
from storage.repositories.corpus import CorpusRepository, StoredChunk
from storage.repositories.documents import DocumentsRepository, DocumentState

REFUSALS = (PostgresError, ValueError)
"""What the server will not take, or what cannot be sent to it (a lone surrogate, say)."""
SUPERSEDED = Reason("another run has changed it meanwhile; run again", "superseded")


class CorpusWriter:
    """Writes to one course, in transactions of a few documents."""

    def __init__(self, database: Database, target: IngestionTarget, embedder_id: int) -> None:
        self._database = database
        self._scope = target.scope
        self._course_id = target.course_id
        self._embedder_id = embedder_id

    async def plan(self, group: Sequence[PreparedDocument]) -> list[DocumentPlan]:
        """Compares the passages with the stored chunks, and draws ids for the new ones."""
        async with self._database.transaction(self._scope) as session:
            keys = [prepared.document.key for prepared in group]
            states = await DocumentsRepository(session).states(self._course_id, keys)
            corpus = CorpusRepository(session)
            living = [state.id for state in states.values() if state.chunk_count]
            stored = (
                await corpus.stored_chunks(self._course_id, living, self._embedder_id)
                if living
                else {}
            )
            ids = iter(
                await corpus.draw_chunk_ids(sum(len(prepared.passages) for prepared in group))
            )
        return [
            _plan(prepared, states.get(prepared.document.key), stored, ids) for prepared in group
        ]

    async def store(self, group: Sequence[EncodedDocument]) -> list[StoredOutcome]:
        """Stores a group in one transaction; if the database refuses it, each document alone.

        Raises:
            StorageUnavailableError: when PostgreSQL is lost.
        """
        try:
            return await self._store_together(group)
        except REFUSALS as error:
            if len(group) == 1:
                reason = Reason(f"the database refuses it: {error}", "refused_by_database")
                return [StoredOutcome(group[0].file, group[0].version, None, reason)]
        return [outcome for one in group for outcome in await self.store([one])]

    async def _store_together(self, group: Sequence[EncodedDocument]) -> list[StoredOutcome]:
        versions = [encoded.version for encoded in group]
        async with self._database.transaction(self._scope) as session:
            switched = await CorpusRepository(session).switch(
                self._course_id, self._embedder_id, versions
            )
        return [
            StoredOutcome(
                encoded.file,
                encoded.version,
                result.document_id,
                SUPERSEDED if result.outcome == "superseded" else None,
            )
            for encoded, result in zip(group, switched, strict=True)
        ]


def _plan(
    prepared: PreparedDocument,
    state: DocumentState | None,
    stored: dict[UUID, list[StoredChunk]],
    fresh_ids: Iterator[int],
) -> DocumentPlan:
    reusable: dict[tuple[str, int], list[int]] = {}
    for chunk in stored.get(state.id, ()) if state else ():
        reusable.setdefault((chunk.content_hash, chunk.sentence_count), []).append(chunk.id)
    chunk_ids: list[int] = []
    is_kept: list[bool] = []
    for passage in prepared.passages:
        content = (passage.chunk.content_hash, len(passage.chunk.sentence_bounds))
        same = reusable.get(content)
        is_kept.append(bool(same))
        chunk_ids.append(same.pop(0) if same else next(fresh_ids))
    return DocumentPlan(
        file=prepared.file,
        document=prepared.document,
        passages=prepared.passages,
        chunk_ids=tuple(chunk_ids),
        is_kept=tuple(is_kept),
        expected_version=state.current_version if state else 0,
    )
