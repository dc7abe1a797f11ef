"""One worker process: an event loop and the adapters, open from its fork to its end."""

import ctypes
import logging
import multiprocessing
import os
import random
import socket
import threading
from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from functools import partial

from ai.embedding.embedder import Embedder
from bootstrap.adapters import open_adapters
from bootstrap.events import project_events, send_statements
from bootstrap.insights import gather_questions
from bootstrap.job_runner import open_job_runner
from bootstrap.learning import fit_knowledge
from bootstrap.retention import purge_records
from bootstrap.services import build_vector_upkeep
from bootstrap.settings import Settings
from bootstrap.vital_signs import VitalSigns
from jobs.kinds import JobKind
from services.job_running import JobRunner
from storage.database import Database
from storage.errors import StorageUnavailableError
from storage.repositories.job_values import ClaimedJob
from workers.loop_thread import LoopThread
from workers.mail import MailThread
from workers.telling import TellingThread
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

    def __init__(self, settings: Settings, kinds: Collection[JobKind] = frozenset(JobKind)) -> None:
        self._settings = settings
        self._kinds = kinds
        self._loop: LoopThread | None = None
        self._resources = AsyncExitStack()
        self._jobs: JobRunner | None = None
        self._signs: VitalSigns | None = None
        self._turn = threading.Lock()
        self._upkeep: UpkeepThread | None = None
        self._purge = UpkeepThread("purge", settings, partial(purge_records, settings))
        self._fitting = UpkeepThread("the fitting of knowledge", settings, fit_knowledge)
        self._events = UpkeepThread("events", settings, partial(project_events, settings))
        self._statements = UpkeepThread("statements", settings, partial(send_statements, settings))
        self._mail = MailThread(settings)
        self._telling = TellingThread(settings)
        self._is_closing = threading.Event()
        # Shared with the processes that Celery forks; without a lock, as a signal handler sets it.
        self._is_stopping = multiprocessing.RawValue(ctypes.c_bool, False)

    def open(self, **_signal: object) -> None:
        """Opens loop and adapters; called in the process once it is forked."""
        os.nice(NICENESS)
        self._loop = LoopThread("jobs")
        self._jobs = self._loop.run(self._open())
        self._mail.start()
        self._telling.start()
        threading.Thread(target=self._look_for_jobs, name="look-for-jobs", daemon=True).start()

    def close(self, **_signal: object) -> None:
        """Closes the adapters and the loop; a job still at work is left to its lease."""
        self._is_closing.set()
        self._mail.stop(CLOSING_SECONDS)
        self._telling.stop(CLOSING_SECONDS)
        self._purge.stop(CLOSING_SECONDS)
        self._fitting.stop(CLOSING_SECONDS)
        self._events.stop(CLOSING_SECONDS)
        self._statements.stop(CLOSING_SECONDS)
        if self._upkeep is not None:
            self._upkeep.stop(CLOSING_SECONDS)
        if self._loop is not None and self._turn.acquire(timeout=CLOSING_SECONDS):
            self._loop.run(self._resources.aclose())
            self._loop.close()

    def hand_back(self, **_signal: object) -> None:
        """Has every process give its job back and take no other; called in Celery's parent."""
        self._is_stopping.value = True

    def run_next_job(self) -> bool:
        """Runs the most urgent job that waits to its end; False where none does.

        When PostgreSQL, or where its files go, is lost the job is left to its lease, and taken up
        again.
        """
        with self._turn:
            if self._is_stopping.value:
                return False
            loop, jobs = self._opened()
            try:
                job = loop.run(jobs.claim())
                if job is None:
                    return False
                self._do(job)
                self._look_at_signs()
            except StorageUnavailableError as error:
                logger.warning("%s Waiting jobs will be taken up again.", error)
                return False
        return True

    def sweep(self) -> None:
        """Publishes again what was left lying."""
        with self._turn:
            loop, jobs = self._opened()
            try:
                loop.run(jobs.sweep())
            except StorageUnavailableError:
                logger.warning("PostgreSQL does not answer; the next sweep will look again")

    def tend_vectors(self) -> None:
        """Begins a round of upkeep beside the jobs."""
        self._opened()
        assert self._upkeep is not None  # noqa: S101 - opened above
        self._upkeep.start_round()

    def purge_records(self) -> None:
        """Begins to remove what is too old, beside the jobs."""
        self._purge.start_round()

    def fit_knowledge(self) -> None:
        """Begins to fit what is believed of learners to their answers, beside the jobs."""
        self._fitting.start_round()

    def project_events(self) -> None:
        """Begins to bring the read models of learning up to date, beside the jobs."""
        self._events.start_round()

    def send_statements(self) -> None:
        """Begins to tell learning record stores what they were not told, beside the jobs."""
        self._statements.start_round()

    def _do(self, job: ClaimedJob) -> None:
        loop, jobs = self._opened()
        try:
            loop.run(jobs.do(job))
        except StorageUnavailableError:
            raise
        except Exception:
            logger.exception("job %s failed unexpectedly", job.id)
            message = "Something went wrong inside the service; its log says more."
            loop.run(jobs.fail(job.id, "internal_error", message))

    def _look_for_jobs(self) -> None:
        """Takes up whatever waits, at intervals that differ from process to process."""
        seconds = self._settings.job_poll_seconds
        while not self._is_closing.wait(seconds * random.uniform(0.8, 1.2)):  # noqa: S311 - no secret
            while not self._is_closing.is_set() and self.run_next_job():
                pass
            self._look_at_signs()

    def _look_at_signs(self) -> None:
        if self._signs is not None:
            self._signs.look()

    async def _open(self) -> JobRunner:
        adapters = await self._resources.enter_async_context(
            open_adapters(self._settings, process="worker")
        )
        self._signs = VitalSigns(adapters, "worker")
        self._look_at_signs()
        embedder = adapters.embedder
        self._upkeep = UpkeepThread(
            "the upkeep of vectors",
            self._settings,
            partial(_tend, embedder),
        )
        name = f"{socket.gethostname()}:{os.getpid()}"
        return await self._resources.enter_async_context(
            open_job_runner(adapters, name, lambda: self._is_stopping.value, self._kinds)
        )

    def _opened(self) -> tuple[LoopThread, JobRunner]:
        if self._loop is None or self._jobs is None:
            self.open()
        assert self._loop is not None  # noqa: S101 - opened above
        assert self._jobs is not None  # noqa: S101 - opened above
        return self._loop, self._jobs


async def _tend(embedder: Embedder, database: Database, is_stopping: Callable[[], bool]) -> None:
    await gather_questions(database, embedder, is_stopping)
    await build_vector_upkeep(database, embedder).tend(is_stopping)
