"""The encoder behind an OpenAI-compatible `/embeddings` API."""

import asyncio
import math
from collections.abc import Iterator, Sequence
from typing import NoReturn
from urllib.parse import urlsplit

import numpy as np
import orjson

from ai.embedding.embedder import Float32Array, PassageInput, PassageVectors
from ai.embedding.errors import (
    EmbeddingsMisconfiguredError,
    EmbeddingsTimedOutError,
    EmbeddingsUnavailableError,
)
from ai.embedding.micro_batching import AsyncMicroBatcher
from ai.embedding.pooling import normalised, quantise
from ai.embedding.tokenization import WordPieceTokenizer
from connectors.errors import (
    ServiceCallError,
    ServiceMisconfiguredError,
    ServiceTimedOutError,
    ServiceUnavailableError,
)
from connectors.http import RetryPolicy
from connectors.loop_thread import LoopThread
from connectors.remote_service import Endpoint, Patience, RemoteService

TEXTS_PER_CALL = 32
"""What text-embeddings-inference takes at most where nothing else is set; others take more."""
CALLS_AT_ONCE = 4
"""For questions, and as many for passages."""
QUESTION_PATIENCE = Patience(10.0, RetryPolicy(attempts=2, total_seconds=3.0))
PASSAGE_PATIENCE = Patience(
    180.0, RetryPolicy(attempts=6, total_seconds=120.0, longest_pause_seconds=20.0)
)
NOTHING_TO_READ = "."
"""Sent for a blank text, which most services refuse."""
BYTES_PER_COMPONENT = 32
BYTES_PER_ANSWER = 64 * 1024
"""Bounds on an answer, generous for numbers written out."""
LONGEST_PAUSE_SECONDS = 60


class OpenAICompatibleEmbedder:
    """``Embedder`` over HTTP; safe to use from several threads and loops.

    A passage and each of its sentences are texts of their own in the same calls: the API gives no
    token embeddings to pool. Word pieces are counted by the built-in tokenizer, as an estimate,
    and a text is cut where that one's limit is.

    Args:
        endpoint: the service, its `model` set.
        dimension: components of the model's vectors.
        tokenizer: counts and cuts.
        provider: names the vector space together with model and dimension; None takes the host.
        questions: patience with a call for questions, which somebody waits for.
        passages: patience with a call for passages.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        dimension: int,
        tokenizer: WordPieceTokenizer,
        *,
        provider: str | None = None,
        questions: Patience = QUESTION_PATIENCE,
        passages: Patience = PASSAGE_PATIENCE,
    ) -> None:
        self._endpoint = endpoint
        self._dimension = dimension
        self._tokenizer = tokenizer
        self._id = f"{provider or urlsplit(endpoint.base_url).netloc}/{endpoint.model}/{dimension}"
        self._loop = LoopThread("remote-embeddings")
        self._for_questions = RemoteService(endpoint, questions, calls_at_once=CALLS_AT_ONCE)
        self._for_passages = RemoteService(endpoint, passages, calls_at_once=CALLS_AT_ONCE)
        self._questions: AsyncMicroBatcher[str, Float32Array] = AsyncMicroBatcher(
            self._encode_questions,
            max_batch=TEXTS_PER_CALL,
            batches_at_once=CALLS_AT_ONCE,
        )

    @property
    def id(self) -> str:
        """Names the vector space: provider, model and dimension."""
        return self._id

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int:
        """Word pieces sent of a text, counted by the built-in tokenizer."""
        return self._tokenizer.max_tokens

    def count(self, text: str) -> int:
        """Word pieces of ``text`` with the two that mark its ends, by the built-in tokenizer."""
        return self._tokenizer.count(text)

    async def embed_query(self, text: str) -> Float32Array:
        """The vector of a question; questions that wait at the same time share a call.

        Raises:
            EmbeddingsUnavailableError: the service is away, busy or slow.
            EmbeddingsMisconfiguredError: it refuses, or gives what is not the vectors expected.
        """
        work = self._loop.submit(self._vector(self._readable(text)))
        return await asyncio.wrap_future(work)

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """The vectors of passages, in their order; several calls at once.

        Raises:
            EmbeddingsUnavailableError: the service is away, busy or slow, and stayed so.
            EmbeddingsMisconfiguredError: it refuses, or gives what is not the vectors expected.
        """
        if not passages:
            return []
        texts = [
            [self._readable(passage.embedding_text), *map(self._readable, _sentences(passage))]
            for passage in passages
        ]
        distinct = list(dict.fromkeys(text for group in texts for text in group))
        encoded = self._loop.submit(self._encode(distinct)).result()
        place_of = {text: place for place, text in enumerate(distinct)}
        rows = [encoded[[place_of[text] for text in group]] for group in texts]
        return [PassageVectors(group[0], quantise(group[1:])) for group in rows]

    def close(self) -> None:
        """Breaks off what is under way and closes the connections; idempotent."""
        self._loop.close(self._for_questions.close, self._for_passages.close)

    def _readable(self, text: str) -> str:
        """The text as far as it is read, and something to read where it is blank."""
        if self._tokenizer.count(text) > self.max_tokens:
            (pieces,) = self._tokenizer.tokenize([text])
            text = text[: pieces.offsets[:, 1].max()]
        return text if text.strip() else NOTHING_TO_READ

    async def _vector(self, text: str) -> Float32Array:
        return await self._questions.submit(text)

    async def _encode_questions(self, texts: Sequence[str]) -> list[Float32Array]:
        return list(await self._vectors(self._for_questions, texts))

    async def _encode(self, texts: Sequence[str]) -> Float32Array:
        """``(n, dimension)``; the calls wait for each other's places."""
        places = asyncio.Semaphore(CALLS_AT_ONCE)

        async def call(batch: Sequence[str]) -> Float32Array:
            async with places:
                return await self._vectors(self._for_passages, batch)

        starts = range(0, len(texts), TEXTS_PER_CALL)
        try:
            async with asyncio.TaskGroup() as calls:
                batches = [
                    calls.create_task(call(texts[start : start + TEXTS_PER_CALL]))
                    for start in starts
                ]
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        return np.concatenate([batch.result() for batch in batches])

    async def _vectors(self, service: RemoteService, texts: Sequence[str]) -> Float32Array:
        limit = BYTES_PER_ANSWER + len(texts) * self._dimension * BYTES_PER_COMPONENT
        try:
            answer = await service.post("embeddings", {"input": list(texts)}, limit_bytes=limit)
            return self._read(answer, len(texts))
        except ServiceCallError as error:
            _raise_as_embedding_error(error)

    def _read(self, answer: bytes, count: int) -> Float32Array:
        """``(count, dimension)`` float32, L2-normalised.

        Source: OpenAI API reference, "Create embeddings".
        """
        try:
            rows = sorted(orjson.loads(answer)["data"], key=lambda row: row["index"])
            places = [row["index"] for row in rows]
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float64)
        except (KeyError, TypeError, ValueError):
            self._refuse("does not answer as the OpenAI protocol says")
        if places != list(range(count)):
            self._refuse(f"gave {len(places)} vectors for {count} texts")
        if vectors.shape != (count, self._dimension):
            width = vectors.shape[-1]
            self._refuse(f"gives vectors of {width} components, {self._dimension} are set")
        lengths = np.linalg.norm(vectors, axis=1)
        if not (np.isfinite(lengths).all() and lengths.all()):
            self._refuse("gave a vector that has no direction")
        return normalised((vectors / lengths[:, np.newaxis]).astype(np.float32))

    def _refuse(self, message: str) -> NoReturn:
        raise ServiceMisconfiguredError(self._endpoint.service, message)


def _sentences(passage: PassageInput) -> Iterator[str]:
    text = passage.embedding_text[passage.prefix_length :]
    return (text[start:end] for start, end in passage.sentence_bounds)


def _raise_as_embedding_error(error: ServiceCallError) -> NoReturn:
    match error:
        case ServiceTimedOutError():
            raise EmbeddingsTimedOutError(str(error)) from error
        case ServiceUnavailableError(retry_after_seconds=float(seconds)):
            pause = min(max(1, math.ceil(seconds)), LONGEST_PAUSE_SECONDS)
            raise EmbeddingsUnavailableError(str(error), pause) from error
        case ServiceUnavailableError():
            raise EmbeddingsUnavailableError(str(error)) from error
        case _:
            raise EmbeddingsMisconfiguredError(str(error)) from error
