"""The vectors of questions, with a bound on how many are encoded at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from ai.embedding.embedder import Embedder, Float32Array
from ai.routing.bulkhead import Bulkhead, PlacesTakenError
from services.errors import OverloadedError
from services.retry_pace import RetryPace

SHORTEST_RETRY_SECONDS = 2

Result = TypeVar("Result")


class EncodingPlace:
    """A place among the questions that are encoded, for one question.

    It is given back when its question is understood, or by `leave`.
    """

    def __init__(self, embedder: Embedder, places: Bulkhead) -> None:
        self._embedder = embedder
        self._places = places
        self._work: asyncio.Future[Any] | None = None

    def encode(self, text: str) -> asyncio.Future[Float32Array]:
        """Starts encoding the question; instead of `start`."""
        return self.start(lambda embedder: embedder.embed_query(text))

    def start(self, work: Callable[[Embedder], Awaitable[Result]]) -> asyncio.Future[Result]:
        """Starts what `work` does with the embedder; to be called once."""
        task = asyncio.ensure_future(work(self._embedder))
        task.add_done_callback(self._ended)
        self._work = task
        return task

    def leave(self) -> None:
        """Gives the place back; a question that is still encoded is given up."""
        if self._work is None:
            self._places.leave()
        else:
            self._work.cancel()

    def _ended(self, work: asyncio.Future[Any]) -> None:
        self._places.leave()
        if not work.cancelled():
            work.exception()  # looked at here, as whoever asked may have left


class QuestionEncoder:
    """Encodes questions; as many at a time as there are places, the others are refused at once."""

    def __init__(self, embedder: Embedder, places: int) -> None:
        self._embedder = embedder
        self._places = Bulkhead(places)
        self._pace = RetryPace(SHORTEST_RETRY_SECONDS)

    @property
    def embedder_id(self) -> str:
        """Names the vector space."""
        return self._embedder.id

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return self._embedder.dimension

    async def admit(self) -> EncodingPlace:
        """A place for one question, which is given back by its end or by `leave`.

        Raises:
            OverloadedError: as many questions are encoded as may be.
        """
        try:
            await self._places.enter()
        except PlacesTakenError:
            raise OverloadedError("questions", self._pace.refuse()) from None
        return EncodingPlace(self._embedder, self._places)

    async def vector(self, text: str) -> Float32Array:
        """`(dimension,)` float32, L2-normalised.

        Raises:
            OverloadedError: as many questions are encoded as may be.
            EmbeddingError: a remote encoder gives no vector.
        """
        return await (await self.admit()).encode(text)
