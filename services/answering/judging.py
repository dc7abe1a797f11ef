"""A judging chat model's word on sentences whose support is in doubt, where one is configured."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from pydantic import BaseModel
from uuid_utils.compat import uuid7

from ai.answering.citations import AnswerSentence, BoundAnswer
from ai.answering.quotes import said_by
from ai.chat.attribution import Attribution
from ai.chat.chat_model import ChatRequest
from ai.chat.errors import ChatModelError
from ai.chat.passage import Passage
from ai.prompts.registry import render_template
from ai.routing.router import ModelRouter
from ai.validation.errors import OutputError
from ai.validation.structured import StructuredChat
from services.answering.spending import Spending
from services.prompt_selection import PromptSelection
from storage.errors import StorageError

JUDGE_ALIAS: Final = "judge"
JUDGE_PROMPT: Final = "judge.support"
JUDGE_OUTPUT_TOKENS: Final = 300
TIME_LIMIT_SECONDS: Final = 8.0
MOST_JUDGED: Final = 4
IN_DOUBT: Final = (0.02, 0.8)

Verdict = Literal["supported", "partly", "contradicted", "not_found"]
SUPPORT_OF: Final[dict[Verdict, float]] = {
    "supported": 0.95,
    "partly": 0.4,
    "contradicted": 0.02,
    "not_found": 0.05,
}
"""By judgement: a verdict is no probability. What is partly borne out counts as not borne out."""

logger = logging.getLogger(__name__)


class SupportVerdict(BaseModel):
    """What a chat model is asked for."""

    verdict: Verdict


class SupportJudge:
    """Asks the chat models behind the alias `judge`; without that alias nothing is asked."""

    def __init__(
        self,
        router: ModelRouter,
        prompts: PromptSelection,
        structured: StructuredChat,
        spending: Spending,
    ) -> None:
        self._router = router
        self._prompts = prompts
        self._structured = structured
        self._spending = spending

    async def judged(
        self, bound: BoundAnswer, passages: Sequence[Passage], attribution: Attribution
    ) -> BoundAnswer:
        """The answer with verdicts on at most four cited sentences in doubt.

        All of them are asked about at once, for at most eight seconds; what has no verdict then,
        or is not paid for, keeps its support.
        """
        if JUDGE_ALIAS not in self._router.registry.aliases:
            return bound
        low, high = IN_DOUBT
        doubtful = [
            (place, sentence)
            for place, sentence in enumerate(bound.sentences)
            if sentence.citations and low < sentence.support < high
        ][:MOST_JUDGED]
        asked = [
            asyncio.create_task(self._verdict(bound, sentence, passages, attribution))
            for _, sentence in doubtful
        ]
        if asked:
            _, late = await asyncio.wait(asked, timeout=TIME_LIMIT_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
        changed: dict[int, AnswerSentence] = {}
        for (place, sentence), task in zip(doubtful, asked, strict=True):
            verdict = None if task.cancelled() else task.result()
            if verdict is not None:
                support = SUPPORT_OF[verdict]
                changed[place] = replace(sentence, support=support, verdict=verdict)
        return bound.with_sentences(changed) if changed else bound

    async def _verdict(
        self,
        bound: BoundAnswer,
        sentence: AnswerSentence,
        passages: Sequence[Passage],
        attribution: Attribution,
    ) -> Verdict | None:
        """The verdict on one sentence; None where there is none to be had."""
        claim = said_by(bound.text[sentence.char_start : sentence.char_end])
        cited = tuple(passage for passage in passages if passage.n in sentence.citations)
        template = self._prompts.select(JUDGE_PROMPT, attribution.message_id or uuid7())
        request = ChatRequest(
            prompt=render_template(template, {"claim": claim, "sources": cited}),
            question=claim,
            question_vector=None,
            passages=(),
            max_output_tokens=JUDGE_OUTPUT_TOKENS,
            temperature=0.0,
            attribution=replace(attribution, purpose="jobs"),
        )
        try:
            async with self._spending.call(self._router.choose(JUDGE_ALIAS), request) as call:
                if not call.may_be_paid:
                    return None
                chat_model = call.chosen.chat_model
                found = await self._structured.ask(chat_model, call.request, SupportVerdict)
        except (ChatModelError, OutputError, StorageError) as error:
            logger.info("A sentence of answer %s is not judged: %s", attribution.message_id, error)
            return None
        return found.output.verdict
