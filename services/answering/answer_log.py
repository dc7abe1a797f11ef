"""The events of one answer, in memory, for any number of listeners."""

import asyncio
import math
from bisect import bisect_right
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from ai.chat.signal import Signal

EventName = Literal["start", "sources", "delta", "notice", "done", "error"]
LAST_EVENTS: frozenset[EventName] = frozenset({"done", "error"})


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """One event; `sequence` is unique within its answer and never changes.

    Attributes:
        follows: The number of the event before it, where that is not the one before its own.
    """

    sequence: int
    name: EventName
    payload: Mapping[str, Any]
    follows: int | None = None

    @property
    def previous(self) -> int:
        """The number of the event before it; of the first one a number that no event has."""
        return self.sequence - 1 if self.follows is None else self.follows

    @property
    def is_last(self) -> bool:
        """Whether nothing follows it."""
        return self.name in LAST_EVENTS


def events_after(events: Sequence[AnswerEvent], after: int) -> Sequence[AnswerEvent]:
    """The events that follow number `after`, for a reader who has those up to it.

    All of them, from `start` on, where the next one follows another event than the reader's last:
    what that reader was shown since is no part of the answer, as it was never logged and its
    process is gone.
    """
    position = bisect_right(events, after, key=lambda event: event.sequence)
    if position == len(events) or after == 0 or events[position].previous == after:
        return events[position:]
    return events


class AnswerLog:
    """Events in the order they happened; closed by `done` or `error`.

    One writer, any number of readers, one event loop. Its size is bounded by its writer, who
    bounds the answer. With a `recorder` an event is shown to readers only when that calls `show`;
    without one, at once.

    Attributes:
        first_sequence: The number of the first event.
        next_sequence: The number that the next one will have.
    """

    def __init__(
        self,
        events: Sequence[AnswerEvent] = (),
        *,
        next_sequence: int = 1,
        recorder: Callable[[], None] | None = None,
    ) -> None:
        """Begins a log, or goes on with one whose `events` readers may have seen."""
        self.first_sequence = events[0].sequence if events else next_sequence
        self.next_sequence = next_sequence
        self._events = list(events)
        self._shown = len(self._events)
        self._recorder = recorder
        self._is_abandoned = False
        self._readers: set[Signal] = set()

    @property
    def is_closed(self) -> bool:
        """Whether readers will be shown nothing more."""
        return self._is_abandoned or (
            0 < self._shown == len(self._events) and self._events[-1].is_last
        )

    @property
    def last_sequence(self) -> int:
        """The number of the last event; 0 where there is none."""
        return self._events[-1].sequence if self._events else 0

    def append(self, name: EventName, payload: Mapping[str, Any]) -> AnswerEvent:
        """Adds an event, and shows it unless a recorder is to do so."""
        last, sequence = self.last_sequence, self.next_sequence
        follows = last if 0 < last < sequence - 1 else None
        event = AnswerEvent(sequence, name, payload, follows)
        self.next_sequence = sequence + 1
        self._events.append(event)
        if self._recorder is None:
            self.show()
        else:
            self._recorder()
        return event

    def extend(self, events: Sequence[AnswerEvent]) -> None:
        """Adds events that have their numbers already, and shows them."""
        self._events += events
        self.show()

    def since(self, count: int) -> Sequence[AnswerEvent]:
        """All but the first `count` events, shown or not."""
        return self._events[count:]

    def count_to(self, sequence: int) -> int:
        """How many events have that number or a lower one."""
        return bisect_right(self._events, sequence, key=lambda event: event.sequence)

    def show(self, count: int | None = None) -> None:
        """Shows the first `count` events, or all, and wakes every reader."""
        self._shown = max(self._shown, len(self._events) if count is None else count)
        self._wake()

    def abandon(self) -> None:
        """Ends the log without a last event: the answer goes on elsewhere, and its readers too."""
        self._is_abandoned = True
        self._wake()

    async def read(
        self, after: int = 0, pause_seconds: float | None = None
    ) -> AsyncGenerator[list[AnswerEvent], None]:
        """Gives the events that follow sequence `after`: all that wait at once, to the last one.

        A reader whose last event is not in the log gets all of it, once something follows; see
        `events_after`. Where nothing happens for `pause_seconds`, an empty list is given.
        """
        position, has_begun = 0, False
        with self._reader() as grown:
            while True:
                if position < self._shown:
                    batch = self._events[position : self._shown]
                    if not has_begun:
                        batch = list(events_after(self._events[: self._shown], after))
                        has_begun = bool(batch)
                    position = self._shown
                    if batch:
                        yield batch
                elif self.is_closed:
                    return
                elif not await grown.wait(_after(pause_seconds)):
                    yield []

    async def closed(self) -> list[AnswerEvent]:
        """All events that were shown, once nothing follows.

        The last one ends the answer, unless the log was abandoned.
        """
        with self._reader() as grown:
            while not self.is_closed:
                await grown.wait()
        return self._events[: self._shown]

    def _wake(self) -> None:
        for reader in self._readers:
            reader.send()

    @contextmanager
    def _reader(self) -> Iterator[Signal]:
        """What tells one reader that the log has grown, or is over."""
        signal = Signal()
        self._readers.add(signal)
        try:
            yield signal
        finally:
            self._readers.discard(signal)
            signal.close()


def _after(seconds: float | None) -> float:
    """A time of the event loop's clock; without `seconds` one that never comes."""
    return math.inf if seconds is None else asyncio.get_running_loop().time() + seconds
