"""Follow-up questions made to stand by themselves: by a chat model in good time, else by rule."""

import asyncio
import logging
import re
from collections.abc import Sequence
from typing import Protocol

from ai.answering.citation_markers import MARKER
from ai.chat.attribution import Attribution
from ai.chat.chat_model import ChatModel, ChatRequest, ChatTurn
from ai.chat.errors import ChatModelError
from ai.chat.grounded import GROUNDED_NAME
from ai.chat.written_text import written_text
from ai.embedding.embedder import Embedder
from ai.prompts.registry import render_version
from ai.questions.follow_ups import depends_on_history, standalone_question
from ai.questions.remarks import remark_in
from ai.routing.deployment import Tier
from ai.routing.router import ModelRouter
from ai.validation.checks import is_refusal
from services.answering.questions import AcceptedQuestion
from services.answering.spending import Spending
from services.answering.understanding import UnderstoodQuestion, understood
from services.prompt_selection import PromptSelection
from storage.errors import StorageError

REWRITE_PROMPT = "conversation.rewrite"
REWRITE_OUTPUT_TOKENS = 120
LONGEST_REWRITTEN_CHARACTERS = 500
REWRITE_TURNS = 4
"""Two questions with their answers; who refers further back says so."""
TURN_CHARACTERS = 800

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MARKUP = " \t\n\"'“”`*"

logger = logging.getLogger(__name__)


class QuestionJudge(Protocol):
    """Says which questions are not answered."""

    async def of_question(self, accepted: AcceptedQuestion) -> object | None:
        """Something where the question is not to be read; None where it is."""
        ...


class FollowUpRewriter:
    """Rewrites questions that lean on the conversation; all others it leaves alone, at no cost."""

    def __init__(
        self,
        router: ModelRouter,
        prompts: PromptSelection,
        spending: Spending,
        limit_seconds: float,
        moderation: QuestionJudge | None = None,
    ) -> None:
        """Takes what it asks with.

        Args:
            router: Chooses the simplest deployment behind the name that the answer is asked of.
            prompts: Holds the prompt.
            spending: Reserves and counts.
            limit_seconds: How long the first word of an answer may wait for it; 0 asks no model.
            moderation: Says which questions no chat model is to read.
        """
        self._router = router
        self._prompts = prompts
        self._spending = spending
        self._limit_seconds = limit_seconds
        self._moderation = moderation

    async def understand(
        self, embedder: Embedder, accepted: AcceptedQuestion
    ) -> UnderstoodQuestion:
        """The question of `accepted` as it reads by itself, with its vectors.

        Raises:
            EmbeddingError: a remote encoder gives no vector.
        """
        return await understood(embedder, await self.rewritten(accepted))

    async def rewritten(self, accepted: AcceptedQuestion) -> str:
        """The question as it reads without the conversation.

        A chat model is asked within the limit. Where there is none, or it is late, fails, may not
        be paid or writes something else than the question, the rule's words stand.
        """
        question = accepted.question.text
        if not accepted.history or not depends_on_history(question):
            return question
        by_rule = standalone_question(question, _questions(accepted.history))
        if accepted.chosen.chat_model.name == GROUNDED_NAME or self._limit_seconds <= 0:
            return by_rule
        if self._moderation is not None and await self._moderation.of_question(accepted):
            return by_rule
        try:
            async with asyncio.timeout(self._limit_seconds):
                written = await self._ask(accepted)
        except (ChatModelError, StorageError, TimeoutError) as error:
            logger.info("A follow-up is rewritten by rule: %s", error or type(error).__name__)
            return by_rule
        return by_rule if written is None or not is_faithful(written, question) else written

    async def _ask(self, accepted: AcceptedQuestion) -> str | None:
        """What the simplest chat model writes; None where none may be paid, or none answers."""
        request = self._request(accepted)
        chosen = self._router.choose(accepted.chosen.asked_as, Tier.SIMPLE)
        async with self._spending.call(chosen, request) as call:
            if not call.may_be_paid:
                return None
            return await _line_of(call.chosen.chat_model, call.request)

    def _request(self, accepted: AcceptedQuestion) -> ChatRequest:
        template = self._prompts.select(REWRITE_PROMPT, accepted.conversation_id)
        turns = [
            {"role": turn.role, "content": turn.content[:TURN_CHARACTERS]}
            for turn in accepted.history[-REWRITE_TURNS:]
        ]
        question = accepted.question.text
        return ChatRequest(
            prompt=render_version(template, {"turns": turns, "question": question}),
            question=question,
            question_vector=None,
            passages=(),
            max_output_tokens=REWRITE_OUTPUT_TOKENS,
            temperature=0.0,
            attribution=Attribution(
                user_id=accepted.scope.user_id,
                course_id=accepted.access.course_id,
                message_id=accepted.message_id,
            ),
        )


def is_faithful(written: str, question: str) -> bool:
    """Whether a rewritten question is likely still that question: not an answer, nor a refusal.

    It says something, at no great length, without citing, and has every number of the question.
    """
    if not written or len(written) > LONGEST_REWRITTEN_CHARACTERS + len(question):
        return False
    kept = set(_NUMBER.findall(written))
    if MARKER.search(written) or is_refusal(written):
        return False
    return kept.issuperset(_NUMBER.findall(question))


def _questions(history: Sequence[ChatTurn]) -> list[str]:
    """What the learner asked, without remarks such as thanks."""
    said = [turn.content for turn in history if turn.role == "user"]
    return [text for text in said if remark_in(text) is None]


async def _line_of(chat_model: ChatModel, request: ChatRequest) -> str | None:
    """A chat model's words on one line; None where they did not come to a good end."""
    written = await written_text(chat_model, request)
    return " ".join(written.text.split()).strip(_MARKUP) if written.is_whole else None
