"""A profile of the event loop's thread for some seconds, as a page of HTML."""

import asyncio

from services.debugging.errors import ProfileRunningError

MOST_SECONDS = 60
INTERVAL_SECONDS = 0.001


class ProfileTaker:
    """One profile at a time; the profiler is loaded with the first."""

    def __init__(self) -> None:
        self._is_running = False

    async def take(self, seconds: float) -> str:
        """Where the loop's thread spends the next seconds, whichever request it works for.

        Raises:
            ProfileRunningError: another one is being taken.
        """
        from pyinstrument import Profiler

        if self._is_running:
            raise ProfileRunningError
        self._is_running = True
        # Not by task: all that the thread does is looked at, and the loop itself stands on top.
        profiler = Profiler(interval=INTERVAL_SECONDS, async_mode="disabled")
        try:
            profiler.start()
            try:
                await asyncio.sleep(seconds)
            finally:
                profiler.stop()
            return await asyncio.to_thread(profiler.output_html)
        finally:
            self._is_running = False
