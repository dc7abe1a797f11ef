"""Where a question stands that does not follow the latest message: edits, and answers told anew."""

from dataclasses import replace
from typing import cast
from uuid import UUID

from services.actors import Actor
from services.answering.telling import Branch, Mode, Question
from services.errors import InvalidValueError, WrongStateError
from storage.database import Database
from storage.errors import NotFoundError
from storage.repositories.messages import MessageRepository, StoredMessage


async def placed(database: Database, actor: Actor, question: Question) -> Question:
    """The question where it belongs: one that edits an earlier one, beside that one.

    Raises:
        NotFoundError: the actor has no such question.
        InvalidValueError: it stands in another conversation than the one named.
    """
    if question.edits is None:
        return question
    async with database.transaction(actor.scope) as session:
        edited = await MessageRepository(session).owned(question.edits, actor.user_id)
    if edited.role != "user":
        raise NotFoundError("question", question.edits)
    if question.conversation_id not in (None, edited.conversation_id):
        message = "This question stands in another conversation. Leave conversation_id out."
        raise InvalidValueError("edits", message)
    return replace(
        question, conversation_id=edited.conversation_id, branch=Branch(edited.parent_id)
    )


async def asked_again(
    database: Database, actor: Actor, answer_id: UUID, key: str | None
) -> tuple[UUID, Question]:
    """The course and the question of an answer, to be answered once more beside that answer.

    Raises:
        NotFoundError: the actor has no such answer, or its question is gone.
        WrongStateError: the answer is still being told.
    """
    async with database.transaction(actor.scope) as session:
        messages = MessageRepository(session)
        answer = await messages.owned(answer_id, actor.user_id)
        if answer.role != "assistant" or answer.parent_id is None:
            raise NotFoundError("answer", answer_id)
        if answer.status == "streaming":
            raise WrongStateError("The answer is still being told. Stop it first.")
        question = await messages.owned(answer.parent_id, actor.user_id)
    return answer.course_id, _again(question, cast("Mode", answer.mode or "explain"), key)


def _again(question: StoredMessage, mode: Mode, key: str | None) -> Question:
    return Question(
        question.content,
        question.conversation_id,
        mode,
        key=key,
        branch=Branch(question.parent_id, question.id),
    )
