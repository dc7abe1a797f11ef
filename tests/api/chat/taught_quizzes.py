"""Quizzes for the tutor to pose, in a course of their own, and chat models that obey."""

import re
from collections.abc import AsyncGenerator, Sequence
from typing import Any
from uuid import UUID

from ai.chat.chat_model import ChatChunk, ChatRequest, Finished, TextDelta, Usage
from content.kinds import ContentKind
from content.questions import Quiz
from storage.database import Database, Scope
from storage.repositories.contents import ContentsRepository
from storage.repositories.stored_content import NewVersion

NUMBERED = re.compile(r"<question>\n\((\d+)\)")
MOTION: Sequence[dict[str, Any]] = (
    {
        "kind": "single_choice",
        "id": "moon",
        "stem": "What of a body does not change on the Moon?",
        "concepts": ["Mass"],
        "explanation": "It is how much there is of a body.",
        "choices": [
            {"id": "a", "text": "weight", "feedback": "Weight depends on where you are."},
            {"id": "b", "text": "mass", "is_right": True},
        ],
    },
    {
        "kind": "numeric",
        "id": "fall",
        "stem": "How fast is a stone after one second of falling?",
        "concepts": ["Acceleration"],
        "value": 9.81,
        "unit": "m/s",
        "tolerance": 0.05,
    },
)


class ObedientChatModel:
    """Says what a test sets, and gives no key of problems: what it is asked for is no JSON.

    To a question that holds a number in brackets it says what is set for that number.
    """

    name = "obedient"

    def __init__(self, said: str = "Well.") -> None:
        self.said = said
        self.by_number: dict[int, str] = {}
        self.requests: list[ChatRequest] = []

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """The words that are set, a word at a time."""
        self.requests.append(request)
        number = NUMBERED.search(request.prompt.user)
        said = self.said if number is None else self.by_number[int(number[1])]
        for word in said.split(" "):
            yield TextDelta(f"{word} ")
        yield Finished("stop", Usage(1, 1))


async def published_quiz(
    database: Database, course_id: UUID, questions: Sequence[dict[str, Any]], title: str = "Motion"
) -> UUID:
    """The id of a quiz that learners see."""
    quiz = Quiz.model_validate({"title": title, "questions": list(questions)})
    first = NewVersion(quiz.title, quiz.model_dump(mode="json"))
    async with database.transaction(Scope(course_ids=(course_id,))) as session:
        contents = ContentsRepository(session)
        head = await contents.add(course_id, ContentKind.QUIZ, first)
        await contents.publish(head.id, 1)
    return head.id
