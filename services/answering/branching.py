"""Where a question stands that does not follow the latest message of its conversation."""

from dataclasses import replace
from uuid import UUID

from pedagogy.modes.policy import TutorMode
from services.actors import Actor
from services.answering.questions import Branch, Mode, Question
from services.errors import InvalidValueError, WrongStateError
from storage.database import Database
from storage.errors import NotFoundError
from storage.repositories.messages import MessageRepository, StoredMessage


async def placed(database: Database, actor: Actor, question: Question) -> Question:
    """The question where it belongs: beside the one that it edits, or after the message named.

    Raises:
        NotFoundError: the actor has no such message.
        InvalidValueError: it stands in another conversation than the one named, or both an edited
            question and a message to follow are named.
    """
    if question.edits is not None and question.follows is not None:
        message = "A question that edits another one stands in that one's place. Leave follows out."
        raise InvalidValueError("follows", message)
    if question.edits is not None:
        edited = await _of_conversation(database, actor, question, "edits", question.edits)
        if edited.role != "user":
            raise NotFoundError("question", edited.id)
        return _at(question, edited.conversation_id, Branch(edited.parent_id))
    if question.follows is not None:
        before = await _of_conversation(database, actor, question, "follows", question.follows)
        return _at(question, before.conversation_id, Branch(before.id))
    return question


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
    return answer.course_id, _again(question, TutorMode(answer.mode or "explain"), key)


async def _of_conversation(
    database: Database, actor: Actor, question: Question, field: str, message_id: UUID
) -> StoredMessage:
    """The actor's message, which stands in the question's conversation if that names one."""
    async with database.transaction(actor.scope) as session:
        message = await MessageRepository(session).owned(message_id, actor.user_id)
    if question.conversation_id not in (None, message.conversation_id):
        fault = "This message stands in another conversation. Leave conversation_id out."
        raise InvalidValueError(field, fault)
    return message


def _at(question: Question, conversation_id: UUID, branch: Branch) -> Question:
    return replace(question, conversation_id=conversation_id, branch=branch)


def _again(question: StoredMessage, mode: Mode, key: str | None) -> Question:
    return Question(
        question.content,
        question.conversation_id,
        mode,
        key=key,
        branch=Branch(question.parent_id, question.id),
    )
