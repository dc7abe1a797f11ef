"""A bounded number of places, and a bounded queue before them, so that one use cannot sink all."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager

from ai.chat.attribution import Purpose
from ai.chat.chat_model import ChatChunk, ChatModel, ChatRequest
from ai.chat.errors import BulkheadFullError


class PlacesTakenError(Exception):
    """There is no place, and none in the queue; or none came free in time."""


class Room:
    """Room before a bulkhead, kept for one who is on the way to it."""

    def __init__(self, expected: set["Room"]) -> None:
        self._expected = expected
        expected.add(self)

    def give_back(self) -> None:
        """Who it was kept for enters now, or does not come; idempotent."""
        self._expected.discard(self)


class Bulkhead:
    """Gives `places` at a time; `waiting` more may queue, each for `waiting_seconds` at most.

    Places are given in the order of asking. Who asks while the queue is full is refused at once.

    Attributes:
        places: How many there are.
        taken: Places that are taken; more than there are after some were taken away.
    """

    def __init__(self, places: int, *, waiting: int = 0, waiting_seconds: float = 1.0) -> None:
        self.places = places
        self._most_waiting = waiting
        self._waiting_seconds = waiting_seconds
        self._queue: deque[asyncio.Future[None]] = deque()
        self._expected: set[Room] = set()
        self.taken = 0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    @property
    def most_waiting(self) -> int:
        """How many may."""
        return self._most_waiting

    @property
    def free(self) -> int:
        """Places that nobody has, waits for or is expected to take."""
        return max(self.places - self.taken - len(self._queue) - len(self._expected), 0)

    def expect(self) -> Room:
        """Keeps room for one who has something to do before entering, and may then not enter.

        Raises:
            PlacesTakenError: There is none.
        """
        coming = len(self._queue) + len(self._expected)
        if coming >= max(self.places - self.taken, 0) + self.most_waiting:
            raise PlacesTakenError
        return Room(self._expected)

    async def enter(self) -> None:
        """Takes a place; whoever does gives it back with `leave`.

        Raises:
            PlacesTakenError: There is none.
        """
        if self.taken < self.places and not self._queue:
            self.taken += 1
            return
        if len(self._queue) >= self.most_waiting:
            raise PlacesTakenError
        place = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        try:
            async with asyncio.timeout(self._waiting_seconds):
                await place
        except TimeoutError:
            self._forget(place)
            raise PlacesTakenError from None
        except asyncio.CancelledError:
            self._forget(place)
            raise

    def leave(self) -> None:
        """Gives a place back, to the first who waits."""
        self.taken -= 1
        self._fill()

    def resize(self, places: int) -> None:
        """From now on there are so many places; who has one keeps it."""
        self.places = places
        self._fill()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for the duration of the context.

        Raises:
            PlacesTakenError: There is none.
        """
        await self.enter()
        try:
            yield
        finally:
            self.leave()

    def _fill(self) -> None:
        """Gives free places to those who wait, in their order."""
        while self._queue and self.taken < self.places:
            place = self._queue.popleft()
            if not place.done():
                place.set_result(None)
                self.taken += 1

    def _forget(self, place: "asyncio.Future[None]") -> None:
        """Takes a place out of the queue, or gives it on if it was given just now."""
        if place in self._queue:
            self._queue.remove(place)
        elif place.done() and not place.cancelled():
            self.leave()


class BulkheadedChatModel:
    """Asks the inner model only with a place in the bulkhead of the call's purpose."""

    def __init__(self, inner: ChatModel, bulkheads: Mapping[Purpose, Bulkhead]) -> None:
        self._inner = inner
        self._bulkheads = bulkheads

    @property
    def name(self) -> str:
        """The name of the deployment."""
        return self._inner.name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Streams what the inner model says.

        Raises:
            BulkheadFullError: The inner model was not asked.
            ChatModelError: As the inner model does.
        """
        bulkhead = self._bulkheads[request.attribution.purpose]
        try:
            await bulkhead.enter()
        except PlacesTakenError:
            raise BulkheadFullError(self.name, "is asked as much as it may be") from None
        try:
            async with aclosing(self._inner.stream(request)) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            bulkhead.leave()
