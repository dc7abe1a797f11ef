"""`neuroshiksha jobs`: what the workers are at; ending it, trying it again."""

from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.context import FAILED, cli_services, run_command
from jobs.kinds import JobKind, JobStatus
from services.jobs import JobFilter
from storage.paging import PageRequest
from storage.repositories.job_values import JobStep, StoredJob

QUIET_SECONDS = 15.0
NONE_YET = "No jobs yet. Uploads, `ingest --via-workers` and what teachers have made are jobs."

job_commands = typer.Typer(help="Jobs of the workers.", no_args_is_help=True)

JobId = Annotated[UUID, typer.Argument(help="Id of the job.")]


@job_commands.command("list")
def list_command(
    course: Annotated[str | None, typer.Option(help="Only of this course, slug or id.")] = None,
    status: Annotated[JobStatus | None, typer.Option(help="Only these.")] = None,
    kind: Annotated[JobKind | None, typer.Option(help="Only these.")] = None,
    size: Annotated[int, typer.Option(min=1, max=100, help="Jobs at most.")] = 20,
) -> None:
    """The newest jobs."""
    run_command(lambda: _list(JobFilter(course, status, kind), size))


@job_commands.command("show")
def show_command(
    job_id: JobId,
    follow: Annotated[bool, typer.Option("--follow", help="Until it has ended.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print its result as JSON.")] = False,
) -> None:
    """One job with its history; exit code 1 where it has failed or was cancelled."""
    run_command(lambda: _show(job_id, follow=follow, as_json=as_json))


@job_commands.command("cancel")
def cancel_command(job_id: JobId) -> None:
    """End a job; what is done stays."""
    run_command(lambda: _cancel(job_id))


@job_commands.command("retry")
def retry_command(job_id: JobId) -> None:
    """Queue a failed or cancelled job once more; it goes on from what is done."""
    run_command(lambda: _retry(job_id))


async def _list(wanted: JobFilter, size: int) -> int:
    async with cli_services() as context:
        page = await context.services.jobs.page(context.actor, PageRequest(1, size), wanted)
    if not page.items:
        typer.echo(NONE_YET if wanted == JobFilter() else "No such jobs.")
        return 0
    table = Table(box=None, pad_edge=False)
    for name in ("id", "kind", "topic", "status", "stage", "progress", "left", "reason"):
        table.add_column(name)
    for job in page.items:
        left = "" if job.seconds_left is None else f"{job.seconds_left:.0f} s"
        table.add_row(
            str(job.id),
            job.kind.value,
            job.topic,
            job.status.value,
            job.stage,
            f"{job.progress:.0%}",
            left,
            (job.error or {}).get("code", ""),
        )
    Console().print(table)
    return 0


async def _show(job_id: UUID, *, follow: bool, as_json: bool) -> int:
    async with cli_services() as context:
        jobs = context.services.jobs
        job = await jobs.get(context.actor, job_id)
        if follow:
            async for state in await jobs.follow(context.actor, job_id, QUIET_SECONDS):
                if state is not None:
                    job = state
                    typer.echo(line_of(job), err=True)
        history = await jobs.history(context.actor, job_id)
    if as_json:
        typer.echo(orjson.dumps(job.result, option=orjson.OPT_INDENT_2).decode())
    else:
        _print(job, history)
    return FAILED if job.status in {JobStatus.FAILED, JobStatus.CANCELLED} else 0


async def _cancel(job_id: UUID) -> int:
    async with cli_services() as context:
        job = await context.services.jobs.cancel(context.actor, job_id)
    is_over = job.status is JobStatus.CANCELLED
    typer.echo("Cancelled." if is_over else "Its workers are told; they stop within seconds.")
    return 0


async def _retry(job_id: UUID) -> int:
    async with cli_services() as context:
        await context.services.jobs.retry(context.actor, job_id)
    typer.echo("Queued once more.")
    return 0


def line_of(job: StoredJob) -> str:
    """Where a job stands, in one line."""
    left = "" if job.seconds_left is None else f", {job.seconds_left:.0f} s left"
    return f"{job.status.value:<9} {job.progress:4.0%} {job.stage}{left}"


def _print(job: StoredJob, history: list[JobStep]) -> None:
    typer.echo(f"{job.kind.value} job {job.id}\n{line_of(job)}")
    for step in history:
        detail = f" ({step.detail})" if step.detail else ""
        typer.echo(f"  {step.created_at:%H:%M:%S} {step.status.value}: {step.stage}{detail}")
    if job.error is not None:
        typer.echo(f"{job.error['code']}: {job.error['message']}")
