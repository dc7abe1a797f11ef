"""The upkeep of vectors in a worker process, beside its jobs: a build may take many minutes."""

import asyncio
import logging
import threading

from ai.embedding.embedder import Embedder
from bootstrap.adapters import open_database
from bootstrap.services import build_vector_upkeep
from bootstrap.settings import Settings
from storage.errors import StorageError

logger = logging.getLogger(__name__)


class UpkeepThread:
    """Runs rounds of upkeep, one at a time, with a loop and database connections of its own."""

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._settings = settings
        self._embedder = embedder
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start_round(self) -> None:
        """Begins a round; does nothing while one is under way."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="vector-upkeep", daemon=True)
            self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Lets a round end after the batch under way; a build of PostgreSQL is not waited for."""
        self._is_stopping.set()
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    def _run(self) -> None:
        try:
            asyncio.run(self._tend())
        except StorageError as error:
            logger.warning("the upkeep of vectors stopped, the next round goes on: %s", error)
        except Exception:
            logger.exception("the upkeep of vectors failed unexpectedly")

    async def _tend(self) -> None:
        database = open_database(self._settings)
        try:
            await build_vector_upkeep(database, self._embedder).tend(self._is_stopping.is_set)
        finally:
            await database.close()
