"""A question sent twice under one Idempotency-Key: asked once, answered the same both times."""

from uuid import UUID

from services.actors import Actor
from services.answering.questions import Question
from services.errors import KeyReusedError
from services.idempotency import request_hash, require_same_request
from storage.database import Database
from storage.repositories.asking import AcceptedExchange, NewExchange
from storage.repositories.question_keys import KeptKey, QuestionKeyRepository


class KeyTakenError(Exception):
    """The same key was kept a moment before, and nothing is saved: look up what it stands for."""


async def earlier_answer(
    database: Database, actor: Actor, course: UUID | str, question: Question
) -> UUID | None:
    """The answer that the question's key stands for; None where it has none, or a new one.

    Raises:
        KeyReusedError: the key came with another question, or in another course.
    """
    if question.key is None:
        return None
    async with database.connection(actor.scope) as connection:
        kept = await QuestionKeyRepository(connection).find(actor.user_id, question.key)
    if kept is None:
        return None
    if not _is_named(kept, course):
        raise KeyReusedError
    require_same_request(kept.request_hash, _hash_of(question))
    return kept.message_id


async def keep_key(
    keys: QuestionKeyRepository,
    exchange: NewExchange,
    course: AcceptedExchange,
    question: Question,
) -> None:
    """Keeps the question's key for the answer that was saved in the same transaction.

    Raises:
        KeyTakenError: it stands for another one.
    """
    assert question.key is not None  # noqa: S101 - nothing is kept without one
    kept = KeptKey(exchange.answer_id, course.id, course.slug, _hash_of(question))
    if not await keys.keep(exchange.user_id, question.key, kept):
        raise KeyTakenError


def _hash_of(question: Question) -> str:
    said = [question.text, _plain(question.conversation_id), question.mode, question.model]
    if (branch := question.branch) is not None:
        said += [_plain(branch.parent_id), _plain(branch.question_id)]
    if question.move is not None:
        said.append(question.move)
    if (problem := question.takes) is not None:
        said += [_plain(problem.quiz_id), problem.question_id]
    return request_hash(said)


def _plain(identifier: UUID | None) -> str | None:
    """An id as JSON has it; the driver's own kind of UUID is none to the encoder."""
    return None if identifier is None else str(identifier)


def _is_named(kept: KeptKey, course: UUID | str) -> bool:
    """Whether the course of a key is this one, by its id in any form or by its slug."""
    try:
        return kept.course_id == UUID(str(course))
    except ValueError:
        return kept.course_slug == course
