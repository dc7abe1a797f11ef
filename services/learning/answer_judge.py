"""A judging chat model's word on short answers that rules leave in doubt."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from pydantic import BaseModel, Field
from uuid_utils.compat import uuid7

from ai.chat.attribution import Attribution
from ai.chat.chat_model import ChatRequest
from ai.chat.errors import ChatModelError
from ai.prompts.registry import render_version
from ai.routing.router import ModelRouter
from ai.validation.errors import OutputError
from ai.validation.structured import StructuredChat
from content.questions import ShortAnswer
from pedagogy.grading.grade import PointFinding, Verdict
from services.answering.spending import Spending
from services.prompt_selection import PromptSelection
from storage.errors import StorageError

JUDGE_ALIAS: Final = "judge"
JUDGE_PROMPT: Final = "judge.short_answer"
JUDGE_OUTPUT_TOKENS: Final = 800
TIME_LIMIT_SECONDS: Final = 15.0
Words = Annotated[str, Field(max_length=2_000)]

logger = logging.getLogger(__name__)


class FoundPoint(BaseModel):
    """One key point, as a chat model judges it."""

    point: Words
    is_made: bool
    evidence: Words = ""


class FoundPoints(BaseModel):
    """What a chat model is asked for."""

    findings: Annotated[list[FoundPoint], Field(max_length=20)]


class ChatAnswerJudge:
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

    async def verdicts(
        self, answers: Sequence[tuple[ShortAnswer, str]], account: Attribution
    ) -> list[Verdict | None]:
        """One for each answer, asked at once, for at most fifteen seconds; None for a late one."""
        if not answers or JUDGE_ALIAS not in self._router.registry.aliases:
            return [None] * len(answers)
        asked = [
            asyncio.create_task(self._verdict(question, text, account))
            for question, text in answers
        ]
        _, late = await asyncio.wait(asked, timeout=TIME_LIMIT_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        return [None if task.cancelled() else task.result() for task in asked]

    async def _verdict(
        self, question: ShortAnswer, text: str, account: Attribution
    ) -> Verdict | None:
        template = self._prompts.select(JUDGE_PROMPT, uuid7())
        variables = {"question": question.stem, "key_points": question.key_points, "work": text}
        request = ChatRequest(
            prompt=render_version(template, variables),
            question=question.stem,
            question_vector=None,
            passages=(),
            max_output_tokens=JUDGE_OUTPUT_TOKENS,
            temperature=0.0,
            attribution=replace(account, purpose="jobs"),
        )
        try:
            async with self._spending.call(self._router.choose(JUDGE_ALIAS), request) as call:
                if not call.may_be_paid:
                    return None
                model = call.chosen.chat_model
                found = await self._structured.ask(model, call.request, FoundPoints)
        except (ChatModelError, OutputError, StorageError) as error:
            logger.info("A short answer is not judged: %s", error)
            return None
        findings = tuple(
            PointFinding(one.point, one.is_made, one.evidence) for one in found.output.findings
        )
        return Verdict(model.name, findings)
