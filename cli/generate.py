"""`neuroshiksha generate`: content from a course, as a file; the same job as the page's."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bootstrap.job_runner import RunnerTools, build_job_runner
from bootstrap.narration import open_narration
from cli.context import FAILED, INTERRUPTED, CommandContext, cli_services, run_command
from cli.generate_display import display_for
from content.kinds import ContentKind
from jobs.kinds import JobKind, JobStatus
from publishing.formats import FORMATS
from services.authoring.assets import OpenedAsset
from services.authoring.renditions import FormatNotFoundError, formats_of_kind
from services.errors import InvalidValueError
from services.generation.submission import GenerationRequest
from storage.repositories.job_values import StoredJob

QUIET_SECONDS = 1.0
VIDEO_SUFFIXES = {".mp4", ".vtt", ".srt", ".png"}


class Kind(StrEnum):
    """What can be generated."""

    LESSON = "lesson"
    QUIZ = "quiz"
    FLASHCARDS = "flashcards"
    STUDY_GUIDE = "study-guide"
    SLIDES = "slides"
    VIDEO = "video"


KINDS: dict[Kind, tuple[JobKind, ContentKind]] = {
    Kind.LESSON: (JobKind.LESSON, ContentKind.LESSON),
    Kind.QUIZ: (JobKind.QUIZ, ContentKind.QUIZ),
    Kind.FLASHCARDS: (JobKind.FLASHCARDS, ContentKind.DECK),
    Kind.STUDY_GUIDE: (JobKind.STUDY_GUIDE, ContentKind.STUDY_GUIDE),
    Kind.SLIDES: (JobKind.SLIDES, ContentKind.SLIDES),
    Kind.VIDEO: (JobKind.VIDEO, ContentKind.VIDEO),
}


class Level(StrEnum):
    """Who it is for."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Length(StrEnum):
    """How much of it."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class GenerateCommand:
    """What the command line asks for."""

    kind: Kind
    course: str
    request: GenerationRequest
    out: Path
    wanted: str
    is_via_workers: bool


def generate_command(
    kind: Annotated[Kind, typer.Argument(help="What to write.")],
    course: Annotated[str, typer.Option(help="Slug or id of the course.")],
    topic: Annotated[str, typer.Option(help="What it is about.")],
    out: Annotated[Path, typer.Option(help="The file; its ending decides the format.")],
    level: Annotated[Level, typer.Option(help="Who it is for.")] = Level.BEGINNER,
    language: Annotated[
        str | None, typer.Option(help="ISO 639 code; left out: the course's.")
    ] = None,
    length: Annotated[Length, typer.Option(help="How much of it.")] = Length.MEDIUM,
    count: Annotated[
        int | None, typer.Option(min=1, max=100, help="How many questions, cards, slides.")
    ] = None,
    style: Annotated[str, typer.Option(help="A wish for the manner.")] = "",
    model: Annotated[str | None, typer.Option(help="An alias or deployment.")] = None,
    budget: Annotated[
        int | None, typer.Option(min=0, help="What it may cost, in millionths of a dollar.")
    ] = None,
    voice: Annotated[str, typer.Option(help="Of a video.")] = "",
    file_format: Annotated[
        str | None, typer.Option("--format", help="Where the ending leaves a choice: qti21, ...")
    ] = None,
    via_workers: Annotated[
        bool, typer.Option("--via-workers", help="Leave the work to the workers, and watch it.")
    ] = False,
) -> None:
    """Write a lesson, quiz, cards, guide, slides or video from a course, into a file."""
    request = GenerationRequest(
        kind=KINDS[kind][0],
        topic=topic,
        language=language,
        level=level.value,
        length=length.value,
        count=count,
        style=style,
        model=model,
        budget_micro_usd=budget,
        voice=voice,
    )
    wanted = file_format or format_of(kind, out)
    command = GenerateCommand(kind, course, request, out, wanted, via_workers)
    run_command(lambda: _run(command))


def format_of(kind: Kind, out: Path) -> str:
    """The only format of that kind whose files end so; else the ending itself, for the refusal."""
    ending = out.suffix.lower().removeprefix(".")
    ending_so = [name for name in formats_of_kind(KINDS[kind][1]) if FORMATS[name].suffix == ending]
    return ending_so[0] if len(ending_so) == 1 else ending


async def _run(command: GenerateCommand) -> int:
    _require_place(command)
    async with cli_services() as context:
        generation = context.services.authoring.generation
        job = await generation.submit(
            context.actor, command.course, command.request, is_published=command.is_via_workers
        )
        typer.echo(f"Job {job.id}", err=True)
        try:
            job = await _ended(context, job, command)
        except asyncio.CancelledError:
            await _leave(context, job, command)
            raise typer.Exit(INTERRUPTED) from None
        if job.status is not JobStatus.SUCCEEDED:
            error = job.error or {}
            typer.echo(f"{error.get('code')}: {error.get('message')}", err=True)
            return FAILED
        await _save(context, command, job.result or {})
    for notice in (job.result or {}).get("notices", ()):
        typer.echo(f"Note: {notice['detail']}", err=True)
    typer.echo(f"{command.out} ({command.out.stat().st_size:,} bytes)")
    return 0


async def _ended(context: CommandContext, job: StoredJob, command: GenerateCommand) -> StoredJob:
    """The job once it has ended; done by this process, unless workers are to do it."""
    async with _worked_off(context, job, command):
        with display_for(command.kind) as show:
            follow = await context.services.jobs.follow(context.actor, job.id, QUIET_SECONDS)
            async for state in follow:
                if state is not None:
                    show(state)
                    job = state
    return job


@contextlib.asynccontextmanager
async def _worked_off(
    context: CommandContext, job: StoredJob, command: GenerateCommand
) -> AsyncIterator[None]:
    if command.is_via_workers:
        yield
        return
    services, narration = context.services, open_narration(context.settings)
    tools = RunnerTools(services.usage_recorder, services.budgets, narration)
    runner = build_job_runner(context.adapters, f"generate:{os.getpid()}", tools)
    work = asyncio.create_task(runner.run(job.id))
    work.add_done_callback(_tell_unexpected)
    try:
        yield
    finally:
        work.cancel()
        await asyncio.wait([work])
        await narration.close()


def _tell_unexpected(work: "asyncio.Task[bool]") -> None:
    if not work.cancelled() and work.exception() is not None:
        typer.echo(f"The work stopped: {work.exception()}. A worker goes on with it.", err=True)


async def _leave(context: CommandContext, job: StoredJob, command: GenerateCommand) -> None:
    """What Ctrl-C leaves behind: nothing that goes on unseen, unless workers do it."""
    if command.is_via_workers:
        typer.echo(f"The workers go on; end it with `neuroshiksha jobs cancel {job.id}`.", err=True)
        return
    await context.services.jobs.cancel(context.actor, job.id)
    typer.echo(f"Stopped; `neuroshiksha jobs retry {job.id}` goes on from what is done.", err=True)


async def _save(
    context: CommandContext, command: GenerateCommand, result: Mapping[str, Any]
) -> None:
    opened = await _file_of(context, command, result)
    await opened.save(command.out)


async def _file_of(
    context: CommandContext, command: GenerateCommand, result: Mapping[str, Any]
) -> OpenedAsset:
    authoring = context.services.authoring
    if command.kind is Kind.VIDEO and command.out.suffix.lower() in VIDEO_SUFFIXES:
        asset = next(
            asset
            for asset in result["assets"]
            if asset["name"].endswith(command.out.suffix.lower())
        )
        return await authoring.assets.open(context.actor, asset["id"])
    kind = KINDS[command.kind][1]
    return await authoring.renditions.of_shown(context.actor, kind, result["id"], command.wanted)


def _require_place(command: GenerateCommand) -> None:
    """Passes silently where the file can be written and its ending is one of the kind's.

    Raises:
        InvalidValueError: It cannot; before any work is done.
    """
    if not command.out.parent.is_dir():
        raise InvalidValueError("out", f"There is no folder {command.out.parent}.")
    if command.out.is_dir():
        raise InvalidValueError("out", f"{command.out} is a folder; name a file.")
    if command.kind is Kind.VIDEO and command.out.suffix.lower() in VIDEO_SUFFIXES:
        return
    offered = formats_of_kind(KINDS[command.kind][1])
    if command.wanted not in offered:
        raise FormatNotFoundError(command.wanted, offered)
