"""The table of a run: to the screen, and to the page that `make chaos` names."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import commit, machine
from tests.faults.tally import Tally

HEAD = """# What the faults cost

Written by `make chaos`, which brings each fault about in real processes and counts what became of
what was accepted; [faults.md](faults.md) says what is promised and how it is kept. A run that loses
something fails.

"""
COLUMNS = ("fault", "load", "accepted", "completed", "lost", "doubled", "refused", "recovered in")


def write_page(page: Path, tallies: Sequence[Tally]) -> None:
    """Writes the page of a run, with its commit, date and machine."""
    here = machine()
    conditions = (
        f"Commit {commit()}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {here['processor']},"
        f" {here['cores']} cores, {here['memory_gib']} GiB, Python {here['python']}; load before"
        f" {here['load_before']}.\n\n"
    )
    notes = [f"- {tally.fault}: {tally.note}" for tally in tallies if tally.note]
    ending = "\n" + "\n".join(notes) + "\n" if notes else ""
    page.write_text(HEAD + conditions + table(tallies) + ending, encoding="utf-8")


def table(tallies: Sequence[Tally]) -> str:
    """The rows as Markdown."""
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(_row(tally) for tally in tallies)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(tally: Tally) -> tuple[str, ...]:
    counts = (tally.accepted, tally.completed, tally.lost, tally.doubled, tally.refused)
    return (tally.fault, tally.load, *map(str, counts), f"{tally.recovery_seconds:.1f} s")
