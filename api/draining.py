"""The time between the wish that a process ends and its end: it serves on, but asks for no more."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Draining:
    """Whether this process is about to end; load balancers are told so by its readiness.

    Attributes:
        has_begun: Whether the wish has come.
    """

    def __init__(self, seconds: float) -> None:
        """Takes how long to go on serving, for load balancers to hear of it."""
        self._seconds = seconds
        self.has_begun = False

    @contextmanager
    def on_sigterm(self) -> Iterator[None]:
        """Puts off what SIGTERM does to the server that runs this; a second one ends at once.

        Does nothing where no server waits for that signal, or not in this thread.
        """
        end = signal.getsignal(signal.SIGTERM)
        is_main = threading.current_thread() is threading.main_thread()
        if not is_main or not callable(end):
            yield
            return
        loop = asyncio.get_running_loop()

        def receive(number: int, frame: FrameType | None) -> None:
            is_second, self.has_begun = self.has_begun, True
            if is_second or not self._seconds:
                end(number, frame)
            else:
                loop.call_soon_threadsafe(loop.call_later, self._seconds, end, number, None)

        signal.signal(signal.SIGTERM, receive)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, end)
