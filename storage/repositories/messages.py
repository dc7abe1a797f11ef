"""Messages: read, and answers finished in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import CTE, RowMapping, and_, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models import AnswerCorrection, AnswerFeedback, Conversation, Message
from storage.errors import NotFoundError
from storage.paging import AnySelect
from storage.repositories.feedback import StoredFeedback

FINISH = text("""
WITH finished AS (
UPDATE messages
SET status = :status, content = :content, model = :model, prompt = :prompt,
    finish_reason = :finish_reason, completed_at = now(),
    sources = CAST(:sources AS jsonb), citations = CAST(:citations AS jsonb),
    sentences = CAST(:sentences AS jsonb), notices = CAST(:notices AS jsonb),
    delta_ends = :delta_ends, groundedness = :groundedness, confidence = :confidence,
    prompt_tokens = :prompt_tokens, completion_tokens = :completion_tokens,
    cost_micro_usd = :cost_micro_usd, is_cached = :is_cached,
    first_sequence = :first_sequence, error = CAST(:error AS jsonb), earlier_turns = NULL
WHERE id = :id AND epoch = :epoch
RETURNING id, course_id, conversation_id, status, groundedness, confidence, is_cached, citations
), told AS (
    INSERT INTO learning_events (event_id, course_id, learner_key, kind, version, occurred_at,
                                 payload)
    SELECT finished.id, finished.course_id, neuroshiksha_learner_key(conversations.user_id),
           'question.answered', 1, now(), jsonb_strip_nulls(jsonb_build_object(
               'message_id', finished.id, 'status', finished.status,
               'groundedness', finished.groundedness, 'confidence', finished.confidence,
               'is_cached', finished.is_cached,
               'citations', jsonb_array_length(finished.citations)))
    FROM finished JOIN conversations ON conversations.id = finished.conversation_id
    ON CONFLICT (event_id) DO NOTHING
)
SELECT id FROM finished
""")
"""Idempotent: an epoch has one owner, who writes the same again; it is told of once."""


@dataclass(frozen=True, slots=True)
class FinishedAnswer:
    """Everything an answer's row says once it is told.

    Attributes:
        delta_ends: Ends of the streamed deltas in `content`, in code points, ascending.
        notices: `{sequence, code, detail, ...}`, so that a late reader gets them in their place.
        error: `{code, detail, sequence}` of an answer that failed.
        is_cached: Whether it was given before, and cost nothing this time.
        first_sequence: The number of its first event.
    """

    status: str
    content: str
    model: str
    prompt: str | None
    finish_reason: str | None
    sources: Sequence[dict[str, Any]]
    citations: Sequence[dict[str, Any]]
    sentences: Sequence[dict[str, Any]]
    notices: Sequence[dict[str, Any]]
    delta_ends: Sequence[int]
    groundedness: float | None
    confidence: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_micro_usd: int | None
    error: dict[str, Any] | None
    is_cached: bool = False
    first_sequence: int = 1


@dataclass(frozen=True, slots=True)
class AnswerCorrected:
    """What a teacher says in place of an answer."""

    body: str
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as its row says it."""

    id: UUID
    conversation_id: UUID
    parent_id: UUID | None
    course_id: UUID
    created_at: datetime
    completed_at: datetime | None
    role: str
    status: str
    content: str
    mode: str | None
    model: str | None
    prompt: str | None
    finish_reason: str | None
    sources: list[dict[str, Any]]
    citations: list[dict[str, Any]]
    sentences: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    delta_ends: list[int]
    groundedness: float | None
    confidence: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_micro_usd: int | None
    error: dict[str, Any] | None
    is_cached: bool
    first_sequence: int
    feedback: StoredFeedback | None
    """What its reader thinks of an answer."""
    correction: AnswerCorrected | None = None
    """What a teacher says in its place."""


@dataclass(frozen=True, slots=True)
class MessagePlace:
    """Where a message stands in its conversation."""

    message_id: UUID
    parent_id: UUID | None


_FEEDBACK = {
    f"feedback_{name}": getattr(AnswerFeedback, name)
    for name in StoredFeedback.__dataclass_fields__
}
_CORRECTION = {
    f"correction_{name}": getattr(AnswerCorrection, name)
    for name in AnswerCorrected.__dataclass_fields__
}
_JOINED = ("feedback", "correction")
_COLUMNS = (
    *(getattr(Message, n) for n in StoredMessage.__dataclass_fields__ if n not in _JOINED),
    *(column.label(label) for label, column in (_FEEDBACK | _CORRECTION).items()),
)


class MessageRepository:
    """Messages of conversations that their reader owns."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def finish(self, message_id: UUID, epoch: int, answer: FinishedAnswer) -> bool:
        """Writes an answer's end in one statement; finishing twice is the same as once.

        Returns:
            False, with nothing written, where a later epoch owns the answer. An answer whose row
            was deleted meanwhile counts as written.
        """
        values = {name: getattr(answer, name) for name in answer.__dataclass_fields__}
        for name in ("sources", "citations", "sentences", "notices"):
            values[name] = orjson.dumps(values[name]).decode()
        values["error"] = None if answer.error is None else orjson.dumps(answer.error).decode()
        values["delta_ends"] = list(answer.delta_ends)
        values |= {"id": message_id, "epoch": epoch}
        if (await self._session.scalar(FINISH, values)) is not None:
            return True
        found = await self._session.scalar(select(Message.id).where(Message.id == message_id))
        return found is None

    async def owned(self, message_id: UUID, user_id: UUID) -> StoredMessage:
        """The message, if it stands in a conversation of that user.

        Raises:
            NotFoundError: When there is none that this user may see.
        """
        statement = _with_feedback().where(
            Message.id == message_id,
            Conversation.user_id == user_id,
            Conversation.deleted_at.is_(None),
        )
        row = (await self._session.execute(statement)).mappings().one_or_none()
        if row is None:
            raise NotFoundError("message", message_id)
        return _stored(row)

    async def of_conversation(
        self, conversation_id: UUID, limit: int | None = None, *, leaf: UUID | None = None
    ) -> list[StoredMessage]:
        """The branch of a conversation that ends in `leaf`, or in its latest message, oldest first.

        At most the last `limit` messages of it.

        Raises:
            NotFoundError: When the conversation has no message `leaf`.
        """
        path = _path(conversation_id, limit, leaf)
        statement = (
            _with_feedback()
            .where(Message.id.in_(select(path.c.id)))
            .order_by(Message.created_at, Message.id)
        )
        rows = (await self._session.execute(statement)).mappings().all()
        if leaf is not None and not rows:
            raise NotFoundError("message", leaf)
        return [_stored(row) for row in rows]

    async def leaves(self, conversation_id: UUID, limit: int) -> list[UUID]:
        """The ends of a conversation's branches, the latest first."""
        child = aliased(Message)
        followed = (
            select(child.parent_id)
            .where(child.conversation_id == conversation_id, child.parent_id.is_not(None))
            .scalar_subquery()
        )
        statement = (
            select(Message.id)
            .where(Message.conversation_id == conversation_id, Message.id.not_in(followed))
            .order_by(Message.created_at.desc(), Message.id.desc())
            .limit(limit)
        )
        return list(await self._session.scalars(statement))

    async def places(self, conversation_id: UUID) -> list[MessagePlace]:
        """Every message of a conversation with the one it follows, the oldest first."""
        statement = (
            select(Message.id, Message.parent_id)
            .where(Message.conversation_id == conversation_id)
            .order_by(Message.created_at, Message.id)
        )
        rows = (await self._session.execute(statement)).all()
        return [MessagePlace(message_id, parent_id) for message_id, parent_id in rows]


def _path(conversation_id: UUID, limit: int | None, leaf: UUID | None) -> CTE:
    """The ids from the leaf upwards, as many as wanted."""
    last = (
        select(Message.id, Message.parent_id, literal(1).label("depth"))
        .where(Message.conversation_id == conversation_id)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(1)
    )
    if leaf is not None:
        last = last.where(Message.id == leaf)
    path = last.cte("path", recursive=True)
    before = select(Message.id, Message.parent_id, path.c.depth + 1).join(
        path, Message.id == path.c.parent_id
    )
    if limit is not None:
        before = before.where(path.c.depth < limit)
    return path.union_all(before)


def _with_feedback() -> AnySelect:
    """Messages with what the owners of their conversations think of them, and corrections."""
    is_owners = and_(
        AnswerFeedback.message_id == Message.id, AnswerFeedback.user_id == Conversation.user_id
    )
    counts = and_(
        AnswerCorrection.message_id == Message.id, AnswerCorrection.withdrawn_at.is_(None)
    )
    return (
        select(*_COLUMNS)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(AnswerFeedback, is_owners)
        .outerjoin(AnswerCorrection, counts)
    )


def _stored(row: RowMapping) -> StoredMessage:
    values = dict(row)
    feedback = {name.removeprefix("feedback_"): values.pop(name) for name in _FEEDBACK}
    given = None if feedback["rating"] is None else StoredFeedback(**feedback)
    said = {name.removeprefix("correction_"): values.pop(name) for name in _CORRECTION}
    correction = None if said["body"] is None else AnswerCorrected(**said)
    return StoredMessage(**values, feedback=given, correction=correction)
