"""Upkeep in a worker process, beside its jobs: a build or a purge may take many minutes."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable

from bootstrap.adapters import open_database
from bootstrap.settings import Settings
from storage.database import Database
from storage.errors import StorageError

logger = logging.getLogger(__name__)

Round = Callable[[Database, Callable[[], bool]], Awaitable[object]]
"""Does what there is to do; is told whether to stop, between any two steps."""


class UpkeepThread:
    """Runs rounds of upkeep, one at a time, with a loop and database connections of its own."""

    def __init__(self, name: str, settings: Settings, tend: Round) -> None:
        self._name = name
        self._settings = settings
        self._tend = tend
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start_round(self) -> None:
        """Begins a round; does nothing while one is under way."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def stop(self, timeout_seconds: float) -> None:
        """Lets a round end after the step under way; a build of PostgreSQL is not waited for."""
        self._is_stopping.set()
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    def _run(self) -> None:
        try:
            asyncio.run(self._run_round())
        except StorageError as error:
            logger.warning("%s stopped, the next round goes on: %s", self._name, error)
        except Exception:
            logger.exception("%s failed unexpectedly", self._name)

    async def _run_round(self) -> None:
        database = open_database(self._settings)
        try:
            await self._tend(database, self._is_stopping.is_set)
        finally:
            await database.close()
