"""Keeps what searches by meaning need in order by itself: indexes, a new encoder's vectors."""

import logging
from collections.abc import Callable

from services.reembedding import ReembeddingService
from storage.errors import LockTakenError
from storage.repositories.retrieval import APPROXIMATE_FROM_CHUNKS
from storage.vector_indexes import VectorIndexes

logger = logging.getLogger(__name__)


class VectorUpkeep:
    """A round of upkeep, run now and then by a worker; a second one at a time does nothing."""

    def __init__(self, indexes: VectorIndexes, reembedding: ReembeddingService) -> None:
        self._indexes = indexes
        self._reembedding = reembedding

    async def tend(self, is_stopping: Callable[[], bool]) -> None:
        """Goes on filling in a new encoder's vectors; once that is done, builds missing indexes.

        An index that is there from the beginning would slow the filling down.

        Raises:
            LockLostError: when the connection that held the lock is lost.
            StorageUnavailableError: when PostgreSQL is lost; the next round goes on.
        """
        if await self._reembedding.round(is_stopping):
            await self.build_indexes()

    async def build_indexes(self, from_chunks: int = APPROXIMATE_FROM_CHUNKS) -> None:
        """Builds the indexes that courses of at least `from_chunks` chunks lack, drops idle ones.

        Raises:
            LockLostError: when the connection that held the lock is lost.
            StorageUnavailableError: when PostgreSQL is lost; the next round goes on.
        """
        try:
            build = await self._indexes.build_missing(from_chunks, helpers=0, wait_seconds=0)
            for index in build.built:
                logger.warning("built the vector index %s", index.name)
            for name in await self._indexes.drop_obsolete(from_chunks):
                logger.warning("dropped the vector index %s, which no search reads any more", name)
        except LockTakenError:
            return  # another process is at it
