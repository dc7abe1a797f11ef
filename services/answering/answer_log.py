"""The events of one answer, in memory, for any number of listeners."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

EventName = Literal["start", "sources", "delta", "notice", "done", "error"]
LAST_EVENTS: frozenset[EventName] = frozenset({"done", "error"})


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """One event; `sequence` counts from 1 within its answer and never changes."""

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
    bounds the answer.
    """

    def __init__(self) -> None:
        self._events: list[AnswerEvent] = []
        self._grown = asyncio.Event()

    @property
    def is_closed(self) -> bool:
        """Whether the last event is there."""
        return bool(self._events) and self._events[-1].is_last

    @property
    def next_sequence(self) -> int:
        """The sequence that the next event will have."""
        return len(self._events) + 1

    def append(self, name: EventName, payload: Mapping[str, Any]) -> AnswerEvent:
        """Adds an event and wakes every reader."""
        event = AnswerEvent(self.next_sequence, name, payload)
        self._events.append(event)
        self._grown.set()
        self._grown = asyncio.Event()
        return event

    async def read(
        self, after: int = 0, pause_seconds: float | None = None
    ) -> AsyncIterator[list[AnswerEvent]]:
        """Gives the events that follow sequence `after`: all that wait at once, to the last one.

        Where nothing happens for `pause_seconds`, an empty list is given.
        """
        position = after
        while True:
            if position < len(self._events):
                batch = self._events[position:]
                position += len(batch)
                yield batch
            elif self.is_closed:
                return
            elif not await self._wait(pause_seconds):
                yield []

    async def closed(self) -> list[AnswerEvent]:
        """All events, once the last one is there."""
        async for _ in self.read(len(self._events)):
            pass
        return list(self._events)

    async def _wait(self, pause_seconds: float | None) -> bool:
        try:
            async with asyncio.timeout(pause_seconds):
                await self._grown.wait()
        except TimeoutError:
            return False
        return True
