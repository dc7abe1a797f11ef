"""An event loop in a thread of its own, for calls that come from loops and from threads alike."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

Result = TypeVar("Result")
Closing = Callable[[], Awaitable[None]]


class LoopThread:
    """Runs coroutines for callers in any thread; they see the caller's context variables."""

    def __init__(self, name: str) -> None:
        started: Future[asyncio.AbstractEventLoop] = Future()
        self._ending: Future[tuple[Closing, ...]] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._live(started)), name=name, daemon=True
        )
        self._thread.start()
        self._loop = started.result()

    def submit(self, work: Coroutine[Any, Any, Result]) -> "Future[Result]":
        """Starts `work`; cancelling the future given cancels it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self, *closings: Closing) -> None:
        """Runs `closings` in the loop, cancels what still runs there, ends it; idempotent."""
        if not self._ending.done():
            self._ending.set_result(closings)
        self._thread.join()

    async def _live(self, started: "Future[asyncio.AbstractEventLoop]") -> None:
        started.set_result(asyncio.get_running_loop())
        for closing in await asyncio.wrap_future(self._ending):
            await closing()
