"""`neuroshiksha ingest`: a library of material into a course with one command."""

import asyncio
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import orjson
import typer

from cli.context import FAILED, CommandContext, cli_services, run_command
from cli.ingest_display import display_for, print_summary
from cli.ingest_following import ingest_via_workers
from services.courses import NewCourse
from services.errors import InvalidValueError
from services.ingestion.report import IngestionReport
from services.ingestion.service import IngestionOptions
from services.ingestion.sources import SourceFile, SourceFilter, find_sources
from services.ingestion.web_sources import fetch_sources, is_address
from storage.errors import NotFoundError

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """What the command line asks for."""

    paths: tuple[str, ...]
    course: str
    create: bool
    title: str | None
    source_filter: SourceFilter
    options: IngestionOptions
    report: Path | None
    is_via_workers: bool


def ingest_command(
    paths: Annotated[
        list[str],
        typer.Argument(help="Files, folders, zip archives, patterns, http(s) addresses."),
    ],
    course: Annotated[str, typer.Option(help="Slug or id of the course.")],
    create: Annotated[bool, typer.Option("--create", help="Make the course if need be.")] = False,
    title: Annotated[str | None, typer.Option(help="Title of a course that is made.")] = None,
    include: Annotated[
        list[str] | None, typer.Option(help="Only these, as *.md or ch1/*; may be repeated.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(help="All but these; may be repeated.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=32, help="Files read at the same time.")] = 1,
    report: Annotated[Path | None, typer.Option(help="Write a JSON report to this file.")] = None,
    delete_missing: Annotated[
        bool,
        typer.Option("--delete-missing", help="Take out documents that are not among the paths."),
    ] = False,
    via_workers: Annotated[
        bool, typer.Option("--via-workers", help="Leave the work to the workers, and watch it.")
    ] = False,
) -> None:
    """Bring material into a course; what is in already and unchanged costs nothing."""
    if via_workers and (dry_run or delete_missing):
        message = "--via-workers cannot be combined with --dry-run or --delete-missing."
        raise typer.BadParameter(message)
    request = IngestRequest(
        paths=tuple(paths),
        course=course,
        create=create,
        title=title,
        source_filter=SourceFilter(tuple(include or ()), tuple(exclude or ())),
        options=IngestionOptions(readers=jobs, is_dry_run=dry_run, delete_missing=delete_missing),
        report=report,
        is_via_workers=via_workers,
    )
    run_command(lambda: _run(request))


async def _run(request: IngestRequest) -> int:
    with tempfile.TemporaryDirectory(prefix="neuroshiksha-ingest-") as scratch:
        local = await asyncio.to_thread(_local_sources, request, Path(scratch))
        async with cli_services() as context:
            sources = [*local, *await _web_sources(request, Path(scratch), context)]
            if not any(source.fault is None or source.is_failure for source in sources):
                raise InvalidValueError("path", _nothing(request, sources))
            await _require_course(request, context)
            report = await _ingest(request, context, sources)
    print_summary(report)
    if request.report is not None:
        await asyncio.to_thread(_write_report, request.report, report)
    return FAILED if report.count("failed") else 0


async def _ingest(
    request: IngestRequest, context: CommandContext, sources: Sequence[SourceFile]
) -> IngestionReport:
    with display_for(len(sources)) as display:
        if request.is_via_workers:
            return await ingest_via_workers(context, request.course, sources, display)
        return await context.services.ingestion.ingest_for(
            context.actor, request.course, sources, request.options, display
        )


def _local_sources(request: IngestRequest, scratch: Path) -> list[SourceFile]:
    paths = [path for path in request.paths if not is_address(path)]
    sources = find_sources(paths, scratch, request.source_filter)
    has_addresses = len(paths) < len(request.paths)
    if not sources and not has_addresses:
        raise InvalidValueError("path", _nothing(request, sources))
    return sources


async def _web_sources(
    request: IngestRequest, scratch: Path, context: CommandContext
) -> list[SourceFile]:
    addresses = [path for path in request.paths if is_address(path)]
    return await fetch_sources(addresses, scratch, limit_bytes=context.settings.upload_limit_bytes)


async def _require_course(request: IngestRequest, context: CommandContext) -> None:
    courses = context.services.courses
    try:
        await courses.read(context.actor, request.course)
    except NotFoundError as error:
        if not request.create:
            message = f"There is no course {request.course!r}. Add --create to make it."
            raise InvalidValueError("course", message) from error
        if not SLUG.fullmatch(request.course):
            message = (
                f"{request.course!r} cannot be a course's slug: lower-case letters and digits,"
                " joined by single hyphens."
            )
            raise InvalidValueError("course", message) from error
        title = request.title or request.course.replace("-", " ").capitalize()
        await courses.create(context.actor, NewCourse(title=title, slug=request.course))


def _nothing(request: IngestRequest, sources: Sequence[SourceFile]) -> str:
    reasons = "".join(
        f"\n  {source.key}: {source.fault.text}" for source in sources[:10] if source.fault
    )
    return f"There is nothing to ingest in {', '.join(request.paths)}.{reasons}"


def _write_report(path: Path, report: IngestionReport) -> None:
    path.write_bytes(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2) + b"\n")
