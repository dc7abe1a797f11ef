"""When those who are refused may come again: the later, the more of them there are."""

import math
import random
import time
from collections.abc import Callable
from typing import Final

UNHURRIED_PER_SECOND: Final = 40
"""Refusals a second that may all come again a second later.

A little more than a process answers in a second (1 / 0.036, docs/scaling.md): a crowd spread so
finds its places free, and few stand empty.
"""
LONGEST_SECONDS: Final = 30


class RetryPace:
    """Tells each one refused when to come again, so that refusing leaves room for work.

    Two thousand clients who all come again after a second take a whole processor to be refused
    once more. So the longest wait grows with the refusals of the last second, and each client is
    told a wait of its own up to it. With n clients who do as they are told, refusals settle near
    sqrt(2 * n * UNHURRIED_PER_SECOND) a second.

    Args:
        shortest_seconds: What a single one is told.
        clock: Seconds, never falling.
        chance: Draws the waits.
    """

    def __init__(
        self,
        shortest_seconds: int,
        clock: Callable[[], float] = time.monotonic,
        chance: random.Random | None = None,
    ) -> None:
        self._shortest = shortest_seconds
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311 - spreads a crowd, guards nothing
        self._refusals = 0.0
        self._counted_at = clock()

    def refuse(self) -> int:
        """Counts one more, and says after how many seconds it may come again."""
        now = self._clock()
        self._refusals = self._refusals * math.exp(self._counted_at - now) + 1.0
        self._counted_at = now
        longest = min(LONGEST_SECONDS, round(self._refusals / UNHURRIED_PER_SECOND))
        return self._chance.randint(self._shortest, max(self._shortest, longest))
