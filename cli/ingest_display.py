"""How a run of ingestion looks: bars on a terminal, a line for each file elsewhere."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from services.ingestion.report import FileReport, IngestionListener, IngestionReport, SilentListener

MAX_REASONS = 50


class LineDisplay(SilentListener):
    """A line for each file that is done; unchanged ones are only counted."""

    def file_finished(self, report: FileReport, /) -> None:
        """Prints what became of the file."""
        if report.status != "unchanged" or report.warning is not None:
            typer.echo(line_of(report))


class BarDisplay(SilentListener):
    """Bars for files and chunks; failures are printed above them as they come."""

    def __init__(self, progress: Progress, files: int) -> None:
        self._progress = progress
        self._files: TaskID = progress.add_task("files", total=files)
        self._chunks: TaskID = progress.add_task("passages", total=0)
        self._found = 0

    def chunks_found(self, count: int, /) -> None:
        """Lengthens the bar of the chunks."""
        self._found += count
        self._progress.update(self._chunks, total=self._found)

    def chunks_ready(self, count: int, /) -> None:
        """Moves the bar of the chunks."""
        self._progress.advance(self._chunks, count)

    def file_finished(self, report: FileReport, /) -> None:
        """Moves the bar of the files."""
        self._progress.advance(self._files)
        if report.status == "failed" or report.warning is not None:
            self._progress.console.print(
                line_of(report), markup=False, highlight=False, soft_wrap=True
            )


@contextmanager
def display_for(files: int) -> Iterator[IngestionListener]:
    """The display that suits where the output goes, for a run over so many files."""
    console = Console()
    if not console.is_terminal:
        yield LineDisplay()
        return
    columns = (
        TextColumn("{task.description:>9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield BarDisplay(progress, files)


def line_of(report: FileReport) -> str:
    """One file in one line."""
    if report.reason is not None:
        return f"{report.status:<9} {report.path}: {report.reason}"
    warning = "" if report.warning is None else f": {report.warning}"
    size = f"({report.chunks} passages, {report.seconds:.1f} s)"
    return f"{report.status:<9} {report.path} {size}{warning}"


def print_summary(report: IngestionReport) -> None:
    """The totals, then each file that failed or was not read whole, with the reason."""
    console = Console()
    totals = report.as_json()["totals"]
    table = Table(box=None, pad_edge=False)
    for name in ("ok", "unchanged", "failed", "skipped", "documents", "chunks", "seconds"):
        table.add_column("passages" if name == "chunks" else name, justify="right")
    row = ("ok", "unchanged", "failed", "skipped", "documents", "chunks")
    table.add_row(*(f"{totals[name]:,}" for name in row), f"{report.seconds:.1f}")
    console.print(table)
    if report.deleted_documents:
        console.print(f"{report.deleted_documents:,} documents that were missing are taken out.")
    _print_reasons(console, [f"failed: {file.path}: {file.reason}" for file in report.of("failed")])
    not_whole = report.with_warnings
    _print_reasons(console, [f"warning: {file.path}: {file.warning}" for file in not_whole])


def _print_reasons(console: Console, lines: Sequence[str]) -> None:
    for line in lines[:MAX_REASONS]:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if len(lines) > MAX_REASONS:
        console.print(f"... and {len(lines) - MAX_REASONS:,} more; --report names them all.")
