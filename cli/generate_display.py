"""How a job that writes content looks: a bar on a terminal, a line for each step elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from storage.repositories.job_values import StoredJob

Show = Callable[[StoredJob], None]


@contextmanager
def display_for(kind: str) -> Iterator[Show]:
    """What shows each state of a job, in the way that suits where the output goes."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _line_writer()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(kind, total=1.0, left="")

        def show(job: StoredJob) -> None:
            left = "" if job.seconds_left is None else f"{job.seconds_left:.0f} s left"
            cost = f" {job.cost_micro_usd / 1e6:.4f} USD" if job.cost_micro_usd else ""
            progress.update(
                task,
                completed=job.progress,
                description=f"{kind}: {job.stage}",
                left=f"{left}{cost}",
            )

        yield show


def _line_writer() -> Show:
    told: list[str] = []

    def show(job: StoredJob) -> None:
        line = f"{job.progress:4.0%} {job.stage}"
        if not told or told[-1] != job.stage:
            told.append(job.stage)
            typer.echo(line, err=True)

    return show
