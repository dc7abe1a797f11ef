"""A bulkhead whose number of places follows how long those inside have to wait."""

import math
import time
from collections.abc import Callable

from ai.routing.bulkhead import Bulkhead, Room

TARGET_SECONDS = 0.08
"""A wait that is still taken for short: an answer begins within half a second then.

Source: `benchmarks/concurrent_streams.py`, 200 clients: 300 to 420 ms at p95; 0.12 let in no more,
470 to 810 ms.
"""
TIMES_USUAL = 2.5
"""Where waits are long even without others, as with an encoder far away, it is so many of these."""
USUAL_DRIFT = 0.05
WINDOW_SECONDS = 0.1
LEAST_SAMPLES = 5
FIRST_PLACES = 128
"""Enough for a class whose members all ask in the same moment."""
LEAST_PLACES = 4
MORE_PLACES = 1
SHARES_KEPT = ((2.0, 0.9), (8.0, 0.7), (math.inf, 0.5))
"""The share of places that stays, where waits are up to so many times as long as they may be."""
PLACES_PER_WAITING = 10
"""Who waits for a place waits beyond what is measured: few do."""
QUIET_SECONDS = 1.0
"""Nobody inside for so long: no queue stands, whatever stood before."""
SHARE_IN_USE = 0.9
"""Beyond the first places, more are added only while this share is taken: else they limit none."""


class AdaptiveBulkhead(Bulkhead):
    """Adds places while waits are short, and takes a tenth or more away when they stay long.

    Who is inside stays; after a decrease nothing is judged until its effect can be seen. A fixed
    number fits one machine, one encoder and one load; the wait tells what fits here and now. Where
    a few waits of one window are long it was a moment, such as an upload, for which nobody is to
    be refused; where all are, or some of two windows in a row, a queue stands. Where nobody was
    inside for a second, it begins anew.

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
        self._first_places = min(FIRST_PLACES, most_places)
        super().__init__(self._first_places, waiting=waiting, waiting_seconds=waiting_seconds)
        self._most_places = most_places
        self._clock = clock
        self._waits: list[float] = []
        self._usual_seconds = math.inf
        self._was_late = False
        self._judged_at = self._changed_at = self._left_at = clock()

    @property
    def most_waiting(self) -> int:
        """How many may wait: more than places that come free meanwhile would wait in vain."""
        return min(super().most_waiting, max(self.places // PLACES_PER_WAITING, 1))

    def expect(self) -> Room:
        """As `Bulkhead`."""
        self._forget_if_quiet()
        return super().expect()

    async def enter(self) -> None:
        """As `Bulkhead`."""
        self._forget_if_quiet()
        await super().enter()

    def leave(self) -> None:
        """As `Bulkhead`."""
        super().leave()
        self._left_at = self._clock()

    def observe(self, waited_seconds: float, inside: int) -> None:
        """Takes note of how long somebody inside waited for what the places protect.

        `inside` is how many there were, this one counted, when it was let in.
        """
        now = self._clock()
        if inside == 1 and waited_seconds > self._usual_seconds:
            self._usual_seconds += (waited_seconds - self._usual_seconds) * USUAL_DRIFT
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

    def _forget_if_quiet(self) -> None:
        is_quiet = not self.taken and self._clock() - self._left_at >= QUIET_SECONDS
        if is_quiet and self.places < self._first_places:
            self.resize(self._first_places)
            self._was_late = False

    def _judge(self, waits_seconds: list[float]) -> None:
        shortest, long = waits_seconds[0], waits_seconds[len(waits_seconds) * 9 // 10]
        # What is longer than usual with others inside may be a queue; alone it is what it takes.
        self._usual_seconds = min(self._usual_seconds, shortest)
        most = max(TARGET_SECONDS, self._usual_seconds * TIMES_USUAL)
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
