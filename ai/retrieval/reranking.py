"""A second opinion on the order of the best candidates, which is never waited for long."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 120.0


class RerankingError(Exception):
    """A reranker gave no order."""


class Reranker(Protocol):
    """Reads a question together with each passage, and tells how well each answers it."""

    async def order(self, question: str, passages: Sequence[str]) -> list[int]:
        """Places of passages, from 0, best first; those left out come after, as they were.

        Raises:
            RerankingError: there is no order: the reranker is away, busy, slow, or refuses.
        """
        ...


class Reranking:
    """Asks a reranker within a time limit; without its answer the order stays as it was.

    After a failure it is left alone for a pause, which doubles with each failure in a row; then
    one question asks it again, while the others go on without.

    Args:
        reranker: is asked.
        candidates: how many of the best passages it reads.
        seconds: how long a question waits for it.
        clock: monotonic, in seconds.
    """

    def __init__(
        self,
        reranker: Reranker,
        *,
        candidates: int,
        seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self._reranker = reranker
        self.candidates = candidates
        self._seconds = seconds
        self._clock = clock
        self._failures = 0
        self._paused_until = 0.0

    async def order(self, question: str, passages: Sequence[str]) -> list[int]:
        """All places of `passages`, from 0, best first; only the first `candidates` may move."""
        places = list(range(len(passages)))
        read = passages[: self.candidates]
        if len(read) <= 1 or self._clock() < self._paused_until:
            return places
        if self._failures:
            self._paused_until = self._clock() + self._seconds  # this question alone tries
        try:
            async with asyncio.timeout(self._seconds):
                first = await self._reranker.order(question, read)
        except TimeoutError:
            self._fail(f"it did not answer within {self._seconds:g} seconds")
            return places
        except RerankingError as error:
            self._fail(str(error))
            return places
        self._failures, self._paused_until = 0, 0.0
        return list(dict.fromkeys([*first, *places]))

    def _fail(self, reason: str) -> None:
        pause = min(FIRST_PAUSE_SECONDS * 2**self._failures, LONGEST_PAUSE_SECONDS)
        self._failures = min(self._failures + 1, 8)
        self._paused_until = self._clock() + pause
        logger.warning("Passages keep their order for %.0f s, no reranker: %s", pause, reason)
