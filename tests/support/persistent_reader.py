"""A learner's client that comes back as often as its stream breaks off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from tests.support.event_source import ReceivedEvent, received_events

PAUSE_SECONDS = 0.1


class PersistentReader:
    """Asks, and comes back with `Last-Event-ID` until the answer has ended.

    With a `key` the question is sent again, as the same one, until an answer begins; without one
    a refusal is an error.

    Attributes:
        seen: The events that came, over all connections.
        refusals: How often it was told to come again, with 503.
    """

    def __init__(
        self, http: httpx2.AsyncClient, course: str, question: str, key: str | None = None
    ) -> None:
        self._http = http
        self._course = course
        self._question = question
        self._key = key
        self.seen: list[ReceivedEvent] = []
        self.refusals: list[httpx2.Response] = []
        self.has_begun = asyncio.Event()
        self._has_news = asyncio.Event()

    @property
    def message_id(self) -> str:
        return str(self.seen[0].data["message_id"])

    @property
    def is_done(self) -> bool:
        return bool(self.seen) and self.seen[-1].name in ("done", "error")

    @property
    def text(self) -> str:
        """What the last telling said: one begins anew where what was shown was never logged."""
        begun = [n for n, event in enumerate(self.seen) if event.name == "start"]
        last = self.seen[begun[-1] :] if begun else []
        return "".join(event.data["text"] for event in last if event.name == "delta")

    async def has_seen(self, count: int) -> None:
        """Waits until so many events came."""
        while len(self.seen) < count:
            self._has_news.clear()
            await self._has_news.wait()

    async def listen_once(self) -> None:
        """Until the answer ends or the connection does."""
        try:
            async with self._stream() as response:
                if self._was_refused(response):
                    return
                async for event in received_events(response):
                    self.seen.append(event)
                    self._has_news.set()
                    if event.name == "delta":
                        self.has_begun.set()
        except httpx2.TransportError:
            pass

    async def listen(self) -> list[ReceivedEvent]:
        """All events, once the answer has ended."""
        while not self.is_done:
            await self.listen_once()
            await asyncio.sleep(PAUSE_SECONDS)
        return self.seen

    def _was_refused(self, response: httpx2.Response) -> bool:
        if response.status_code == 503 and self._key is not None:
            self.refusals.append(response)
            return True
        assert response.status_code == 200, response.status_code
        return False

    @asynccontextmanager
    async def _stream(self) -> AsyncIterator[Any]:
        if self.seen:
            path, headers = (
                f"/messages/{self.message_id}/events",
                {"Last-Event-ID": self.seen[-1].id},
            )
            request = self._http.stream("GET", path, headers=headers)
        else:
            path, body = f"/courses/{self._course}/chat", {"message": self._question}
            headers = {} if self._key is None else {"Idempotency-Key": self._key}
            request = self._http.stream("POST", path, json=body, headers=headers)
        async with request as response:
            yield response
