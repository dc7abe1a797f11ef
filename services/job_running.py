"""Runs one claimed job: lease and heartbeat around its work, and exactly one ending."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

import orjson

from ai.embedding.errors import EmbeddingError
from connectors.telemetry.logs import fields
from connectors.telemetry.traces import Traces
from connectors.tracing import TRACEPARENT
from ingestion.errors import IngestionError
from jobs.kinds import JobKind, JobStatus
from jobs.queue import JobQueue
from services.errors import ServiceError
from services.measuring.jobs import JobMeasures
from storage.database import MAINTENANCE, Database, Scope
from storage.errors import StorageError, StorageUnavailableError
from storage.repositories.job_values import ClaimedJob, Holding
from storage.repositories.jobs import JobsRepository

logger = logging.getLogger(__name__)

REPORT_EVERY_SECONDS = 0.5
MAX_ATTEMPTS = 5
JOBS_PER_COURSE = 2


@dataclass(slots=True)
class JobProgress:
    """How far a job is; its work writes here, the runner stores it."""

    stage: str = "starting"
    fraction: float = 0.0
    cost_micro_usd: int = 0
    """What this run has cost; it comes on top of what runs before it did."""
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float | None:
        """What is left at the pace so far; None while that says little."""
        elapsed = time.monotonic() - self.started
        if self.fraction < 0.05 or elapsed < 2:
            return None
        return elapsed * (1 - self.fraction) / self.fraction


@dataclass(frozen=True, slots=True)
class JobNotice:
    """What a person should know of what a job has made; its code stays, its words may change."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a job has made, as its `result` shows it."""

    kind: str
    id: str
    assets: tuple[Mapping[str, Any], ...] = ()
    notices: tuple[JobNotice, ...] = ()
    """Such as who wrote it in whose place."""


Ending = JobResult | Literal[JobStatus.CANCELLED, JobStatus.QUEUED] | None


class JobFailedError(Exception):
    """The job's work has failed; running it again will not help. `result` is what it can tell."""

    def __init__(self, code: str, message: str, result: JobResult | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.result = result


class JobWork(Protocol):
    """The work of one kind of job.

    It may be run again from the start after a crash, beside what it has stored already, and must
    then end with the same rows.
    """

    async def __call__(self, job: ClaimedJob, scope: Scope, progress: JobProgress, /) -> JobResult:
        """Does the job.

        Raises:
            JobFailedError: when it has failed for good.
            StorageUnavailableError: when it should be run again later.
        """
        ...


class JobRunner:
    """Runs jobs for one worker process."""

    def __init__(
        self,
        database: Database,
        queue: JobQueue,
        work: Mapping[JobKind, JobWork],
        worker: str,
        prepare: Callable[[], Awaitable[None]] | None = None,
        *,
        per_course: int = JOBS_PER_COURSE,
        measures: JobMeasures | None = None,
        traces: Traces | None = None,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """Takes what runs each kind of job.

        Args:
            database: Where the jobs are.
            queue: Takes jobs to be published again.
            work: By the kind of the job.
            worker: Names the process.
            prepare: Awaited before each job, to take on what has changed since the last.
            per_course: Jobs that write content of one course at the same time, at most.
            measures: Counts them.
            traces: Takes a span of each, in the trace of the request that asked for it.
            is_stopping: Whether the process is to end; then jobs at work are handed back.
        """
        self._prepare = prepare
        self._database = database
        self._queue = queue
        self._work = work
        self._worker = worker
        self._per_course = per_course
        self._measures = measures or JobMeasures()
        self._traces = traces
        self._held: dict[UUID, tuple[JobKind, float]] = {}
        self._is_stopping = is_stopping

    async def claim(self) -> ClaimedJob | None:
        """Takes the most urgent job that waits, whichever message came; None where none does.

        Raises:
            StorageUnavailableError: when PostgreSQL is lost.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            return await JobsRepository(session).claim_next(
                self._worker, self._work.keys(), self._per_course
            )

    async def run(self, job_id: UUID) -> bool:
        """Claims this job and does it; False where another worker has it, or it has ended.

        Raises:
            StorageUnavailableError: as `do`.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            job = await JobsRepository(session).claim(job_id, self._worker)
        if job is not None:
            await self.do(job)
        return job is not None

    async def do(self, job: ClaimedJob) -> None:
        """Does a claimed job to its end: its result, its failure, or its cancellation.

        A worker that loses its lease stops and stores nothing more about the job. One that is to
        end gives the job back, for others to go on with at once.

        Raises:
            StorageUnavailableError: when PostgreSQL is lost; the lease runs out and another
                worker takes the job up.
        """
        self._held[job.id] = job.kind, time.monotonic()
        if job.waited_seconds is not None:
            self._measures.waited(job.kind, job.waited_seconds)
        token = TRACEPARENT.set(job.traceparent)
        try:
            with self._traced(job):
                await self._bring_to_an_end(job)
        except StorageUnavailableError:
            self._measure(job.id, "lost")
            raise
        finally:
            TRACEPARENT.reset(token)

    def _traced(self, job: ClaimedJob) -> AbstractContextManager[object]:
        if self._traces is None:
            return nullcontext()
        told = {
            "neuroshiksha.job_id": str(job.id),
            "neuroshiksha.job_kind": job.kind.value,
            "neuroshiksha.job_attempt": job.attempts,
        }
        name = f"job {job.kind.value}"
        return self._traces.span(name, "CONSUMER", told, parent=job.traceparent)

    async def _bring_to_an_end(self, job: ClaimedJob) -> None:
        if job.is_cancel_requested:
            await self._finish(job.id, JobStatus.CANCELLED)
            return
        if job.attempts > MAX_ATTEMPTS:
            message = (
                f"The job was begun {MAX_ATTEMPTS} times and never came to an end: its worker died,"
                " or what it stores in was away. It is given up; retry it when the cause is mended."
            )
            await self.fail(job.id, "gave_up", message)
            return
        try:
            if self._prepare is not None:
                await self._prepare()
            ending = await self._do(job)
        except JobFailedError as error:
            await self.fail(job.id, error.code, str(error), error.result)
        except StorageUnavailableError:
            raise
        except (ServiceError, IngestionError, StorageError, EmbeddingError) as error:
            await self.fail(job.id, error.code, str(error))
        else:
            await self._settle(job, ending)

    async def fail(
        self, job_id: UUID, code: str, message: str, result: JobResult | None = None
    ) -> None:
        """Ends a job of this worker as failed; does nothing where it has ended already."""
        error = orjson.dumps({"code": code, "message": message}).decode()
        kept = None if result is None else _json(result)
        await self._finish(job_id, JobStatus.FAILED, result=kept, error=error)

    async def sweep(self) -> int:
        """Publishes again what nobody took and what a dead worker left; returns how many."""
        async with self._database.transaction(MAINTENANCE) as session:
            due = await JobsRepository(session).due()
        for job_id, kind in due:
            await self._queue.publish(job_id, kind)
        return len(due)

    async def _do(self, job: ClaimedJob) -> Ending:
        """How the job ended here; None where the lease was lost on the way."""
        scope = Scope(user_id=job.requested_by, course_ids=(job.course_id,))
        progress = JobProgress()
        work = asyncio.create_task(self._run_work(job, scope, progress))
        stage = progress.stage
        try:
            while not await self._is_done(work):
                holding = await self._report(job, progress, has_moved=progress.stage != stage)
                stage = progress.stage
                if holding is None:
                    logger.warning("job %s: the lease is lost, another worker has it", job.id)
                    return None
                if holding.is_cancel_requested:
                    return JobStatus.CANCELLED
                if self._is_stopping():
                    return JobStatus.QUEUED
            return await work
        finally:
            work.cancel()
            await asyncio.wait([work])
            if progress.cost_micro_usd:
                await self._report(job, progress, has_moved=False)

    async def _run_work(self, job: ClaimedJob, scope: Scope, progress: JobProgress) -> JobResult:
        return await self._work[job.kind](job, scope, progress)

    async def _is_done(self, work: "asyncio.Task[JobResult]") -> bool:
        await asyncio.wait([work], timeout=REPORT_EVERY_SECONDS)
        return work.done()

    async def _report(
        self, job: ClaimedJob, progress: JobProgress, *, has_moved: bool
    ) -> Holding | None:
        async with self._database.transaction(MAINTENANCE) as session:
            jobs = JobsRepository(session)
            holding = await jobs.report(
                job.id,
                self._worker,
                stage=progress.stage,
                progress=progress.fraction,
                seconds_left=progress.seconds_left,
                cost_micro_usd=job.cost_micro_usd + progress.cost_micro_usd,
            )
            if has_moved and holding is not None:
                await jobs.record([job.id], JobStatus.RUNNING, progress.stage)
            return holding

    async def _settle(self, job: ClaimedJob, ending: Ending) -> None:
        if isinstance(ending, JobResult):
            await self._finish(job.id, JobStatus.SUCCEEDED, result=_json(ending))
        elif ending is JobStatus.CANCELLED:
            await self._finish(job.id, JobStatus.CANCELLED)
        elif ending is JobStatus.QUEUED:
            await self._hand_back(job)
            self._measure(job.id, "handed_back")
        else:
            self._measure(job.id, "lost")

    async def _hand_back(self, job: ClaimedJob) -> None:
        async with self._database.transaction(MAINTENANCE) as session:
            is_waiting = await JobsRepository(session).hand_back(job.id, self._worker)
        if is_waiting:
            await self._queue.publish(job.id, job.kind)

    async def _finish(
        self,
        job_id: UUID,
        status: JobStatus,
        *,
        result: str | None = None,
        error: str | None = None,
    ) -> None:
        async with self._database.transaction(MAINTENANCE) as session:
            await JobsRepository(session).finish(
                job_id, self._worker, status, result=result, error=error
            )
        self._measure(job_id, status.value)

    def _measure(self, job_id: UUID, outcome: str) -> None:
        held = self._held.pop(job_id, None)
        if held is not None:
            kind, since = held
            seconds = time.monotonic() - since
            self._measures.ended(kind, outcome, seconds)
            told = {"job_id": str(job_id), "kind": kind.value, "outcome": outcome}
            logger.info("job", extra=fields(**told, duration_ms=round(seconds * 1000)))


def _json(result: JobResult) -> str:
    told: dict[str, Any] = {"kind": result.kind, "id": result.id, "assets": list(result.assets)}
    if result.notices:
        told["notices"] = [asdict(notice) for notice in result.notices]
    return orjson.dumps(told).decode()
