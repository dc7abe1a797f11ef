"""How late the event loop runs what is due, and what it was doing when it was held up."""

import asyncio
import sys
import threading
import traceback
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

BEAT_SECONDS = 0.05
BLOCKED_SECONDS = 0.1
"""A callback that holds up the loop so long is caught in the act."""
SAMPLES = 6000
"""Five minutes of beats."""
MOST_BLOCKS = 50
STACK_FRAMES = 25


@dataclass(frozen=True, slots=True)
class LoopLag:
    """How late beats came, in seconds, over the last minutes."""

    beats: int
    mean_seconds: float
    p99_seconds: float
    max_seconds: float


@dataclass(frozen=True, slots=True)
class Block:
    """A time for which nothing else ran, and where the loop's thread was, outermost frame first."""

    at: datetime
    seconds: float
    stack: Sequence[str]


class LoopMonitor:
    """A beat in the loop, and a thread that looks at the loop's stack when the beat stays away."""

    def __init__(self) -> None:
        self._lags: deque[float] = deque(maxlen=SAMPLES)
        self._blocks: deque[Block] = deque(maxlen=MOST_BLOCKS)
        self._last_beat = monotonic()
        self._caught: Sequence[str] = ()
        self._timer: asyncio.TimerHandle | None = None
        self._stopping = threading.Event()
        self._thread_id = 0

    def start(self) -> None:
        """Begins to watch the running loop."""
        self._thread_id = threading.get_ident()
        self._stopping.clear()
        self._last_beat = monotonic()
        self._wait(asyncio.get_running_loop())
        watching = threading.Thread(target=self._watch, name="loop-monitor", daemon=True)
        watching.start()

    def stop(self) -> None:
        """Ends it; idempotent."""
        self._stopping.set()
        if self._timer is not None:
            self._timer.cancel()

    @property
    def lag(self) -> LoopLag:
        """How late beats came."""
        lags = sorted(self._lags)
        if not lags:
            return LoopLag(0, 0.0, 0.0, 0.0)
        p99 = lags[min(len(lags) - 1, len(lags) * 99 // 100)]
        return LoopLag(len(lags), sum(lags) / len(lags), p99, lags[-1])

    @property
    def blocks(self) -> Sequence[Block]:
        """The latest times when nothing else ran, the newest first."""
        return list(reversed(self._blocks))

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = loop.call_later(BEAT_SECONDS, self._beat, loop)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        now = monotonic()
        late = max(0.0, now - self._last_beat - BEAT_SECONDS)
        self._lags.append(late)
        if self._caught and late >= BLOCKED_SECONDS:
            self._blocks.append(Block(datetime.now(UTC), late, self._caught))
        self._caught = ()
        self._last_beat = now
        self._wait(loop)

    def _watch(self) -> None:
        while not self._stopping.wait(BEAT_SECONDS):
            late = monotonic() - self._last_beat - BEAT_SECONDS
            if late < BLOCKED_SECONDS or self._caught:
                continue
            frame = sys._current_frames().get(self._thread_id)  # noqa: SLF001 - what it is there for
            if frame is not None:
                # Without the lines of the source, of which whole files would be kept: 2 MB of them.
                stack = traceback.StackSummary.extract(
                    traceback.walk_stack(frame), limit=STACK_FRAMES, lookup_lines=False
                )
                self._caught = tuple(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(stack))
