"""What takes memory in this process: by type at any time, by line while that is traced."""

import gc
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.debugging.process import resident_bytes

TRACED_FRAMES = 5
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class TypeCount:
    """Objects of one type, and how many more there are than at the snapshot before."""

    type: str
    count: int
    difference: int


@dataclass(frozen=True, slots=True)
class TracedLine:
    """What was allocated at a place and is still held, and how much more than before."""

    place: str
    size_bytes: int
    difference_bytes: int
    count: int


@dataclass(frozen=True, slots=True)
class MemorySnapshot:
    """Memory at one moment.

    Attributes:
        since: When the snapshot was taken that differences are from; None for a first one.
        types: Objects that the collector knows, without those that were there at the start,
            which it is spared; by difference, else by count.
        lines: Only while allocations are traced.
    """

    at: datetime
    since: datetime | None
    resident_bytes: int
    objects: int
    collections: Sequence[int]
    is_traced: bool
    types: Sequence[TypeCount]
    lines: Sequence[TracedLine]


class MemoryInspector:
    """Takes snapshots, and keeps the last one to compare the next with."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._traced: tracemalloc.Snapshot | None = None
        self._taken_at: datetime | None = None

    @property
    def is_traced(self) -> bool:
        """Whether allocations are traced."""
        return tracemalloc.is_tracing()

    def trace(self, is_wanted: bool) -> None:
        """Begins or ends tracing; while it lasts, everything is about half as fast."""
        if is_wanted and not self.is_traced:
            tracemalloc.start(TRACED_FRAMES)
        elif not is_wanted and self.is_traced:
            tracemalloc.stop()
            self._traced = None

    def snapshot(self) -> MemorySnapshot:
        """Memory now; holds up the process for some tenths of a second. Run it in a thread."""
        before, since = self._counts, self._taken_at
        counts = Counter(type(found).__qualname__ for found in gc.get_objects())
        lines = self._lines()
        self._counts, self._taken_at = counts, datetime.now(UTC)
        return MemorySnapshot(
            at=self._taken_at,
            since=since,
            resident_bytes=resident_bytes(),
            objects=counts.total(),
            collections=[generation["collections"] for generation in gc.get_stats()],
            is_traced=self.is_traced,
            types=_types(counts, before),
            lines=lines,
        )

    def _lines(self) -> list[TracedLine]:
        if not self.is_traced:
            return []
        traced = tracemalloc.take_snapshot().filter_traces(
            (tracemalloc.Filter(inclusive=False, filename_pattern=tracemalloc.__file__),)
        )
        before, self._traced = self._traced, traced
        compared = traced.compare_to(before or tracemalloc.Snapshot((), TRACED_FRAMES), "lineno")
        return [
            TracedLine(str(line.traceback), line.size, line.size_diff, line.count)
            for line in compared[:MOST_ROWS]
        ]


def _types(counts: Counter[str], before: Counter[str]) -> list[TypeCount]:
    rows = [
        TypeCount(name, count, count - before[name] if before else 0)
        for name, count in counts.items()
    ]
    rows.sort(key=lambda row: (-abs(row.difference), -row.count))
    return rows[:MOST_ROWS]
