"""Has a chat model answer questions blind, and holds its answers against the keys."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ai.chat.attribution import UNATTRIBUTED, Attribution
from ai.chat.chat_model import Allowance, ChatModel, ChatRequest
from ai.chat.passage import Passage
from ai.prompts.registry import PromptRegistry
from ai.prompts.rendered_prompt import RenderedPrompt
from ai.quality.answer_keys import GroundedKeyCheck, finding
from ai.quality.source_evidence import SourceEvidence
from ai.retrieval.terms import terms_of
from ai.validation.errors import OutputError
from ai.validation.structured import StructuredChat
from content.quality import Finding, Severity
from content.questions import (
    AnyQuestion,
    Cloze,
    MultipleChoice,
    Numeric,
    ShortAnswer,
    SingleChoice,
)

CHOICES_PROMPT: Final = "judge.answer_blind"
OPEN_PROMPT: Final = "judge.answer_open"
_OUTPUT_TOKENS: Final = 600
_RECKONED: Final = 0.01
"""So far a number that was reckoned may be from the key, as a share of it."""

Short = Annotated[str, StringConstraints(max_length=4_000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    fault: Short = ""
    quote: Short = ""
    source: int = 0


class BlindChoice(_Shape):
    """What `judge.answer_blind` gives."""

    choices: Annotated[list[Literal["right", "wrong", "unsettled"]], Field(max_length=20)] = []
    answer: int = 0


class OpenAnswer(_Shape):
    """What `judge.answer_open` gives."""

    answer: Short = ""
    value: float | None = None
    is_settled: bool = False


Verdict = TypeVar("Verdict", BlindChoice, OpenAnswer)


class JudgedKeyCheck:
    """A `KeyCheck` by a chat model, which sees the question without its key.

    A wrong or ambiguous key is `fail` where the model quotes words that stand in the sources, and
    `warn` where it does not: what it claims without them is not trusted. That nothing settles a
    question is `fail` where the built-in way finds so too. Orderings, matchings and questions with
    key points alone are checked by the built-in way, and so is a question to which the model
    gives no usable answer.

    Args:
        chat_model: Already bounded by whatever budget holds.
        structured: Asks for JSON, with one repair.
        prompts: The judges' prompts.
        passages: The sources; the ones nearest to a question are shown.
        attribution: On whose account it is asked.
        allowance: What may be spent.
    """

    def __init__(
        self,
        chat_model: ChatModel,
        structured: StructuredChat,
        prompts: PromptRegistry,
        passages: Sequence[Passage],
        *,
        attribution: Attribution = UNATTRIBUTED,
        allowance: Allowance | None = None,
    ) -> None:
        self._chat_model = chat_model
        self._structured = structured
        self._prompts = prompts
        self._evidence = SourceEvidence(passages)
        self._grounded = GroundedKeyCheck(passages)
        self._attribution = replace(attribution, purpose="jobs")
        self._allowance = allowance

    @property
    def method(self) -> str:
        """The name of the chat model."""
        return self._chat_model.name

    async def check(self, question: AnyQuestion) -> list[Finding]:
        """What is wrong with the key, as the chat model's blind answer shows.

        Raises:
            ChatModelError: The chat model failed.
        """
        try:
            match question:
                case SingleChoice() | MultipleChoice():
                    texts = [choice.text for choice in question.choices]
                    keys = {n for n, choice in enumerate(question.choices) if choice.is_right}
                    return await self._of_choices(question, question.stem, texts, keys)
                case Cloze() if len(question.gaps) == 1:
                    return await self._of_gap(question)
                case Numeric() | ShortAnswer(accepted=(_, *_)):
                    return await self._of_open(question)
                case _:
                    return await self._grounded.check(question)
        except OutputError:
            return await self._grounded.check(question)

    async def _of_choices(
        self, question: AnyQuestion, stem: str, texts: Sequence[str], keys: set[int]
    ) -> list[Finding]:
        item = question.id
        sources = self._evidence.nearest(" ".join((stem, *texts)))
        prompt = self._prompts.render(
            CHOICES_PROMPT, question=stem, choices=list(texts), sources=tuple(sources)
        )
        said = await self._asked(prompt, BlindChoice)
        right = _right(said, len(texts))
        severity = _severity(said, sources)
        if not right:
            return await self._unsettled(question, said)
        if right == keys:
            return [finding("key_stands_out", "warn", item, said.fault)] if said.fault else []
        named = "; ".join(texts[n] for n in sorted(right))
        detail = f"a chat model that sees only the sources takes for right: {named}"
        is_ambiguous = keys < right and len(keys) == 1
        return [finding("ambiguous_key" if is_ambiguous else "wrong_key", severity, item, detail)]

    async def _of_gap(self, question: Cloze) -> list[Finding]:
        gap = question.gaps[0]
        stem = question.stem.replace("{{" + gap.id + "}}", "____")
        if gap.options:
            keys = {n for n, text in enumerate(gap.options) if text in gap.accepted}
            return await self._of_choices(question, stem, gap.options, keys)
        said, _ = await self._answered(stem)
        return await self._of_words(question, said, gap.accepted)

    async def _of_open(self, question: Numeric | ShortAnswer) -> list[Finding]:
        said, severity = await self._answered(question.stem)
        if isinstance(question, ShortAnswer):
            return await self._of_words(question, said, question.accepted)
        if not said.is_settled or said.value is None:
            return await self._unsettled(question, said)
        scale = abs(question.value)
        given = question.tolerance * (scale if question.is_relative else 1)
        if math.isclose(said.value, question.value, abs_tol=max(given, _RECKONED * scale)):
            return []
        detail = f"the key is {question.value:g}, a chat model reckons {said.value:g}"
        return [finding("wrong_key", severity, question.id, detail)]

    async def _of_words(
        self, question: AnyQuestion, said: OpenAnswer, accepted: Sequence[str]
    ) -> list[Finding]:
        """Words may differ and mean the same, so another answer is never more than a warning."""
        if not said.is_settled or not said.answer.strip():
            return await self._unsettled(question, said)
        given = frozenset(terms_of(said.answer))
        if any(frozenset(terms_of(each)) & given for each in accepted):
            return []
        detail = f"the key is “{accepted[0]}”, a chat model answers “{said.answer[:300]}”"
        return [finding("wrong_key", "warn", question.id, detail)]

    async def _unsettled(self, question: AnyQuestion, said: _Shape) -> list[Finding]:
        own = await self._grounded.check(question)
        is_agreed = any(each.code == "unsettled_key" for each in own)
        detail = said.fault or "a chat model finds nothing in the sources that settles it"
        return [finding("unsettled_key", "fail" if is_agreed else "warn", question.id, detail)]

    async def _answered(self, stem: str) -> tuple[OpenAnswer, Severity]:
        sources = self._evidence.nearest(stem)
        prompt = self._prompts.render(OPEN_PROMPT, question=stem, sources=tuple(sources))
        said = await self._asked(prompt, OpenAnswer)
        return said, _severity(said, sources)

    async def _asked(self, prompt: RenderedPrompt, shape: type[Verdict]) -> Verdict:
        request = ChatRequest(
            prompt=prompt,
            question=prompt.user,
            question_vector=None,
            passages=(),
            max_output_tokens=_OUTPUT_TOKENS,
            temperature=0.0,
            attribution=self._attribution,
            allowance=self._allowance,
        )
        return (await self._structured.ask(self._chat_model, request, shape)).output


def _right(said: BlindChoice, count: int) -> set[int]:
    """The choices that are taken for right; by the one answer where the list does not fit."""
    if len(said.choices) == count:
        return {n for n, verdict in enumerate(said.choices) if verdict == "right"}
    return {said.answer - 1} if 1 <= said.answer <= count else set()


def _severity(said: _Shape, sources: Sequence[Passage]) -> Severity:
    """`fail` where what the model quotes stands in the sources."""
    quote = " ".join(said.quote.split())
    is_verbatim = len(quote.split()) > 1 and any(
        quote in " ".join(source.text.split()) for source in sources
    )
    return "fail" if is_verbatim else "warn"
