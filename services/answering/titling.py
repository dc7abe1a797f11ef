"""Gives a new conversation a title of its own, in the background, once it is answered."""

import asyncio
import logging
from typing import Annotated

from pydantic import BaseModel, Field

from ai.chat.attribution import Attribution
from ai.chat.chat_model import ChatRequest
from ai.chat.errors import ChatModelError
from ai.chat.grounded import GROUNDED_NAME
from ai.prompts.registry import render_version
from ai.validation.errors import OutputError
from ai.validation.structured import StructuredChat
from services.answering.background import BackgroundWork
from services.answering.engine import RunningAnswer
from services.answering.questions import AcceptedQuestion
from services.answering.spending import Spending
from services.answering.whole_answer import ending, whole_answer
from services.prompt_selection import PromptSelection
from storage.database import Database
from storage.errors import StorageError
from storage.repositories.conversations import ConversationRepository

TITLE_PROMPT = "conversation.title"
TITLE_OUTPUT_TOKENS = 200
TIME_LIMIT_SECONDS = 30.0
ANSWER_CHARACTERS = 1_500
"""Of the answer, as much as tells what it is about."""

logger = logging.getLogger(__name__)


class ConversationTitle(BaseModel):
    """What a chat model is asked for."""

    title: Annotated[
        str, Field(min_length=1, max_length=80, pattern=r"^[^\n\x00]*[^\s\x00][^\n\x00]*$")
    ]


class ConversationTitler:
    """Asks the chat model that answered for a title; where that fails, the first one stays."""

    def __init__(
        self,
        database: Database,
        prompts: PromptSelection,
        structured: StructuredChat,
        spending: Spending,
    ) -> None:
        self._database = database
        self._spending = spending
        self._prompts = prompts
        self._structured = structured
        self._work = BackgroundWork()

    def follow(self, running: RunningAnswer, accepted: AcceptedQuestion, first_title: str) -> None:
        """Titles the conversation of `accepted` once its answer is there; returns at once.

        A title that its owner gave meanwhile stays.
        """
        self._work.start(self._title(running, accepted, first_title))

    async def settled(self) -> None:
        """Waits until each title under way is there, or is given up."""
        await self._work.settled()

    async def close(self) -> None:
        """Gives up the titles that are not there yet."""
        await self._work.close()

    async def _title(
        self, running: RunningAnswer, accepted: AcceptedQuestion, first_title: str
    ) -> None:
        events = await running.log.closed()
        last = ending(events)
        if last is None or last.name != "done":
            return
        answer = whole_answer(events)
        if answer["cached"] or answer["model"] == GROUNDED_NAME:
            return
        try:
            async with asyncio.timeout(TIME_LIMIT_SECONDS):
                title = await self._ask(accepted, answer["content"])
                if title is not None:
                    await self._save(accepted, title, first_title)
        except (ChatModelError, OutputError, StorageError, TimeoutError) as error:
            logger.info("Conversation %s keeps its title: %s", accepted.conversation_id, error)

    async def _ask(self, accepted: AcceptedQuestion, answer: str) -> str | None:
        """A title; None where the budgets do not allow one."""
        template = self._prompts.select(TITLE_PROMPT, accepted.conversation_id)
        question = accepted.question.text
        variables = {"question": question, "answer": answer[:ANSWER_CHARACTERS]}
        request = ChatRequest(
            prompt=render_version(template, variables),
            question=question,
            question_vector=None,
            passages=(),
            max_output_tokens=TITLE_OUTPUT_TOKENS,
            attribution=Attribution(
                purpose="jobs",
                user_id=accepted.scope.user_id,
                course_id=accepted.access.course_id,
            ),
        )
        async with self._spending.call(accepted.chosen, request) as call:
            if not call.may_be_paid:
                return None
            chat_model = call.chosen.chat_model
            found = await self._structured.ask(chat_model, call.request, ConversationTitle)
        return " ".join(found.output.title.split())

    async def _save(self, accepted: AcceptedQuestion, title: str, first_title: str) -> None:
        async with self._database.transaction(accepted.scope) as session:
            await ConversationRepository(session).replace_title(
                accepted.conversation_id, title, instead_of=first_title
            )
