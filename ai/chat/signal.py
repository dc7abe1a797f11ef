"""A signal for a task that waits again and again, with a limit that hardly costs anything."""

import asyncio
import math


class Signal:
    """Wakes the one task that waits for it, when it is sent or when the time is up.

    A timer once set stays where it is while the limit moves on, and is set anew when it goes off
    too early; `asyncio.timeout` sets and cancels one for each wait, of which an answer has two for
    every token. To be used from one event loop.
    """

    __slots__ = ("_alarm", "_rings_at", "_until", "_waiter")

    def __init__(self) -> None:
        self._waiter: asyncio.Future[bool] | None = None
        self._until = math.inf
        self._alarm: asyncio.TimerHandle | None = None
        self._rings_at = math.inf

    async def wait(self, until: float = math.inf) -> bool:
        """Whether it was sent, rather than the time come; what was sent before does not count.

        Args:
            until: A time of the event loop's clock.
        """
        loop = asyncio.get_running_loop()
        self._waiter = waiter = loop.create_future()
        self._until = until
        if until < self._rings_at:
            self._set_alarm(loop)
        try:
            is_sent: bool = await waiter
            return is_sent
        finally:
            self._waiter = None

    def send(self) -> None:
        """Wakes who waits, if anyone does."""
        self._wake(is_sent=True)

    def close(self) -> None:
        """Lets go of its timer, when nobody will wait any more; idempotent."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
            self._rings_at = math.inf

    def _set_alarm(self, loop: asyncio.AbstractEventLoop) -> None:
        self.close()
        self._rings_at = self._until
        self._alarm = loop.call_at(self._until, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        self.close()
        if self._waiter is None or self._until == math.inf:
            return
        if self._until > loop.time():
            self._set_alarm(loop)
        else:
            self._wake(is_sent=False)

    def _wake(self, *, is_sent: bool) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(is_sent)
