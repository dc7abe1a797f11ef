"""A bulkhead whose number of places follows how long those inside have to wait."""

import math
import time
from collections.abc import Callable

from ai.routing.bulkhead import Bulkhead

TARGET_SECONDS = 0.12
"""A wait that is still taken for short: an answer begins within half a second then.

Source: `benchmarks/concurrent_streams.py`, 200 clients; 0.25 let in a third more, 850 ms at p95.
"""
TIMES_SHORTEST = 2.5
"""Where even the shortest waits are long, as with an encoder far away, it is so many of these."""
SHORTEST_DRIFT = 0.01
WINDOW_SECONDS = 0.1
LEAST_SAMPLES = 5
FIRST_PLACES = 128
"""Enough for a class whose members all ask in the same moment."""
LEAST_PLACES = 4
MORE_PLACES = 2
SHARES_KEPT = ((2.0, 0.9), (8.0, 0.7), (math.inf, 0.5))
"""The share of places that stays, where waits are up to so many times as long as they may be."""
PLACES_PER_WAITING = 10
"""An answer of one second leaves a tenth of the places in the tenth of a second that one waits."""
SHARE_IN_USE = 0.9
"""Beyond the first places, more are added only while this share is taken: else they limit none."""


class AdaptiveBulkhead(Bulkhead):
    """Adds places while waits are short, and takes a tenth or more away when they stay long.

    Who is inside stays; after a decrease nothing is judged until its effect can be seen. A fixed
    number fits one machine, one encoder and one load; the wait tells what fits here and now. Where
    a few waits of one window are long it was a moment, such as an upload, for which nobody is to
    be refused; where all are, or some of two windows in a row, a queue stands.

    Source: additive increase and multiplicative decrease, Chiu and Jain, "Analysis of the Increase
    and Decrease Algorithms for Congestion Avoidance in Computer Networks" (1989); bursts and
    standing queues, Nichols and Jacobson, "Controlling Queue Delay" (2012).
    """

    def __init__(
        self,
        most_places: int,
        *,
        waiting: int = 0,
        waiting_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begins with 128 places, or as many as there may be.

        Args:
            most_places: More are never given.
            waiting: As for `Bulkhead`.
            waiting_seconds: As for `Bulkhead`.
            clock: Seconds that never go back.
        """
        first = min(FIRST_PLACES, most_places)
        super().__init__(first, waiting=waiting, waiting_seconds=waiting_seconds)
        self._most_places = most_places
        self._clock = clock
        self._waits: list[float] = []
        self._shortest_seconds = math.inf
        self._was_late = False
        self._judged_at = self._changed_at = clock()

    @property
    def most_waiting(self) -> int:
        """How many may wait: more than places that come free meanwhile would wait in vain."""
        return min(super().most_waiting, max(self.places // PLACES_PER_WAITING, 1))

    def observe(self, waited_seconds: float) -> None:
        """Takes note of how long somebody inside waited for what the places protect."""
        now = self._clock()
        if now - waited_seconds < self._changed_at - WINDOW_SECONDS:
            return  # let in before the last change, of which it says nothing
        self._waits.append(waited_seconds)
        if len(self._waits) >= LEAST_SAMPLES and now - self._judged_at >= WINDOW_SECONDS:
            places = self.places
            self._judge(sorted(self._waits))
            self._waits.clear()
            self._judged_at = now
            if self.places != places:
                self._changed_at = now

    def _judge(self, waits_seconds: list[float]) -> None:
        shortest, long = waits_seconds[0], waits_seconds[len(waits_seconds) * 9 // 10]
        most = max(TARGET_SECONDS, self._normal(shortest) * TIMES_SHORTEST)
        is_late = long > most
        if shortest > most or (is_late and self._was_late):
            kept = next(share for times, share in SHARES_KEPT if long <= times * most)
            fewer = int(min(self.places, self.taken) * kept)
            self.resize(max(fewer, min(LEAST_PLACES, self._most_places)))
        elif not is_late and (
            self.taken >= self.places * SHARE_IN_USE or self.places < FIRST_PLACES
        ):
            self.resize(min(self.places + MORE_PLACES, self._most_places))
        self._was_late = is_late

    def _normal(self, shortest: float) -> float:
        """The shortest wait of all; it follows slowly what is longer, as that may be overload."""
        if shortest > self._shortest_seconds:
            shortest = self._shortest_seconds + (shortest - self._shortest_seconds) * SHORTEST_DRIFT
        self._shortest_seconds = shortest
        return shortest
