"""What is known of a deployment's load, speed and luck in this process."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ai.routing.metering import ABANDONED, SUCCEEDED, AttemptUsage

LATENCY_HALF_LIFE_SECONDS = 60.0
"""After this long without a call, what is known of the latency counts half."""
KEPT_ATTEMPTS = 50
_SMOOTHING = 0.3


@dataclass(frozen=True, slots=True)
class LastError:
    """The latest failure of a deployment."""

    code: str
    detail: str
    at: datetime


class DeploymentGauge:
    """Counts the calls of one deployment; a `UsageSink` of its attempts.

    Attributes:
        in_flight: Calls under way.
        last_error: None where nothing has failed yet.
    """

    def __init__(self, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        """Takes a monotonic clock in seconds, and one that tells the date."""
        self._clock = clock
        self._now = now
        self._attempts: deque[AttemptUsage] = deque(maxlen=KEPT_ATTEMPTS)
        self._latency_seconds = 0.0
        self._measured_at = 0.0
        self.in_flight = 0
        self.last_error: LastError | None = None

    def record(self, attempt: AttemptUsage) -> None:
        """Takes note of one attempt."""
        if attempt.outcome == ABANDONED and attempt.first_token_seconds is None:
            return
        self._attempts.append(attempt)
        if attempt.outcome not in {SUCCEEDED, ABANDONED}:
            self.last_error = LastError(attempt.outcome, attempt.detail, self._now())
        # A failed attempt counts with the time it cost its reader.
        seconds = attempt.first_token_seconds
        self._smooth(attempt.latency_seconds if seconds is None else seconds)

    @property
    def expected_latency_seconds(self) -> float:
        """Time to the first token to be expected: a moving average that fades with time.

        0 where nothing is known, so that an untried or long unused deployment is tried again.
        Source: exponentially weighted moving average, decayed as Finagle's Peak EWMA is.
        """
        if not self._latency_seconds:
            return 0.0
        age = self._clock() - self._measured_at
        return self._latency_seconds * math.exp2(-age / LATENCY_HALF_LIFE_SECONDS)

    @property
    def recent_latencies_seconds(self) -> tuple[float, ...]:
        """Times to the first token of the latest attempts that gave one, oldest first."""
        seconds = (attempt.first_token_seconds for attempt in self._attempts)
        return tuple(value for value in seconds if value is not None)

    @property
    def success_share(self) -> float | None:
        """Share of the latest attempts that did not fail; None where there was none."""
        if not self._attempts:
            return None
        good = sum(attempt.outcome in {SUCCEEDED, ABANDONED} for attempt in self._attempts)
        return good / len(self._attempts)

    @property
    def attempts(self) -> int:
        """How many attempts the figures rest on, at most `KEPT_ATTEMPTS`."""
        return len(self._attempts)

    def _smooth(self, seconds: float) -> None:
        known = self._latency_seconds
        share = _SMOOTHING if known else 1.0
        self._latency_seconds = known + share * (seconds - known)
        self._measured_at = self._clock()
