"""How long to wait before starting a process again that keeps dying."""

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0
HEALTHY_AFTER_SECONDS = 60.0


class BackOff:
    """Delays of 1, 2, 4 ... 30 seconds; a minute of health begins anew.

    Times are seconds of a monotonic clock, passed in by the caller.
    """

    def __init__(self, now: float) -> None:
        self._failures = 0
        self._started_at = now

    def note_start(self, now: float) -> None:
        """Remembers when the process was last started."""
        self._started_at = now

    def next_delay(self, now: float) -> float:
        """Counts one death and gives the seconds to wait before the next start."""
        if now - self._started_at >= HEALTHY_AFTER_SECONDS:
            self._failures = 0
        self._failures += 1
        return float(min(FIRST_DELAY_SECONDS * 2 ** (self._failures - 1), LONGEST_DELAY_SECONDS))
