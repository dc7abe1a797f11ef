"""SIGINT, SIGTERM and SIGHUP as a wish to stop, and a second one as a wish to stop at once."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignals:
    """Counts the signals that ask this process to end, while its context is open.

    Until `supervise` is called a signal interrupts what runs, as Ctrl-C does; afterwards it is
    only counted, so that no child is started and forgotten.
    """

    def __init__(self) -> None:
        self._count = 0
        self._interrupts = True
        self._wish = threading.Event()
        self._previous = {number: signal.getsignal(number) for number in STOP_SIGNALS}

    def __enter__(self) -> Self:
        for number in STOP_SIGNALS:
            signal.signal(number, self._receive)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def supervise(self) -> None:
        """From now on signals are counted and interrupt nothing."""
        self._interrupts = False

    def wait(self, seconds: float) -> bool:
        """Waits that long or until a signal comes; whether one has come."""
        return self._wish.wait(seconds)

    def is_forced(self) -> bool:
        """Whether a second signal has come."""
        return self._count > 1

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        self._count += 1
        self._wish.set()
        if self._interrupts:
            raise KeyboardInterrupt
