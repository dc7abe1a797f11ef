"""How re-embedding looks: a bar on a terminal, a line for every tenth elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from services.reembedding import ReembeddingListener

LINES = 10


class LineDisplay:
    """A line at the start, and one for every tenth of the way."""

    def __init__(self) -> None:
        self._total = 0
        self._done = 0

    def started(self, chunks: int, /) -> None:
        """Says how many passages there are to encode."""
        self._total = chunks
        typer.echo(f"{chunks:,} passages to encode.")

    def encoded(self, chunks: int, /) -> None:
        """Says how many are done, now and then."""
        before, self._done = self._done, self._done + chunks
        if LINES * before // max(self._total, 1) < LINES * self._done // max(self._total, 1):
            typer.echo(f"{self._done:,} of {self._total:,} passages encoded.")


class BarDisplay:
    """A bar of the passages."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("passages", total=None)

    def started(self, chunks: int, /) -> None:
        """Gives the bar its length."""
        self._progress.update(self._task, total=chunks)

    def encoded(self, chunks: int, /) -> None:
        """Moves the bar."""
        self._progress.advance(self._task, chunks)


@contextmanager
def reembedding_display() -> Iterator[ReembeddingListener]:
    """What shows a run, as the place it is shown in allows."""
    console = Console()
    if not console.is_terminal:
        yield LineDisplay()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield BarDisplay(progress)
