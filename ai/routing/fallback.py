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
    UnaffordableError,
    UnknownChatModelError,
    UpstreamTimedOutError,
    WrongApiKeyError,
)
from ai.routing.closing import unsaid
from ai.routing.metering import estimated_usage
from ai.routing.overlap import OverlapTrimmer
from ai.validation.checks import has_content

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
    (UnaffordableError, "would cost more than the budget has left"),
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
    read and written. A model that the request's allowance does not cover is passed over.
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
        begun = "" if request.continuation is None else request.continuation.said
        said, lost = ([begun], [estimated_usage(request, len(begun))]) if begun else ([], [])
        failure: ChatModelError | None = None
        for model in self._models:
            if clock() >= deadline:
                break
            pieces_before = len(said)
            asked = self._asked(request, deadline, "".join(said))
            try:
                await _require_affordable(model, asked)
                pieces = _continued(model, asked, lost) if said else _with_content(model, asked)
                async with aclosing(_announced(pieces, failure, model.name, said)) as chunks:
                    async for chunk in chunks:
                        yield chunk
            except ChatModelError as error:
                logger.warning("%s", error)
                if written := "".join(said[pieces_before:]):
                    lost.append(estimated_usage(asked, len(written)))
                if failure is None or written or isinstance(error, UnaffordableError):
                    failure = error  # else the reader is told why the one named before failed
            else:
                return
        pieces = _closing(self._grounded, request, "".join(said), lost)
        async with aclosing(_announced(pieces, failure, self._grounded.name, said)) as chunks:
            async for chunk in chunks:
                yield chunk

    def _asked(self, request: ChatRequest, deadline: float, said: str) -> ChatRequest:
        """What the next model is asked: the rest, once there is a beginning."""
        continuation = Continuation(said, self._instruction) if said else None
        return replace(request, deadline=deadline, continuation=continuation)


async def _require_affordable(model: ChatModel, request: ChatRequest) -> None:
    """Sets aside what the model may cost.

    Raises:
        UnaffordableError: there is not so much left.
    """
    allowance = request.allowance
    if allowance is not None and not await allowance.covers(model.name, request):
        raise UnaffordableError(model.name, "not asked: the budgets do not cover it")


async def _continued(
    model: ChatModel, request: ChatRequest, lost: Sequence[Usage]
) -> AsyncGenerator[ChatChunk, None]:
    """What a model adds to what was said, without what it repeats."""
    assert request.continuation is not None  # noqa: S101 - who goes on is told from where
    trimmer = OverlapTrimmer(request.continuation.said)
    async with aclosing(model.stream(request)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, TextDelta):
                if text := trimmer.feed(chunk.text):
                    yield TextDelta(text)
                continue
            if rest := trimmer.close():
                yield TextDelta(rest)
            yield _counting(chunk, lost) if isinstance(chunk, Finished) else chunk


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
                detail = _detail(failure, name, has_begun=bool(said))
                is_unpaid = isinstance(failure, UnaffordableError)
                yield TakenOver(failure.model, name, detail, "budget" if is_unpaid else "failure")
                is_announced = True
            if isinstance(piece, TextDelta):
                said.append(piece.text)
            yield piece


async def _closing(
    grounded: ChatModel, request: ChatRequest, said: str, lost: Sequence[Usage]
) -> AsyncGenerator[ChatChunk, None]:
    """The grounded model's answer, or the part of it that `said` lacks."""
    written: list[str] = []
    async with aclosing(grounded.stream(request)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Finished) and said:
                if rest := unsaid("".join(written), said):
                    yield TextDelta(rest)
                yield _counting(chunk, lost)
            elif isinstance(chunk, TextDelta) and said:
                written.append(chunk.text)
            else:
                yield chunk


def _counting(finished: Finished, lost: Sequence[Usage]) -> Finished:
    """Adds what the failed models read and wrote, which they never got to count themselves."""
    counted = (finished.usage, *lost)
    return Finished(
        finished.reason,
        Usage(
            sum(usage.prompt_tokens for usage in counted),
            sum(usage.completion_tokens for usage in counted),
            cached_tokens=finished.usage.cached_tokens,
        ),
    )


def _detail(error: ChatModelError, name: str, *, has_begun: bool) -> str:
    reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
    does = "finishes this answer" if has_begun else "answers"
    successor = "the built-in grounded model" if name == "grounded" else f"“{name}”"
    return f"The chat model “{error.model}” {reason}, so {successor} {does}."
