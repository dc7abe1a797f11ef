"""Ending the background tasks of a process."""

import asyncio
from contextlib import suppress
from typing import Any

LOOK_AGAIN_SECONDS = 0.5


async def end_task(task: asyncio.Task[Any]) -> None:
    """Cancels a task and waits until it has ended.

    It is cancelled again until then: where what it waits for is done at the very moment of the
    cancellation, a client library may take the result and drop the cancellation, and a task that
    runs for ever goes on. Source: Python 3.11, `asyncio.wait_for`; python/cpython issue 86296.

    Raises:
        Exception: what the task itself ended with.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=LOOK_AGAIN_SECONDS)
    with suppress(asyncio.CancelledError):
        await task
