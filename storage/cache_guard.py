"""Asks a cache's Redis without ever waiting long for it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.exceptions import RedisError

COMMAND_TIMEOUT_SECONDS = 0.25
"""Nobody is kept waiting longer for a cache that may not even have it."""
PAUSE_AFTER_FAILURE_SECONDS = 5.0

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


class CacheGuard:
    """After a failure Redis is left alone for some seconds: one request in that time waits."""

    def __init__(self, name: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._monotonic = monotonic
        self._paused_until = 0.0

    @property
    def is_available(self) -> bool:
        """Whether Redis is being asked just now."""
        return self._monotonic() >= self._paused_until

    async def ask(self, question: Callable[[], Awaitable[Result]], otherwise: Result) -> Result:
        """What Redis answers; `otherwise` where it does not, or is left alone."""
        if not self.is_available:
            return otherwise
        try:
            async with asyncio.timeout(COMMAND_TIMEOUT_SECONDS):
                return await question()
        except (RedisError, OSError, TimeoutError) as error:
            self._paused_until = self._monotonic() + PAUSE_AFTER_FAILURE_SECONDS
            logger.warning("%s is left alone for some seconds: %r", self._name, error)
            return otherwise
