"""The events of one answer, in memory, for any number of listeners."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

EventName = Literal["start", "sources", "delta", "notice", "done", "error"]
LAST_EVENTS: frozenset[EventName] = frozenset({"done", "error"})


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """One event; `sequence` is unique within its answer and never changes."""

    sequence: int
    name: EventName
    payload: Mapping[str, Any]

    @property
    def is_last(self) -> bool:
        """Whether nothing follows it."""
        return self.name in LAST_EVENTS


class AnswerLog:
    """Events in the order they happened; closed by `done` or `error`.

    One writer, any number of readers, one event loop. Its size is bounded by its writer, who
    bounds the answer. With a `recorder` an event is shown to readers only when that calls `show`;
    without one, at once.

    Attributes:
        first_sequence: The number of the first event; the others follow it without a gap.
    """

    def __init__(
        self,
        events: Sequence[AnswerEvent] = (),
        *,
        first_sequence: int = 1,
        recorder: Callable[[AnswerEvent], None] | None = None,
    ) -> None:
        """Begins a log, or goes on with one whose `events` readers may have seen."""
        self.first_sequence = events[0].sequence if events else first_sequence
        self._events = list(events)
        self._shown = len(self._events)
        self._recorder = recorder
        self._is_abandoned = False
        self._grown = asyncio.Event()

    @property
    def is_closed(self) -> bool:
        """Whether readers will be shown nothing more."""
        return self._is_abandoned or (
            0 < self._shown == len(self._events) and self._events[-1].is_last
        )

    @property
    def next_sequence(self) -> int:
        """The sequence that the next event will have."""
        return self.first_sequence + len(self._events)

    def append(self, name: EventName, payload: Mapping[str, Any]) -> AnswerEvent:
        """Adds an event, and shows it unless a recorder is to do so."""
        event = AnswerEvent(self.next_sequence, name, payload)
        self._events.append(event)
        if self._recorder is None:
            self.show()
        else:
            self._recorder(event)
        return event

    def extend(self, events: Sequence[AnswerEvent]) -> None:
        """Adds events that have their numbers already, and shows them."""
        self._events += events
        self.show()

    def since(self, count: int) -> Sequence[AnswerEvent]:
        """All but the first `count` events, shown or not."""
        return self._events[count:]

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

        Where nothing happens for `pause_seconds`, an empty list is given.
        """
        position = 0
        while True:
            if position < self._shown:
                batch = self._events[position : self._shown]
                position += len(batch)
                if batch[0].sequence <= after:
                    batch = [event for event in batch if event.sequence > after]
                if batch:
                    yield batch
            elif self.is_closed:
                return
            elif not await self._wait(pause_seconds):
                yield []

    async def closed(self) -> list[AnswerEvent]:
        """All events that were shown, once nothing follows.

        The last one ends the answer, unless the log was abandoned.
        """
        while not self.is_closed:
            await self._grown.wait()
        return self._events[: self._shown]

    def _wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()

    async def _wait(self, pause_seconds: float | None) -> bool:
        try:
            async with asyncio.timeout(pause_seconds):
                await self._grown.wait()
        except TimeoutError:
            return False
        return True
