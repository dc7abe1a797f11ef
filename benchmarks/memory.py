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
        peak_mib: Memory of all together; a page that they share counts once (on Linux; elsewhere
            as in `peak_resident_mib`).
        peak_resident_mib: Resident memory of all together, where it counts once for each.
    """

    def __init__(self, process: psutil.Process) -> None:
        self.peak_mib = self.peak_resident_mib = 0.0
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
            self._look()

    def _look(self) -> None:
        together = resident = 0
        with suppress(psutil.NoSuchProcess):
            for process in [self._process, *self._process.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    memory = process.memory_full_info()
                    together += getattr(memory, "pss", memory.rss)
                    resident += memory.rss
        self.peak_mib = max(self.peak_mib, together / 2**20)
        self.peak_resident_mib = max(self.peak_resident_mib, resident / 2**20)
