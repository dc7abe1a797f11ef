"""Time that a test sets."""

from dataclasses import dataclass


@dataclass
class Clock:
    """Seconds, for whatever asks a clock for them."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now
