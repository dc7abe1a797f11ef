"""Sums up what no longer fits into the memory of a conversation, in the background."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from ai.chat.attribution import Attribution
from ai.chat.chat_model import ChatRequest, ChatTurn
from ai.chat.errors import ChatModelError
from ai.chat.extractive_summary import extractive_summary
from ai.chat.grounded import GROUNDED_NAME
from ai.chat.token_estimates import estimated_tokens
from ai.chat.written_text import written_text
from ai.prompts.registry import render_version
from ai.routing.deployment import Tier
from ai.routing.router import ModelRouter
from ai.validation.checks import is_refusal
from services.answering.background import BackgroundWork
from services.answering.conversation_memory import (
    REMEMBERED_MESSAGES,
    memory_tokens,
    remembered,
)
from services.answering.engine import RunningAnswer
from services.answering.language import language_to_answer_in
from services.answering.questions import AcceptedQuestion
from services.answering.spending import Spending
from services.answering.whole_answer import ending, whole_answer
from services.prompt_selection import PromptSelection
from storage.database import Database
from storage.errors import StorageError
from storage.repositories.conversation_summaries import (
    ConversationSummariesRepository,
    SaidMessage,
    SaidSince,
)

SUMMARY_PROMPT = "conversation.summary"
SUMMARY_OUTPUT_TOKENS = 400
SUMMARY_CHARACTERS = 2_000
TIME_LIMIT_SECONDS = 60.0
READ_TOKENS = 6_000
"""Of the turns to sum up; of more only the latest are read."""
TURN_CHARACTERS = 2_000

logger = logging.getLogger(__name__)


class ConversationSummariser:
    """Keeps a running summary for each branch of a conversation that outgrows its memory.

    A chat model writes it where one is configured and can be paid; else it is made of sentences
    that were said.
    """

    def __init__(
        self,
        database: Database,
        router: ModelRouter,
        prompts: PromptSelection,
        spending: Spending,
    ) -> None:
        self._database = database
        self._router = router
        self._prompts = prompts
        self._spending = spending
        self._work = BackgroundWork()

    def follow(self, running: RunningAnswer, accepted: AcceptedQuestion) -> None:
        """Sums up the older part of the conversation once its answer is there; returns at once.

        A conversation that is kept elsewhere, or has only begun, is left alone.
        """
        if accepted.history and accepted.question.earlier is None:
            self._work.start(self._follow(running, accepted))

    async def settled(self) -> None:
        """Waits until each summary under way is there, or is given up."""
        await self._work.settled()

    async def close(self) -> None:
        """Gives up the summaries that are not there yet."""
        await self._work.close()

    async def _follow(self, running: RunningAnswer, accepted: AcceptedQuestion) -> None:
        events = await running.log.closed()
        last = ending(events)
        if last is None or last.name != "done":
            return
        if not _outgrows(accepted, whole_answer(events)["content"]):
            return
        try:
            async with asyncio.timeout(TIME_LIMIT_SECONDS):
                await self._sum_up(accepted)
        except (StorageError, TimeoutError) as error:
            logger.info("Conversation %s is not summed up: %s", accepted.conversation_id, error)

    async def _sum_up(self, accepted: AcceptedQuestion) -> None:
        async with self._database.transaction(accepted.scope) as session:
            since = await ConversationSummariesRepository(session).said_since(
                accepted.conversation_id, accepted.message_id
            )
        older = outgrown(since.messages, memory_tokens(accepted.chosen.context_window))
        if not older:
            return
        content, model, prompt = await self._written(accepted, since, older)
        async with self._database.transaction(accepted.scope) as session:
            repository = ConversationSummariesRepository(session)
            await repository.add(older[-1].id, content, model, prompt)

    async def _written(
        self, accepted: AcceptedQuestion, since: SaidSince, older: Sequence[SaidMessage]
    ) -> tuple[str, str, str | None]:
        """The summary, who wrote it, and by which prompt."""
        turns = remembered([_turn(message) for message in older], READ_TOKENS)
        if accepted.chosen.chat_model.name != GROUNDED_NAME:
            try:
                written = await self._ask(accepted, since.summary, turns)
            except ChatModelError as error:
                logger.info("A summary is made of what was said: %s", error)
            else:
                if written is not None:
                    return written
        return extractive_summary(since.summary, turns), GROUNDED_NAME, None

    async def _ask(
        self, accepted: AcceptedQuestion, summary: str, turns: Sequence[ChatTurn]
    ) -> tuple[str, str, str] | None:
        """What the simplest chat model writes; None where none may be paid, or writes well."""
        template = self._prompts.select(SUMMARY_PROMPT, accepted.conversation_id)
        question = accepted.question.text
        variables = {
            "turns": [replace(turn, content=turn.content[:TURN_CHARACTERS]) for turn in turns],
            "language": language_to_answer_in(question, turns, accepted.access.language),
            "summary": summary,
        }
        request = ChatRequest(
            prompt=render_version(template, variables),
            question=question,
            question_vector=None,
            passages=(),
            max_output_tokens=SUMMARY_OUTPUT_TOKENS,
            attribution=Attribution(
                purpose="jobs",
                user_id=accepted.scope.user_id,
                course_id=accepted.access.course_id,
            ),
        )
        chosen = self._router.choose(accepted.chosen.asked_as, Tier.SIMPLE)
        async with self._spending.call(chosen, request) as call:
            if not call.may_be_paid:
                return None
            written = await written_text(call.chosen.chat_model, call.request)
        text = written.text.replace("\0", "").strip()
        if not text or is_refusal(text):
            return None
        return text[:SUMMARY_CHARACTERS], chosen.chat_model.name, template.reference


def outgrown(messages: Sequence[SaidMessage], budget_tokens: int) -> Sequence[SaidMessage]:
    """The messages to sum up: none while all are remembered, else all but the latest half.

    Half of the memory is left, so that not every answer that follows needs a summary of its own.
    The last of them is an answer, where there is one among them.
    """
    turns = [_turn(message) for message in messages]
    if len(remembered(turns[-REMEMBERED_MESSAGES:], budget_tokens)) == len(turns):
        return ()
    latest = remembered(turns[-REMEMBERED_MESSAGES // 2 :], budget_tokens // 2)
    older = list(messages[: len(messages) - len(latest)])
    while len(older) > 1 and older[-1].role == "user":
        older.pop()
    return older


def _outgrows(accepted: AcceptedQuestion, answer: str) -> bool:
    """Whether the memory does not hold the conversation with its newest question and answer."""
    said = [*(turn.content for turn in accepted.history), accepted.question.text, answer]
    budget_tokens = memory_tokens(accepted.chosen.context_window)
    return len(said) > REMEMBERED_MESSAGES or sum(map(estimated_tokens, said)) > budget_tokens


def _turn(message: SaidMessage) -> ChatTurn:
    return ChatTurn("user" if message.role == "user" else "assistant", message.content)
