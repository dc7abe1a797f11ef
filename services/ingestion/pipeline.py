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
from ai.embedding.errors import EmbeddingError
from ingestion.document import ParsedDocument
from ingestion.errors import IngestionError, NoTextError
from services.ingestion.passages import Passage, passages_of
from services.ingestion.report import Reason
from services.ingestion.run import Run
from services.ingestion.stages import (
    DocumentPlan,
    EncodedDocument,
    OpenFile,
    PreparedDocument,
    share_time,
)
from services.ingestion.storing import CorpusWriter
from services.ingestion.survey import SurveyedSource
from storage.errors import StorageUnavailableError

GROUP_CHUNKS = 256
"""Chunks encoded and stored together: enough for batches of like length, little to lose."""
SLICE_CHUNKS = 64
"""Chunks of one call of the encoder; it bounds how long an interrupted run still works."""
PORTION_CHARACTERS = 100_000
"""Text that a thread reads and cuts in one go: many small documents, or one large one."""
WAITING_DOCUMENTS = 128
WAITING_PASSAGES = 1024
"""Bounds on what is read ahead of the encoder, so that memory does not grow with the corpus."""
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
        self._room = asyncio.Condition()
        self._waiting_passages = 0
        self._encoded: asyncio.Queue[list[EncodedDocument] | None] = asyncio.Queue(WAITING_GROUPS)

    async def take_in(self, sources: Iterable[SurveyedSource], readers: int) -> None:
        """Runs all sources through; a document that fails harms no other.

        Raises:
            StorageUnavailableError: when PostgreSQL is lost; what is stored stays.
            EmbeddingError: when a remote encoder gives no vectors; what is stored stays.
        """
        for source in sources:
            self._unread.put_nowait(source)
        try:
            async with asyncio.TaskGroup() as stages:
                stages.create_task(self._read_all(readers))
                stages.create_task(self._encode_all())
                stages.create_task(self._store_all())
        except BaseExceptionGroup as group:
            if group.subgroup(StorageUnavailableError) is not None:
                raise StorageUnavailableError from group
            refused = group.subgroup(EmbeddingError)
            if refused is None:
                raise
            raise _first(refused) from group

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
        file = OpenFile(surveyed)
        await self._run.keep_original(surveyed)
        portions = self._portions(reader, file)
        try:
            while (portion := await asyncio.to_thread(next, portions, None)) is not None:
                for prepared in portion:
                    await self._pass_on(prepared)
        except NoTextError as error:
            file.skipped_because = Reason(error.reason, error.code)
        except IngestionError as error:
            file.reasons.append(Reason(error.reason, error.code))
        await self._run.finish_reading(file)

    def _portions(self, reader: DocumentReader, file: OpenFile) -> Iterator[list[PreparedDocument]]:
        """Changed documents as they are read and cut, never many at a time; blocks."""
        started = time.monotonic()
        portion: list[ParsedDocument] = []
        characters = 0
        try:
            for document in reader.read(file.source.path, key=file.source.key):
                file.documents += 1
                if not file.surveyed.is_wanted(document.key):
                    continue
                portion.append(document)
                characters += len(document.text)
                if characters >= PORTION_CHARACTERS:
                    prepared = self._prepare(file, portion)
                    file.seconds += time.monotonic() - started
                    yield prepared
                    started = time.monotonic()
                    portion, characters = [], 0
        except IngestionError:
            # What was read before the fault is good.
            if portion:
                yield self._prepare(file, portion)
            raise
        else:
            if portion:
                yield self._prepare(file, portion)
        finally:
            file.seconds += time.monotonic() - started

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

    async def _pass_on(self, prepared: PreparedDocument) -> None:
        """Hands a document to the encoder once there is room for its passages."""
        async with self._room:
            await self._room.wait_for(lambda: self._waiting_passages < WAITING_PASSAGES)
            self._waiting_passages += len(prepared.passages)
        prepared.file.waiting += 1
        self._run.listener.chunks_found(len(prepared.passages))
        await self._prepared.put(prepared)

    async def _encode_all(self) -> None:
        async for group in _groups(self._prepared):
            await self._make_room(sum(len(prepared.passages) for prepared in group))
            plans = await self._writer.plan(group)
            passages = [passage for plan in plans for passage in plan.passages_to_encode]
            self._run.listener.chunks_ready(sum(map(_kept, plans)))
            started = time.monotonic()
            vectors = await self._encode(passages)
            share_time(
                time.monotonic() - started, [(plan.file, plan.tokens_to_encode) for plan in plans]
            )
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

    async def _make_room(self, passages: int) -> None:
        async with self._room:
            self._waiting_passages -= passages
            self._room.notify_all()

    async def _store_all(self) -> None:
        while (group := await self._encoded.get()) is not None:
            started = time.monotonic()
            outcomes = await self._writer.store(group)
            share_time(
                time.monotonic() - started,
                [(encoded.file, 1 + len(encoded.version.chunks)) for encoded in group],
            )
            for stored in outcomes:
                await self._run.finish_document(stored)


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


def _first(group: BaseExceptionGroup[EmbeddingError]) -> EmbeddingError:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


def _kept(plan: DocumentPlan) -> int:
    return sum(plan.is_kept)
