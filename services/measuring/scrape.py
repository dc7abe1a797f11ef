"""Metrics as they are read: what processes counted, and how the queue of jobs stands."""

import asyncio
import time
from collections.abc import Mapping, Sequence

from connectors.telemetry import catalogue
from connectors.telemetry.catalogue import MetricSpec
from connectors.telemetry.exposition import Reading, exposition
from connectors.telemetry.metrics import Metrics
from jobs.kinds import JobKind
from storage.database import MAINTENANCE, Database
from storage.errors import StorageUnavailableError
from storage.repositories.job_values import QueueDepth
from storage.repositories.jobs import JobsRepository

FRESH_SECONDS = 5.0
"""However often metrics are read, PostgreSQL is asked no more often than that."""
WAIT_SECONDS = 2.0


class QueueReader:
    """How many jobs wait and for how long, asked of PostgreSQL now and then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()
        self._read: Sequence[QueueDepth] | None = None
        self._read_at = 0.0

    async def depths(self) -> Sequence[QueueDepth] | None:
        """By kind; None while PostgreSQL does not answer."""
        async with self._turn:
            if self._read is None or time.monotonic() - self._read_at > FRESH_SECONDS:
                self._read = await self._asked()
                self._read_at = time.monotonic()
            return self._read

    async def _asked(self) -> Sequence[QueueDepth] | None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                async with self._database.transaction(MAINTENANCE) as session:
                    return await JobsRepository(session).depths()
        except (StorageUnavailableError, TimeoutError):
            return None


class MetricsService:
    """Tells the metrics of this process, or of all that share its folder."""

    def __init__(self, metrics: Metrics, queue: QueueReader, version: str) -> None:
        self._metrics = metrics
        self._queue = queue
        self._version = version

    async def exposition(self) -> bytes:
        """In the text format of Prometheus; without the queue while PostgreSQL does not answer."""
        depths = await self._queue.depths()
        build: Reading = {(self._version,): 1.0}
        readings = {**_readings(depths), catalogue.BUILD: build}
        return await asyncio.to_thread(exposition, self._metrics, readings)


def _readings(depths: Sequence[QueueDepth] | None) -> Mapping[MetricSpec, Reading]:
    if depths is None:
        return {}
    waiting: dict[tuple[str, ...], float] = {(kind.value,): 0.0 for kind in JobKind}
    running, oldest = dict(waiting), dict(waiting)
    for depth in depths:
        kind = (depth.kind.value,)
        waiting[kind], running[kind] = depth.waiting, depth.running
        oldest[kind] = depth.oldest_waiting_seconds
    return {
        catalogue.JOBS_WAITING: waiting,
        catalogue.JOBS_RUNNING: running,
        catalogue.JOBS_OLDEST_WAITING: oldest,
    }
