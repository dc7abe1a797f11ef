"""What is asked of a chat model where a message asks nothing of the course: no look-up, no source.

The built-in model replies by itself, in the remark's language.
"""

import logging

from ai.chat.attribution import Attribution
from ai.chat.chat_model import ChatRequest
from ai.prompts.registry import render_version
from ai.questions.replies import MOST_TOPICS, reply_to
from services.answering.language import REMARK_LANGUAGES
from services.answering.questions import AcceptedQuestion
from storage.database import Database
from storage.errors import StorageUnavailableError
from storage.repositories.documents import DocumentsRepository

REPLY_OUTPUT_TOKENS = 200

logger = logging.getLogger(__name__)


class RemarkReplies:
    """Prepares replies that name the course and what it treats."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def request(self, accepted: AcceptedQuestion) -> ChatRequest:
        """What to ask for the reply to the remark of `accepted`."""
        remark = accepted.remark
        assert remark is not None  # noqa: S101 - asked for remarks only
        topics = await self._topics(accepted)
        variables = {
            "course_title": accepted.access.title,
            "language": REMARK_LANGUAGES[remark.language],
            "question": accepted.question.text,
            "topics": topics,
        }
        return ChatRequest(
            prompt=render_version(accepted.prompt, variables),
            question=accepted.question.text,
            question_vector=None,
            passages=(),
            max_output_tokens=REPLY_OUTPUT_TOKENS,
            history=accepted.history,
            attribution=Attribution(
                user_id=accepted.scope.user_id,
                course_id=accepted.access.course_id,
                message_id=accepted.message_id,
            ),
            stock_answer=reply_to(remark, accepted.access.title, topics),
        )

    async def _topics(self, accepted: AcceptedQuestion) -> list[str]:
        """What the course treats; a reply needs it less than it needs to come."""
        try:
            async with self._database.transaction(accepted.scope) as session:
                repository = DocumentsRepository(session)
                return await repository.topics(accepted.access.course_id, MOST_TOPICS)
        except StorageUnavailableError as error:
            logger.info("A reply names no topics: %s", error)
            return []
