"""One worker process: an event loop and the adapters, open from its fork to its end."""

import asyncio
import logging
import os
import socket
from contextlib import AsyncExitStack
from uuid import UUID

from bootstrap.adapters import open_adapters
from bootstrap.services import build_job_runner
from bootstrap.settings import Settings
from services.job_running import JobRunner
from storage.errors import StorageUnavailableError

logger = logging.getLogger(__name__)

NICENESS = 10
"""Encoding is patient work; it must leave the processor to whoever waits for an answer."""


class WorkerProcess:
    """Runs coroutines for the tasks of one process, one at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._runner: asyncio.Runner | None = None
        self._resources = AsyncExitStack()
        self._jobs: JobRunner | None = None

    def open(self, **_signal: object) -> None:
        """Opens loop and adapters; called in the process once it is forked."""
        os.nice(NICENESS)
        self._runner = asyncio.Runner()
        self._jobs = self._runner.run(self._open())

    def close(self, **_signal: object) -> None:
        """Closes the adapters and the loop."""
        if self._runner is not None:
            self._runner.run(self._resources.aclose())
            self._runner.close()

    def run_job(self, job_id: UUID) -> None:
        """Runs a job to its end, or leaves it for the sweeper when PostgreSQL is lost."""
        runner, jobs = self._opened()
        try:
            runner.run(jobs.run(job_id))
        except StorageUnavailableError:
            logger.warning("job %s: PostgreSQL is lost; it will be taken up again", job_id)
        except Exception:
            logger.exception("job %s failed unexpectedly", job_id)
            message = "Something went wrong inside the service; its log says more."
            runner.run(jobs.fail(job_id, "internal_error", message))

    def sweep(self) -> None:
        """Publishes again what was left lying."""
        runner, jobs = self._opened()
        try:
            runner.run(jobs.sweep())
        except StorageUnavailableError:
            logger.warning("PostgreSQL does not answer; the next sweep will look again")

    async def _open(self) -> JobRunner:
        adapters = await self._resources.enter_async_context(open_adapters(self._settings))
        return build_job_runner(adapters, worker=f"{socket.gethostname()}:{os.getpid()}")

    def _opened(self) -> tuple[asyncio.Runner, JobRunner]:
        if self._runner is None or self._jobs is None:
            self.open()
        assert self._runner is not None  # noqa: S101 - opened above
        assert self._jobs is not None  # noqa: S101 - opened above
        return self._runner, self._jobs
