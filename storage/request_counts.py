"""How many requests each caller made, by whole windows of time: in Redis for all processes."""

import asyncio
from typing import NamedTuple, Protocol

from limits.aio.storage import RedisStorage
from redis.asyncio import Redis
from redis.exceptions import RedisError

from storage.errors import StorageUnavailableError

KEY_PREFIX = "neuroshiksha:requests"
TIMEOUT_SECONDS = 0.25
"""A request is not kept waiting longer for being counted."""


class Counted(NamedTuple):
    """A caller's requests."""

    current: int
    """In this window, the one just counted included."""
    previous: int
    """In the whole window before."""


class RequestCounts(Protocol):
    """Counts requests by caller and window."""

    async def add(self, caller: str, window: int, window_seconds: int) -> Counted:
        """Counts one request of a caller in the window of that number.

        Raises:
            StorageUnavailableError: it cannot be counted just now.
        """
        ...


class LocalRequestCounts:
    """Counts of this process alone, in its memory, those of the last two windows."""

    def __init__(self) -> None:
        self._window = 0
        self._current: dict[str, int] = {}
        self._previous: dict[str, int] = {}

    async def add(self, caller: str, window: int, window_seconds: int) -> Counted:  # noqa: ARG002
        """Counts one more."""
        if window > self._window:
            is_next = window == self._window + 1
            self._previous = self._current if is_next else {}
            self._current, self._window = {}, window
        current = self._current[caller] = self._current.get(caller, 0) + 1
        return Counted(current, self._previous.get(caller, 0))


class RedisRequestCounts:
    """Counts of all processes; one round trip each.

    The count of the window before stands still, so it is read once, at the same time as the first
    request of a caller in a window is counted.
    """

    def __init__(self, redis: Redis, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        # The library brings a connection of its own by address; this one is shared instead.
        self._storage = RedisStorage(
            "redis://",
            implementation="redispy",
            key_prefix=KEY_PREFIX,
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]
        )
        self._timeout_seconds = timeout_seconds
        self._window = 0
        self._previous: dict[str, int] = {}

    async def add(self, caller: str, window: int, window_seconds: int) -> Counted:
        """Counts one more; a caller's counts are forgotten after two windows."""
        if window != self._window:
            self._window, self._previous = window, {}
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._add(caller, window, window_seconds)
        except (RedisError, OSError, TimeoutError) as error:
            raise StorageUnavailableError("Redis") from error

    async def _add(self, caller: str, window: int, window_seconds: int) -> Counted:
        counting = self._storage.incr(f"{caller}:{window}", 2 * window_seconds)
        known = self._previous.get(caller)
        if known is not None:
            return Counted(await counting, known)
        before = self._storage.get(f"{caller}:{window - 1}")
        current, previous = await asyncio.gather(counting, before)
        if window == self._window:
            self._previous[caller] = previous or 0
        return Counted(current, previous or 0)
