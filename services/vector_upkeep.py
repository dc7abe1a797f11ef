"""Keeps what searches by meaning need in order by itself: the indexes of large courses."""

import logging

from storage.errors import LockTakenError
from storage.repositories.retrieval import APPROXIMATE_FROM_CHUNKS
from storage.vector_indexes import VectorIndexes

logger = logging.getLogger(__name__)


class VectorUpkeep:
    """A round of upkeep, run now and then by a worker; a second one at a time does nothing."""

    def __init__(self, indexes: VectorIndexes) -> None:
        self._indexes = indexes

    async def tend(self, from_chunks: int = APPROXIMATE_FROM_CHUNKS) -> None:
        """Builds the indexes that courses of at least `from_chunks` chunks lack.

        Raises:
            LockLostError: when the connection that held the lock is lost.
            StorageUnavailableError: when PostgreSQL is lost; the next round goes on.
        """
        try:
            build = await self._indexes.build_missing(from_chunks, helpers=0, wait_seconds=0)
        except LockTakenError:
            return  # another process is at it
        for index in build.built:
            logger.warning("built the vector index %s", index.name)
