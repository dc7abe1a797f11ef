"""One answer from the first deployment that gives it; the grounded model ends every chain."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from ai.chat.chat_model import (
    ChatChunk,
    ChatModel,
    ChatRequest,
    Continuation,
    Finished,
    TakenOver,
    TextDelta,
    Usage,
)
from ai.chat.errors import (
    BreakerOpenError,
    BulkheadFullError,
    ChatModelError,
    EmptyAnswerError,
    MalformedResponseError,
    RateLimitedError,
    RequestRejectedError,
    UnknownChatModelError,
    UpstreamTimedOutError,
    WrongApiKeyError,
)
from ai.routing.closing import unsaid
from ai.routing.overlap import OverlapTrimmer
from ai.validation.checks import has_content

_CHARACTERS_PER_TOKEN = 4
_HELD_CHARACTERS = 1_000
"""Text that says nothing is held back no longer than this."""
_REASONS: tuple[tuple[type[ChatModelError], str], ...] = (
    (WrongApiKeyError, "does not accept the API key"),
    (UnknownChatModelError, "is not known to its server"),
    (RateLimitedError, "has reached its rate limit"),
    (UpstreamTimedOutError, "did not answer in time"),
    (MalformedResponseError, "sent something that is not an answer"),
    (EmptyAnswerError, "gave an empty answer"),
    (BreakerOpenError, "failed too often a moment ago"),
    (BulkheadFullError, "has no place free"),
    (RequestRejectedError, "refused the request"),
    (ChatModelError, "cannot be reached or failed"),
)

logger = logging.getLogger(__name__)


class FallbackChatModel:
    """Asks its models one after the other until one ends the answer well.

    Before the first text the next model simply answers. Markers and signs that say nothing are held
    back until there is more, and are no answer by themselves. After the first text, the next model
    gets the same request and the text already given, and goes on from there; what it repeats is
    taken out. The grounded model, last, closes the broken sentence and adds what has not been said.
    A `TakenOver` stands before the first text of whoever goes on. The usage counts all that was
    written.
    """

    def __init__(
        self,
        models: Sequence[ChatModel],
        grounded: ChatModel,
        *,
        instruction: str,
        answer_seconds: float,
    ) -> None:
        """Chains models.

        Args:
            models: In the order of asking; may be empty.
            grounded: Answers where none of them does.
            instruction: How a model is asked to go on that cannot go on from a prefix.
            answer_seconds: For the whole answer; after it only the grounded model is asked.
        """
        self._models = tuple(models)
        self._grounded = grounded
        self._instruction = instruction
        self._answer_seconds = answer_seconds

    @property
    def name(self) -> str:
        """The name of the model that is asked first."""
        return self._models[0].name if self._models else self._grounded.name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Streams an answer that ends well even where models do not.

        A request with a continuation is gone on with by the first model already.

        Raises:
            ChatModelError: Only if the grounded model itself fails.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._answer_seconds
        said = [request.continuation.said] if request.continuation is not None else []
        failure: ChatModelError | None = None
        for model in self._models:
            if clock() >= deadline:
                break
            pieces_before = len(said)
            try:
                asked = replace(request, deadline=deadline)
                pieces = (
                    self._continued(model, asked, "".join(said))
                    if said
                    else _with_content(model, asked)
                )
                async with aclosing(_announced(pieces, failure, model.name, said)) as chunks:
                    async for chunk in chunks:
                        yield chunk
            except ChatModelError as error:
                logger.warning("%s", error)
                if failure is None or len(said) > pieces_before:
                    failure = error  # else the reader is told why the one named before failed
            else:
                return
        pieces = _closing(self._grounded, request, "".join(said))
        async with aclosing(_announced(pieces, failure, self._grounded.name, said)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _continued(
        self, model: ChatModel, request: ChatRequest, said: str
    ) -> AsyncGenerator[ChatChunk, None]:
        """What a model adds to `said`, without what it repeats."""
        trimmer = OverlapTrimmer(said)
        request = replace(request, continuation=Continuation(said, self._instruction))
        async with aclosing(model.stream(request)) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, TextDelta):
                    if text := trimmer.feed(chunk.text):
                        yield TextDelta(text)
                    continue
                if rest := trimmer.close():
                    yield TextDelta(rest)
                yield _counting(chunk, said) if isinstance(chunk, Finished) else chunk


async def _with_content(model: ChatModel, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
    """What a model answers, from the text on that says something.

    Raises:
        EmptyAnswerError: None of it does.
    """
    held = ""
    is_held = True
    async with aclosing(model.stream(request)) as chunks:
        async for chunk in chunks:
            if is_held and isinstance(chunk, TextDelta):
                held += chunk.text
                is_held = len(held) < _HELD_CHARACTERS and not has_content(held)
                if not is_held:
                    yield TextDelta(held)
            elif is_held and isinstance(chunk, Finished) and chunk.reason != "refused":
                raise EmptyAnswerError(model.name, f"said nothing but {held!r}")
            else:
                yield chunk


async def _announced(
    pieces: AsyncGenerator[ChatChunk, None],
    failure: ChatModelError | None,
    name: str,
    said: list[str],
) -> AsyncGenerator[ChatChunk, None]:
    """The pieces, noted in `said`; before the first one, who failed and who goes on."""
    is_announced = failure is None
    async with aclosing(pieces):
        async for piece in pieces:
            if not is_announced:
                assert failure is not None  # noqa: S101 - as `is_announced` says
                yield TakenOver(failure.model, name, _detail(failure, name, has_begun=bool(said)))
                is_announced = True
            if isinstance(piece, TextDelta):
                said.append(piece.text)
            yield piece


async def _closing(
    grounded: ChatModel, request: ChatRequest, said: str
) -> AsyncGenerator[ChatChunk, None]:
    """The grounded model's answer, or the part of it that `said` lacks."""
    written: list[str] = []
    async with aclosing(grounded.stream(request)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Finished) and said:
                if rest := unsaid("".join(written), said):
                    yield TextDelta(rest)
                yield _counting(chunk, said)
            elif isinstance(chunk, TextDelta) and said:
                written.append(chunk.text)
            else:
                yield chunk


def _counting(finished: Finished, said: str) -> Finished:
    """Adds what the failed models wrote, which they never got to count themselves."""
    usage = finished.usage
    written = usage.completion_tokens - (-len(said) // _CHARACTERS_PER_TOKEN)
    return Finished(
        finished.reason, Usage(usage.prompt_tokens, written, cached_tokens=usage.cached_tokens)
    )


def _detail(error: ChatModelError, name: str, *, has_begun: bool) -> str:
    reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
    does = "finishes this answer" if has_begun else "answers"
    successor = "the built-in grounded model" if name == "grounded" else f"“{name}”"
    return f"The chat model “{error.model}” {reason}, so {successor} {does}."
