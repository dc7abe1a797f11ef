"""What a chat model is: the Protocol, what is asked of it and what it streams back."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ai.chat.attribution import UNATTRIBUTED, Attribution
from ai.chat.passage import Passage
from ai.prompts.rendered_prompt import RenderedPrompt

FinishReason = Literal["stop", "length", "refused"]


class Allowance(Protocol):
    """What a call may spend; asked before each deployment of a chain, one after the other."""

    async def covers(self, deployment: str, request: "ChatRequest") -> bool:
        """Whether `deployment` may be asked this; what it costs at most is then set aside.

        It does not fail: where nothing can be found out, nothing more may be spent.
        """
        ...


class ChatModel(Protocol):
    """A language model, or what stands in for one, that answers in a stream.

    An implementation keeps these rules, which the contract tests hold for each:

    - A stream is zero or more `TextDelta`, none of them empty, then exactly one `Finished`,
      then the end. The answer is the deltas joined. A chat model that stands for several puts a
      `TakenOver` between them where another goes on.
    - It fails only with a `ChatModelError` (see `ai.chat.errors`), before or after a delta.
    - Nothing happens before the first item is awaited. Closing the generator early releases
      what it holds; who starts a stream closes it (`contextlib.aclosing`).
    - Streams of one model may run at the same time. It does not retry: its caller decides.
    """

    @property
    def name(self) -> str:
        """The name the model is asked for by, stable, kept with each answer."""
        ...

    def stream(self, request: "ChatRequest") -> AsyncGenerator["ChatChunk", None]:
        """Streams the answer to `request`.

        Raises:
            ChatModelError: While iterating, by its kind; text already given stays valid.
        """
        ...


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Continuation:
    """The beginning of an answer that another model broke off.

    Attributes:
        said: The text that has been given already; it is not to be given again.
        instruction: How to ask for the rest, for models that cannot go on from a prefix.
    """

    said: str
    instruction: str


@dataclass(frozen=True, slots=True, eq=False)
class QuestionPart:
    """One of the things that a compound question asks.

    Attributes:
        text: As it reads by itself.
        vector: `(dimension,)` float32, L2-normalised; None where there is no embedder.
    """

    text: str
    vector: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True, eq=False)
class ChatRequest:
    """One question to a chat model, with everything it may answer from.

    A remote model reads `prompt` and `history`; the grounded model reads the question, its parts
    and `passages`, or has its answer given. Both describe the same question.

    Attributes:
        prompt: The rendered prompt; its user message holds question and sources.
        question: The question as it reads by itself.
        question_vector: `(dimension,)` float32, L2-normalised, from the embedder that made the
            sentence vectors of the passages. None where there is no embedder.
        passages: The sources, best first.
        max_output_tokens: Where the model must stop, with reason `length`.
        temperature: 0 for the most likely words, up to 2.
        history: Earlier turns, oldest first, placed between system and user message.
        continuation: What has been said already, where the model is to go on; None for a new
            answer.
        deadline: Time of the event loop's clock after which no text is waited for.
        attribution: On whose account the call is made.
        output_schema: JSON schema of the output, for servers that hold a model to it; the prompt
            says it too. None for prose.
        answerability: How likely the passages hold the answer, 0..1, where that is known already.
        allowance: What may be spent on it; None where nobody counts.
        parts: What a compound question asks; empty for a single one.
        stock_answer: What the grounded model says to a message that asks nothing of the passages.
    """

    prompt: RenderedPrompt
    question: str
    question_vector: NDArray[np.float32] | None
    passages: tuple[Passage, ...]
    max_output_tokens: int = 1024
    temperature: float = 0.2
    history: tuple[ChatTurn, ...] = ()
    continuation: Continuation | None = None
    deadline: float | None = None
    attribution: Attribution = UNATTRIBUTED
    output_schema: Mapping[str, Any] | None = None
    allowance: Allowance | None = None
    answerability: float | None = None
    parts: tuple[QuestionPart, ...] = ()
    stock_answer: str | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next piece of the answer, at least one character."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens read and written, as the model counted them or, failing that, estimated.

    Attributes:
        cached_tokens: Of the prompt's tokens, those that the upstream read from its cache.
    """

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of an answer: why it ended and what it took."""

    reason: FinishReason
    usage: Usage


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The chat model `by` goes on in place of `model`, for the reason in `detail`.

    Attributes:
        cause: `budget` where `model` was not asked because it would cost too much.
    """

    model: str
    by: str
    detail: str
    cause: Literal["failure", "budget"] = "failure"


ChatChunk = TextDelta | TakenOver | Finished
