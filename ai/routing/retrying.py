"""Asks a deployment again when it fails in a way that passes, as long as nothing has been said."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from ai.chat.chat_model import ChatChunk, ChatModel, ChatRequest
from ai.chat.errors import (
    EmptyAnswerError,
    MalformedResponseError,
    RateLimitedError,
    UpstreamFailedError,
)

LONGEST_WAIT_SECONDS = 1.0
"""Whoever asks to be left alone for longer is not asked again: another deployment is."""
_PASSING = (UpstreamFailedError, MalformedResponseError, EmptyAnswerError)
# A deployment that kept silent is not asked again: that would cost its deadline twice.
_jitter = wait_random_exponential(multiplier=0.1, max=LONGEST_WAIT_SECONDS)

_Begun = tuple[AsyncGenerator[ChatChunk, None], ChatChunk]
Sleep = Callable[[float], Awaitable[None]]


class RetryingChatModel:
    """Tries the inner model a bounded number of times before the first text.

    It waits a random time that grows, or as long as the upstream asks for.
    """

    def __init__(self, inner: ChatModel, attempts: int, sleep: Sleep = asyncio.sleep) -> None:
        """Wraps a model.

        Args:
            inner: The model that is asked.
            attempts: How often at most, the first time included.
            sleep: How to wait; a test gives one that does not.
        """
        self._inner = inner
        self._attempts = attempts
        self._sleep = sleep

    @property
    def name(self) -> str:
        """The name of the deployment."""
        return self._inner.name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Streams what the inner model says.

        Raises:
            ChatModelError: As the inner model does the last time, or once text has been given.
        """
        begun: _Begun = await self._retrying()(self._begin, request)
        chunks, first = begun
        async with aclosing(chunks):
            yield first
            async for chunk in chunks:
                yield chunk

    async def _begin(self, request: ChatRequest) -> _Begun:
        chunks = self._inner.stream(request)
        return chunks, await anext(chunks)

    def _retrying(self) -> AsyncRetrying:
        return AsyncRetrying(
            stop=stop_after_attempt(self._attempts),
            wait=_wait_seconds,
            retry=retry_if_exception(_is_passing),
            sleep=self._sleep,
            reraise=True,
        )


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, RateLimitedError):
        return (error.retry_after_seconds or 0.0) <= LONGEST_WAIT_SECONDS
    return isinstance(error, _PASSING)


def _wait_seconds(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_seconds if isinstance(error, RateLimitedError) else None
    return max(asked or 0.0, float(_jitter(state)))
