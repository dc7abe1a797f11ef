"""One worker process: an event loop and the adapters, open from its fork to its end."""

import asyncio
import logging
import os
import random
import socket
import threading
from contextlib import AsyncExitStack

from bootstrap.adapters import open_adapters
from bootstrap.services import open_job_runner
from bootstrap.settings import Settings
from services.job_running import JobRunner
from storage.errors import StorageUnavailableError
from storage.repositories.jobs import ClaimedJob
from workers.upkeep import UpkeepThread

logger = logging.getLogger(__name__)

NICENESS = 10
"""Encoding is patient work; it must leave the processor to whoever waits for an answer."""
CLOSING_SECONDS = 2.0


class WorkerProcess:
    """Runs the jobs of one process, one at a time.

    Messages only wake it. A thread of its own also looks for jobs now and then, so that a broker
    that is down, or has lost its messages, stops no work. A message that comes while that thread
    is at work waits: to Celery this process is busy, and other messages go to others.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._runner: asyncio.Runner | None = None
        self._resources = AsyncExitStack()
        self._jobs: JobRunner | None = None
        self._turn = threading.Lock()
        self._upkeep: UpkeepThread | None = None
        self._is_closing = threading.Event()

    def open(self, **_signal: object) -> None:
        """Opens loop and adapters; called in the process once it is forked."""
        os.nice(NICENESS)
        self._runner = asyncio.Runner()
        self._jobs = self._runner.run(self._open())
        threading.Thread(target=self._look_for_jobs, name="look-for-jobs", daemon=True).start()

    def close(self, **_signal: object) -> None:
        """Closes the adapters and the loop; a job still at work is left to its lease."""
        self._is_closing.set()
        if self._upkeep is not None:
            self._upkeep.stop(CLOSING_SECONDS)
        if self._runner is not None and self._turn.acquire(timeout=CLOSING_SECONDS):
            self._runner.run(self._resources.aclose())
            self._runner.close()

    def run_next_job(self) -> bool:
        """Runs the most urgent job that waits to its end; False where none does.

        When PostgreSQL is lost the job is left to its lease, and taken up again.
        """
        with self._turn:
            runner, jobs = self._opened()
            try:
                job = runner.run(jobs.claim())
                if job is None:
                    return False
                self._do(job)
            except StorageUnavailableError:
                logger.warning("PostgreSQL is lost; waiting jobs will be taken up again")
                return False
        return True

    def sweep(self) -> None:
        """Publishes again what was left lying."""
        with self._turn:
            runner, jobs = self._opened()
            try:
                runner.run(jobs.sweep())
            except StorageUnavailableError:
                logger.warning("PostgreSQL does not answer; the next sweep will look again")

    def tend_vectors(self) -> None:
        """Begins a round of upkeep beside the jobs."""
        self._opened()
        assert self._upkeep is not None  # noqa: S101 - opened above
        self._upkeep.start_round()

    def _do(self, job: ClaimedJob) -> None:
        runner, jobs = self._opened()
        try:
            runner.run(jobs.do(job))
        except StorageUnavailableError:
            raise
        except Exception:
            logger.exception("job %s failed unexpectedly", job.id)
            message = "Something went wrong inside the service; its log says more."
            runner.run(jobs.fail(job.id, "internal_error", message))

    def _look_for_jobs(self) -> None:
        """Takes up whatever waits, at intervals that differ from process to process."""
        seconds = self._settings.job_poll_seconds
        while not self._is_closing.wait(seconds * random.uniform(0.8, 1.2)):  # noqa: S311 - no secret
            while not self._is_closing.is_set() and self.run_next_job():
                pass

    async def _open(self) -> JobRunner:
        adapters = await self._resources.enter_async_context(open_adapters(self._settings))
        self._upkeep = UpkeepThread(self._settings, adapters.embedder)
        name = f"{socket.gethostname()}:{os.getpid()}"
        return await self._resources.enter_async_context(open_job_runner(adapters, name))

    def _opened(self) -> tuple[asyncio.Runner, JobRunner]:
        if self._runner is None or self._jobs is None:
            self.open()
        assert self._runner is not None  # noqa: S101 - opened above
        assert self._jobs is not None  # noqa: S101 - opened above
        return self._runner, self._jobs
