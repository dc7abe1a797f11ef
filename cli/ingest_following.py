"""Ingestion by the workers, as the terminal sees it: the job is handed over, then followed."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import typer

from cli.context import INTERRUPTED, CommandContext
from jobs.kinds import JobStatus
from services.errors import WrongStateError
from services.ingestion.report import (
    FileReport,
    IngestionListener,
    IngestionReport,
    left_out,
)
from services.ingestion.sources import SourceFile
from storage.repositories.job_values import StoredJob

QUIET_SECONDS = 1.0
NOBODY_AFTER_SECONDS = 20.0


async def ingest_via_workers(
    context: CommandContext,
    course: str,
    sources: Sequence[SourceFile],
    listener: IngestionListener,
) -> IngestionReport:
    """Queues the sources, tells the listener of each file that a worker is done with.

    Raises:
        typer.Exit: on Ctrl-C, which leaves the job to the workers.
        WrongStateError: when the job was cancelled or given up meanwhile.
    """
    started = time.monotonic()
    reports = [
        left_out(source.key, source.fault, is_failure=source.is_failure)
        for source in sources
        if source.fault is not None
    ]
    for report in reports:
        listener.file_finished(report)
    readable = [source for source in sources if source.fault is None]
    listener.surveyed(len(readable), len(readable))
    job = await context.services.submission.submit_files(context.actor, course, readable)
    typer.echo(f"Handed to the workers as job {job.id}.", err=True)
    try:
        async for report in _finished_files(context, job):
            reports.append(report)
            listener.chunks_found(report.chunks)
            listener.chunks_ready(report.chunks)
            listener.file_finished(report)
    except asyncio.CancelledError:
        typer.echo(
            f"The workers go on with it. Watch it with `neuroshiksha jobs show {job.id} --follow`,"
            f" end it with `neuroshiksha jobs cancel {job.id}`.",
            err=True,
        )
        raise typer.Exit(INTERRUPTED) from None
    await _require_complete(context, job.id, len(reports) - len(sources) + len(readable))
    return IngestionReport(tuple(reports), None, 0, time.monotonic() - started)


async def _finished_files(context: CommandContext, job: StoredJob) -> AsyncIterator[FileReport]:
    """Reports of the job's files, once each, as its parts end."""
    told: set[UUID] = set()
    queued_since = time.monotonic()
    is_checked = False
    async for state in await context.services.jobs.follow(context.actor, job.id, QUIET_SECONDS):
        parts = await context.services.jobs.parts(context.actor, job.id)
        if not is_checked and time.monotonic() - queued_since > NOBODY_AFTER_SECONDS:
            is_checked = True
            await _warn_if_queued(context, job.id)
        whole = [] if state is None else [state]
        for part in parts or whole:
            if part.is_finished and part.id not in told:
                told.add(part.id)
                for asset in (part.result or {}).get("assets", ()):
                    yield FileReport.from_json(asset)


async def _warn_if_queued(context: CommandContext, job_id: UUID) -> None:
    job = await context.services.jobs.get(context.actor, job_id)
    if job.status is JobStatus.QUEUED:
        message = "No worker has taken it yet. Is one running? `neuroshiksha up` starts one."
        typer.echo(message, err=True)


async def _require_complete(context: CommandContext, job_id: UUID, reported: int) -> None:
    """Passes silently for a job that has told of its files, whether these are in or not.

    Raises:
        WrongStateError: for one that was cancelled, or ended without a word.
    """
    job = await context.services.jobs.get(context.actor, job_id)
    if job.status is JobStatus.SUCCEEDED or (job.status is JobStatus.FAILED and reported):
        return
    reason = (job.error or {}).get("message", "It says no reason.")
    raise WrongStateError(f"Job {job_id} has {job.status.value}: {reason}")
