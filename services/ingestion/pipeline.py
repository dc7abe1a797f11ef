"""Reading, encoding and storing at the same time, with bounded queues between them.

```
readers (a thread each, the parsing in a process of its own) -> passages -> encoder (one thread,
which leaves the interpreter free) -> groups of whole documents -> COPY and switch, a transaction
```
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from ai.embedding.embedder import Embedder, PassageVectors
from ingestion.document import ParsedDocument
from ingestion.errors import IngestionError
from services.ingestion.passages import Passage, passages_of
from services.ingestion.run import Run
from services.ingestion.sources import SourceFile
from services.ingestion.stages import DocumentPlan, EncodedDocument, OpenFile, PreparedDocument
from services.ingestion.storing import CorpusWriter
from services.ingestion.survey import SurveyedSource
from storage.errors import StorageUnavailableError

GROUP_CHUNKS = 256
"""Chunks encoded and stored together: enough for batches of like length, little to lose."""
SLICE_CHUNKS = 64
"""Chunks of one call of the encoder; it bounds how long an interrupted run still works."""
WAITING_DOCUMENTS = 128
WAITING_GROUPS = 2


class DocumentReader(Protocol):
    """Reads files in a process of its own, which a hostile file may bring down without harm."""

    def read(self, source: Path, *, key: str) -> Iterator[ParsedDocument]:
        """The documents of a file as they are read. Blocks.

        Raises:
            IngestionError: when it cannot be read; only this file is lost.
        """
        ...


class ReaderFactory(Protocol):
    """Opens readers; each is used by one thread at a time."""

    def __call__(self) -> AbstractContextManager[DocumentReader]:
        """A reader, closed at the end of the context."""
        ...


class IngestionPipeline:
    """Takes the changed documents of surveyed sources into one course."""

    def __init__(
        self,
        embedder: Embedder,
        open_reader: ReaderFactory,
        writer: CorpusWriter,
        run: Run,
        language: str,
    ) -> None:
        self._embedder = embedder
        self._open_reader = open_reader
        self._writer = writer
        self._run = run
        self._language = language
        self._unread: asyncio.Queue[SurveyedSource] = asyncio.Queue()
        self._prepared: asyncio.Queue[PreparedDocument | None] = asyncio.Queue(WAITING_DOCUMENTS)
        self._encoded: asyncio.Queue[list[EncodedDocument] | None] = asyncio.Queue(WAITING_GROUPS)

    async def take_in(self, sources: Iterable[SurveyedSource], readers: int) -> None:
        """Runs all sources through; a document that fails harms no other.

        Raises:
            StorageUnavailableError: when PostgreSQL is lost; what is stored stays.
        """
        for source in sources:
            self._unread.put_nowait(source)
        try:
            async with asyncio.TaskGroup() as stages:
                stages.create_task(self._read_all(readers))
                stages.create_task(self._encode_all())
                stages.create_task(self._store_all())
        except BaseExceptionGroup as group:
            if group.subgroup(StorageUnavailableError) is None:
                raise
            raise StorageUnavailableError from group

    async def _read_all(self, readers: int) -> None:
        async with asyncio.TaskGroup() as reading:
            for _ in range(min(readers, self._unread.qsize())):
                reading.create_task(self._read_some())
        await self._prepared.put(None)

    async def _read_some(self) -> None:
        with self._open_reader() as reader:
            while not self._unread.empty():
                await self._read(reader, self._unread.get_nowait())

    async def _read(self, reader: DocumentReader, surveyed: SurveyedSource) -> None:
        source = surveyed.hashed.source
        started = time.monotonic()
        try:
            documents = await asyncio.to_thread(_read_whole, reader, source)
        except IngestionError as error:
            await self._run.fail_file(surveyed, error.reason, time.monotonic() - started)
            return
        changed = [document for document in documents if document.key in surveyed.changed]
        wanted = changed or documents
        await self._run.keep_original(surveyed)
        file = self._run.open_file(surveyed, len(documents), len(wanted), started)
        for some in _in_portions(wanted):
            for prepared in await asyncio.to_thread(self._prepare, file, some):
                self._run.listener.chunks_found(len(prepared.passages))
                await self._prepared.put(prepared)

    def _prepare(
        self, file: OpenFile, documents: Sequence[ParsedDocument]
    ) -> list[PreparedDocument]:
        return [
            PreparedDocument(
                file,
                document,
                passages_of(document, self._embedder, language=self._language),
            )
            for document in documents
        ]

    async def _encode_all(self) -> None:
        async for group in _groups(self._prepared):
            plans = await self._writer.plan(group)
            passages = [passage for plan in plans for passage in plan.passages_to_encode]
            self._run.listener.chunks_ready(sum(map(_kept, plans)))
            vectors = await self._encode(passages)
            remaining = iter(vectors)
            await self._encoded.put([plan.with_vectors(remaining) for plan in plans])
        await self._encoded.put(None)

    async def _encode(self, passages: Sequence[Passage]) -> list[PassageVectors]:
        """Vectors in the order of the passages; like lengths are encoded together."""
        order = sorted(range(len(passages)), key=lambda n: passages[n].chunk.token_count)
        vectors: dict[int, PassageVectors] = {}
        for start in range(0, len(order), SLICE_CHUNKS):
            places = order[start : start + SLICE_CHUNKS]
            inputs = [passages[place].encoder_input for place in places]
            encoded = await asyncio.to_thread(self._embedder.encode_passages, inputs)
            vectors.update(zip(places, encoded, strict=True))
            self._run.count_encoded(len(places))
        return [vectors[place] for place in range(len(passages))]

    async def _store_all(self) -> None:
        while (group := await self._encoded.get()) is not None:
            for stored in await self._writer.store(group):
                await self._run.finish_document(stored)


def _read_whole(reader: DocumentReader, source: SourceFile) -> list[ParsedDocument]:
    return list(reader.read(source.path, key=source.key))


async def _groups(
    queue: "asyncio.Queue[PreparedDocument | None]",
) -> AsyncIterator[list[PreparedDocument]]:
    """Whole documents with about `GROUP_CHUNKS` chunks together, or what is waiting just now."""
    while (first := await queue.get()) is not None:
        group = [first]
        count = len(first.passages)
        is_last = False
        while count < GROUP_CHUNKS and not is_last and not queue.empty():
            following = queue.get_nowait()
            if following is None:
                is_last = True
            else:
                group.append(following)
                count += len(following.passages)
        yield group
        if is_last:
            return


def _kept(plan: DocumentPlan) -> int:
    return sum(plan.is_kept)


def _in_portions(documents: Sequence[ParsedDocument]) -> Iterable[Sequence[ParsedDocument]]:
    """Documents in runs that a thread cuts in one go: many small ones, or one large one."""
    portion: list[ParsedDocument] = []
    size = 0
    for document in documents:
        portion.append(document)
        size += len(document.text)
        if size >= 100_000:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
