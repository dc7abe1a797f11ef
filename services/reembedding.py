"""Changing the encoder: its vectors are filled in beside the old ones, then it is switched to."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ai.embedding.embedder import Embedder
from services.ingestion.passages import input_of_stored
from storage.database import MAINTENANCE, Database
from storage.errors import LockTakenError, NotFoundError
from storage.locks import named_lock
from storage.repositories.chunk_vectors import (
    ChunkVectorsRepository,
    PendingCourse,
    UnencodedChunk,
)
from storage.repositories.courses import CourseRepository
from storage.repositories.embedders import EmbeddersRepository, EmbedderState
from storage.vector_indexes import VectorIndex, VectorIndexes

BATCH_CHUNKS = 64
"""Chunks encoded and stored together; what a killed run loses at most."""
ROUND_SECONDS = 45.0
"""How long a worker fills in before it lets another, or an operator's command, have its turn."""
LOCK = "re-embedding"
LOCK_WAIT_SECONDS = 2 * ROUND_SECONDS

MayGoOn = Callable[[], Awaitable[bool]]


class ReembeddingListener(Protocol):
    """Follows a run."""

    def started(self, chunks: int, /) -> None:
        """So many chunks have no vectors yet."""
        ...

    def encoded(self, chunks: int, /) -> None:
        """So many more chunks have them."""
        ...


@dataclass(frozen=True, slots=True)
class ReembeddingResult:
    """What a run came to.

    Attributes:
        is_active: the embedder of this process is the active one.
        failed_indexes: those that could not be built, with the reason; it is not switched to an
            embedder whose index is missing.
    """

    is_active: bool
    failed_indexes: Sequence[tuple[VectorIndex, str]] = ()


class ReembeddingService:
    """Brings the vectors of this process's embedder to all chunks, and makes it the active one.

    Everything is done in batches that are stored as they are made, so that a run that was killed
    goes on where it was, and two runs end with the same rows as one.
    """

    def __init__(
        self, database: Database, embedder: Embedder, indexes: VectorIndexes, index_from: int
    ) -> None:
        self._database = database
        self._embedder = embedder
        self._indexes = indexes
        self._index_from = index_from

    async def states(self) -> list[EmbedderState]:
        """Every embedder that was ever used, and how many chunks have its vectors."""
        async with self._database.transaction(MAINTENANCE) as session:
            return await EmbeddersRepository(session).states()

    async def run(
        self, listener: ReembeddingListener, *, course: str | None = None
    ) -> ReembeddingResult:
        """Makes this process's embedder the wanted one, fills in all or one course, and switches.

        The switch is made once every course is complete, whichever were asked for.

        Raises:
            NotFoundError: when there is no course with that slug.
            LockTakenError: when another command is at it.
            StorageUnavailableError: when PostgreSQL is lost; what is encoded stays.
        """
        if course is not None:
            await self._require_course(course)
        embedder_id = await self._embedder_id(is_wanted=True)
        async with named_lock(self._database, LOCK, wait_seconds=LOCK_WAIT_SECONDS):
            listener.started(await self._count_missing(embedder_id, course))
            await self._fill(embedder_id, course, _always, listener.encoded)
            return await self._switch(embedder_id)

    async def round(self, is_stopping: Callable[[], bool]) -> bool:
        """Goes on for a while, unless a job waits; whether the active embedder is to stay so.

        Does nothing where another embedder than this process's is wanted: what an older process
        has is not worth filling in. Also fills in what an older process has ingested since.

        Raises:
            StorageUnavailableError: when PostgreSQL is lost; the next round goes on.
        """
        embedder_id = await self._embedder_id()
        deadline = time.monotonic() + ROUND_SECONDS

        async def may_go_on() -> bool:
            if is_stopping() or time.monotonic() > deadline:
                return False
            async with self._database.transaction(MAINTENANCE) as session:
                return not await ChunkVectorsRepository(session).jobs_wait()

        try:
            async with named_lock(self._database, LOCK, wait_seconds=0):
                if not await self._is_wanted(embedder_id):
                    return True
                if await self._fill(embedder_id, None, may_go_on, _unheard):
                    return (await self._switch(embedder_id)).is_active
                return await self._is_active(embedder_id)
        except LockTakenError:
            return False

    async def drop_old(self) -> int:
        """Removes the vectors and indexes of all other embedders; how many chunks had some.

        Does nothing before this process's embedder is the active one.

        Raises:
            LockTakenError: when another command is at it.
            StorageUnavailableError: when PostgreSQL is lost.
        """
        embedder_id = await self._embedder_id()
        async with named_lock(self._database, LOCK, wait_seconds=LOCK_WAIT_SECONDS):
            async with self._database.transaction(MAINTENANCE) as session:
                embedders = EmbeddersRepository(session)
                if await embedders.active() != embedder_id:
                    return 0
                others = await embedders.others(embedder_id)
            return sum([await self._drop(other) for other in others])

    async def _drop(self, embedder_id: int) -> int:
        async with self._database.transaction(MAINTENANCE) as session:
            await EmbeddersRepository(session).forget_wish(embedder_id)
            vectors = ChunkVectorsRepository(session)
            await vectors.unmark(embedder_id)
            courses = await vectors.course_ids()
        await self._indexes.drop(embedder_id)
        dropped = 0
        for course_id in courses:
            async with self._database.transaction(MAINTENANCE) as session:
                dropped += await ChunkVectorsRepository(session).delete(course_id, embedder_id)
        return dropped

    async def _fill(
        self,
        embedder_id: int,
        course: str | None,
        may_go_on: MayGoOn,
        count: Callable[[int], None],
    ) -> bool:
        """Whether all was filled in, also what was ingested meanwhile by an older process."""
        while pending := await self._pending(embedder_id, course):
            for each in pending:
                if not await self._fill_course(each, embedder_id, may_go_on, count):
                    return False
        return True

    async def _fill_course(
        self,
        course: PendingCourse,
        embedder_id: int,
        may_go_on: MayGoOn,
        count: Callable[[int], None],
    ) -> bool:
        after = 0
        while await may_go_on():
            async with self._database.transaction(MAINTENANCE) as session:
                chunks = await ChunkVectorsRepository(session).missing(
                    course.id, embedder_id, after=after, limit=BATCH_CHUNKS
                )
            if not chunks:
                async with self._database.transaction(MAINTENANCE) as session:
                    await ChunkVectorsRepository(session).mark_complete(course, embedder_id)
                return True
            await self._encode(course, embedder_id, chunks)
            after = chunks[-1].id
            count(len(chunks))
        return False

    async def _encode(
        self, course: PendingCourse, embedder_id: int, chunks: Sequence[UnencodedChunk]
    ) -> None:
        inputs = [input_of_stored(chunk) for chunk in chunks]
        vectors = await asyncio.to_thread(self._embedder.encode_passages, inputs)
        async with self._database.transaction(MAINTENANCE) as session:
            await ChunkVectorsRepository(session).add(
                course.id, embedder_id, list(zip(chunks, vectors, strict=True))
            )

    async def _switch(self, embedder_id: int) -> ReembeddingResult:
        """Builds what large courses are searched by, then makes the embedder the active one."""
        async with self._database.transaction(MAINTENANCE) as session:
            if await EmbeddersRepository(session).active() == embedder_id:
                return ReembeddingResult(is_active=True)
            if await ChunkVectorsRepository(session).pending_courses(embedder_id):
                return ReembeddingResult(is_active=False)
        build = await self._indexes.build_missing(
            self._index_from, embedder_id=embedder_id, helpers=0
        )
        if build.failed:
            return ReembeddingResult(is_active=False, failed_indexes=build.failed)
        async with self._database.transaction(MAINTENANCE) as session:
            embedders = EmbeddersRepository(session)
            is_wanted = await embedders.wanted() == embedder_id
            if is_wanted:
                await embedders.activate(embedder_id)
            return ReembeddingResult(is_active=is_wanted)

    async def _pending(self, embedder_id: int, course: str | None) -> list[PendingCourse]:
        async with self._database.transaction(MAINTENANCE) as session:
            return await ChunkVectorsRepository(session).pending_courses(embedder_id, course)

    async def _count_missing(self, embedder_id: int, course: str | None) -> int:
        async with self._database.transaction(MAINTENANCE) as session:
            vectors = ChunkVectorsRepository(session)
            pending = await vectors.pending_courses(embedder_id, course)
            return sum([await vectors.count_missing(each.id, embedder_id) for each in pending])

    async def _embedder_id(self, *, is_wanted: bool = False) -> int:
        async with self._database.transaction(MAINTENANCE) as session:
            embedders = EmbeddersRepository(session)
            embedder_id = await embedders.ensure(self._embedder.id, self._embedder.dimension)
            if is_wanted:
                await embedders.want(embedder_id)
            return embedder_id

    async def _require_course(self, slug: str) -> None:
        async with self._database.transaction(MAINTENANCE) as session:
            if slug not in await CourseRepository(session).slugs_taken([slug]):
                raise NotFoundError("course", slug)

    async def _is_active(self, embedder_id: int) -> bool:
        async with self._database.transaction(MAINTENANCE) as session:
            return await EmbeddersRepository(session).active() == embedder_id

    async def _is_wanted(self, embedder_id: int) -> bool:
        async with self._database.transaction(MAINTENANCE) as session:
            return await EmbeddersRepository(session).wanted() == embedder_id


async def _always() -> bool:
    return True


def _unheard(_chunks: int) -> None:
    """Nobody follows a worker's rounds; `states` tells how far they are."""
