"""The words of an answer: from the chosen chat model, and from the grounded one where it fails."""

import logging
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from ai.chat.chat_model import ChatModel, ChatRequest, Finished, TextDelta, Usage
from ai.chat.errors import (
    ChatModelError,
    MalformedResponseError,
    RateLimitedError,
    RequestRejectedError,
    UnknownChatModelError,
    UpstreamTimedOutError,
    WrongApiKeyError,
)

SAID_SHARE = 0.8
"""A sentence counts as said when this share of its words stands in one sentence said before."""

_REASONS: tuple[tuple[type[ChatModelError], str], ...] = (
    (WrongApiKeyError, "does not accept the API key"),
    (UnknownChatModelError, "is not known to its server"),
    (RateLimitedError, "has reached its rate limit"),
    (UpstreamTimedOutError, "did not answer in time"),
    (MalformedResponseError, "sent something that is not an answer"),
    (RequestRejectedError, "refused the request"),
    (ChatModelError, "cannot be reached or failed"),
)
_CITED_SENTENCE = re.compile(r"[^\s.].*?\[\d+\](?:\s*\[\d+\])*[.!?।]?", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?।\]])\s+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_ENDINGS = (".", "!", "?", "।", "…", ":", "]", '."', ".”", "```", "$$")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The grounded model goes on in place of `model`, for the reason in `detail`."""

    model: str
    by: str
    detail: str


Piece = TextDelta | TakenOver | Finished


async def generate(
    chat_model: ChatModel, grounded_model: ChatModel, request: ChatRequest
) -> AsyncGenerator[Piece, None]:
    """Streams an answer that ends well even where `chat_model` does not.

    Ends with exactly one `Finished`. When the chat model fails before its first word, the
    grounded model answers; when it fails later, the grounded model closes the broken sentence and
    adds what has not been said.

    Raises:
        ChatModelError: Only if the grounded model itself fails.
    """
    said: list[str] = []
    failure: ChatModelError | None = None
    try:
        async with aclosing(chat_model.stream(request)) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, TextDelta):
                    said.append(chunk.text)
                yield chunk
    except ChatModelError as error:
        if chat_model is grounded_model:
            raise
        failure = error
    if failure is None:
        return
    logger.warning("The grounded model takes over: %s", failure)
    yield TakenOver(
        model=chat_model.name,
        by=grounded_model.name,
        detail=_detail(failure, has_begun=bool(said)),
    )
    async with aclosing(_grounded(grounded_model, request, "".join(said))) as chunks:
        async for chunk in chunks:
            yield chunk


async def _grounded(
    grounded_model: ChatModel, request: ChatRequest, said: str
) -> AsyncGenerator[TextDelta | Finished, None]:
    written: list[str] = []
    async with aclosing(grounded_model.stream(request)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Finished):
                rest = _unsaid("".join(written), said) if said else ""
                if rest:
                    yield TextDelta(rest)
                yield _counting(chunk, said)
            elif said:
                written.append(chunk.text)
            else:
                yield chunk


def _counting(finished: Finished, said: str) -> Finished:
    """Adds the words that the failed model wrote, which it never got to count itself."""
    usage = finished.usage
    written = usage.completion_tokens + len(said.split())
    return Finished(finished.reason, Usage(usage.prompt_tokens, written))


def _unsaid(answer: str, said: str) -> str:
    """What closes `said` and adds the cited sentences of `answer` that are new."""
    earlier = [_words(sentence) for sentence in _SENTENCE_END.split(said)]
    new = [
        sentence
        for sentence in _CITED_SENTENCE.findall(answer)
        if not _is_said(_words(sentence), earlier)
    ]
    ending = said.rstrip()
    closing = "" if ending.endswith(_ENDINGS) else "…"
    if ending.count("```") % 2:
        closing = "\n```"
    return closing + "".join(
        f"\n\n{sentence}" if not i else f" {sentence}" for i, sentence in enumerate(new)
    )


def _is_said(words: frozenset[str], earlier: list[frozenset[str]]) -> bool:
    needed = SAID_SHARE * len(words)
    return any(len(words & sentence) >= needed for sentence in earlier)


def _words(sentence: str) -> frozenset[str]:
    return frozenset(_WORD.findall(re.sub(r"\[\d+\]", "", sentence).casefold()))


def _detail(error: ChatModelError, *, has_begun: bool) -> str:
    reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
    rest = "finishes this answer" if has_begun else "answers"
    return f"The chat model “{error.model}” {reason}, so the built-in grounded model {rest}."
