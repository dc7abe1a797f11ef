"""Tells every attempt at a deployment to those who count: usage, money, health."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from ai.chat.attribution import Attribution
from ai.chat.chat_model import ChatChunk, ChatModel, ChatRequest, Finished, TextDelta, Usage
from ai.chat.errors import ChatModelError
from ai.routing.deployment import Price

SUCCEEDED = "ok"
ABANDONED = "abandoned"
_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class AttemptUsage:
    """What one attempt at one deployment took and what became of it.

    Attributes:
        outcome: `ok`; `abandoned` when the reader left; else the code of the error.
        detail: The error in words, empty without one.
        is_estimated: Whether the tokens are estimated because the upstream came to no count.
        first_token_seconds: None where no text came.
        price: What the deployment costs.
        prompt: The prompt's `name@version`.
    """

    deployment: str
    wire_model: str
    outcome: str
    detail: str
    usage: Usage
    is_estimated: bool
    first_token_seconds: float | None
    latency_seconds: float
    price: Price
    prompt: str
    attribution: Attribution


class UsageSink(Protocol):
    """Takes note of attempts."""

    def record(self, attempt: AttemptUsage) -> None:
        """Takes note of one attempt; returns at once and does not fail."""
        ...


class AttemptListener(Protocol):
    """Hears of each attempt with what was asked and said.

    Attributes:
        wants_text: Whether it is to be told what was said; else it gets an empty text.
    """

    wants_text: bool

    def ended(
        self, attempt: AttemptUsage, request: ChatRequest, reason: str | None, text: str
    ) -> None:
        """An attempt is over, for that reason where it came to an end; must not fail."""
        ...


class UsageSinks:
    """Passes what it is told to every sink that was added; itself a `UsageSink`."""

    def __init__(self) -> None:
        self._sinks: list[UsageSink] = []

    def add(self, sink: UsageSink) -> None:
        """Tells `sink` of every attempt from now on."""
        self._sinks.append(sink)

    def record(self, attempt: AttemptUsage) -> None:
        """Tells every sink."""
        for sink in self._sinks:
            sink.record(attempt)


class MeteredChatModel:
    """Passes a chat model through and reports each of its attempts once, however it ends."""

    def __init__(
        self,
        inner: ChatModel,
        wire_model: str,
        price: Price,
        sinks: Sequence[UsageSink],
        listener: AttemptListener | None = None,
    ) -> None:
        self._inner = inner
        self._wire_model = wire_model
        self._price = price
        self._sinks = tuple(sinks)
        self._listener = listener

    @property
    def name(self) -> str:
        """The name of the deployment."""
        return self._inner.name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Streams what the inner model says.

        Raises:
            ChatModelError: As the inner model does.
        """
        clock = asyncio.get_running_loop().time
        started = clock()
        first_token_seconds: float | None = None
        characters = 0
        usage: Usage | None = None
        outcome, detail, reason = ABANDONED, "", None
        said: list[str] | None = [] if self._listener and self._listener.wants_text else None
        try:
            async with aclosing(self._inner.stream(request)) as chunks:
                async for chunk in chunks:
                    if isinstance(chunk, TextDelta):
                        if first_token_seconds is None:
                            first_token_seconds = clock() - started
                        characters += len(chunk.text)
                        if said is not None:
                            said.append(chunk.text)
                    elif isinstance(chunk, Finished):
                        usage, outcome, reason = chunk.usage, SUCCEEDED, chunk.reason
                    yield chunk
        except ChatModelError as error:
            outcome, detail = error.code, str(error)
            raise
        finally:
            attempt = AttemptUsage(
                deployment=self.name,
                wire_model=self._wire_model,
                outcome=outcome,
                detail=detail,
                usage=usage or estimated_usage(request, characters),
                is_estimated=usage is None,
                first_token_seconds=first_token_seconds,
                latency_seconds=clock() - started,
                price=self._price,
                prompt=request.prompt.reference,
                attribution=request.attribution,
            )
            for sink in self._sinks:
                sink.record(attempt)
            if self._listener is not None:
                self._listener.ended(attempt, request, reason, "".join(said or ()))


def estimated_usage(request: ChatRequest, characters: int) -> Usage:
    """The tokens of an attempt that broke off; nothing is counted where no text came."""
    if not characters:
        return Usage(0, 0)
    asked = len(request.prompt.system) + len(request.prompt.user)
    asked += sum(len(turn.content) for turn in request.history)
    return Usage(asked // _CHARACTERS_PER_TOKEN, -(-characters // _CHARACTERS_PER_TOKEN))
