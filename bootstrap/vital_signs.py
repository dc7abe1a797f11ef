"""How this process is: memory, processor, files, connections, breakers, lag of its loop."""

import asyncio
import os
import resource
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, get_args

from ai.routing.breaker import BreakerState
from bootstrap.adapters import Adapters
from connectors.telemetry import catalogue
from services.ending_tasks import end_task

LAG_EVERY_SECONDS = 0.25
LOOKS_EVERY = 8
"""Every so many measures of the lag the rest is looked at."""
FILES = Path("/proc/self/fd")
MEMORY = Path("/proc/self/statm")


class VitalSigns:
    """Notes how the process is into its metrics, whenever it is asked to look.

    Attributes:
        latest_lag_seconds: How late the loop woke up the last time, the longest of two seconds.
    """

    def __init__(self, adapters: Adapters, process: Literal["api", "worker"]) -> None:
        self._adapters = adapters
        self._metrics = adapters.metrics
        self._process = process
        self._cpu_seconds = 0.0
        self.latest_lag_seconds = 0.0

    def look(self) -> None:
        """Notes everything but the lag."""
        self._note_process()
        self._note_pool()
        for name, deployment in self._adapters.router.deployments.items():
            gauge = self._metrics.gauge(catalogue.MODEL_BREAKER)
            for state in get_args(BreakerState):
                gauge.labels(name, state).set(deployment.breaker.state == state)

    async def keep_looking(self, also: Callable[[], None]) -> None:
        """Measures the lag of the loop until it is cancelled; looks at the rest now and then."""
        histogram = self._metrics.histogram(catalogue.EVENT_LOOP_LAG)
        while True:
            self.look()
            also()
            longest = 0.0
            for _ in range(LOOKS_EVERY):
                due_at = time.monotonic() + LAG_EVERY_SECONDS
                await asyncio.sleep(LAG_EVERY_SECONDS)
                lag = max(time.monotonic() - due_at, 0.0)
                histogram.observe(lag)
                longest = max(longest, lag)
            self.latest_lag_seconds = longest

    def _note_process(self) -> None:
        metrics, process = self._metrics, self._process
        used = time.process_time()
        metrics.counter(catalogue.CPU).labels(process).inc(max(used - self._cpu_seconds, 0.0))
        self._cpu_seconds = used
        metrics.gauge(catalogue.RESIDENT_MEMORY).labels(process).set(resident_bytes())
        if FILES.is_dir():
            files = sum(1 for _ in os.scandir(FILES))
            metrics.gauge(catalogue.OPEN_FILES).labels(process).set(files)

    def _note_pool(self) -> None:
        pool, process = self._adapters.database.pool, self._process
        connections = self._metrics.gauge(catalogue.DATABASE_CONNECTIONS)
        connections.labels(process, "in_use").set(pool.in_use)
        connections.labels(process, "idle").set(pool.idle)
        limit = self._metrics.gauge(catalogue.DATABASE_CONNECTIONS_LIMIT)
        limit.labels(process).set(pool.limit)


@asynccontextmanager
async def watched(signs: VitalSigns, also: Callable[[], None]) -> AsyncIterator[None]:
    """Keeps looking, and does `also` each time, as long as the context is open."""
    looking = asyncio.create_task(signs.keep_looking(also))
    try:
        yield
    finally:
        await end_task(looking)


def resident_bytes() -> int:
    """The memory of this process that is not swapped out; its peak where Linux does not say."""
    try:
        return int(MEMORY.read_text().split()[1]) * resource.getpagesize()
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
