"""The most memory that a process and its children have taken at once, looked at while they run."""

from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

import psutil

LOOK_EVERY_SECONDS = 0.5


class PeakMemory:
    """Watches a process and its children from the start of the context to its end.

    Attributes:
        peak_mib: Resident memory of all together; pages that they share are counted once for each.
    """

    def __init__(self, process: psutil.Process) -> None:
        self.peak_mib = 0.0
        self._process = process
        self._is_over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Begins to look."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Ends it; the peak stays."""
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_over.wait(LOOK_EVERY_SECONDS):
            self.peak_mib = max(self.peak_mib, self._resident_mib())

    def _resident_mib(self) -> float:
        total = 0
        with suppress(psutil.NoSuchProcess):
            for process in [self._process, *self._process.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    total += process.memory_info().rss
        return total / 2**20
