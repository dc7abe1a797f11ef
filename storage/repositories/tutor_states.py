"""Where learners and the tutor are in their conversations."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models import TutorStateRow


@dataclass(frozen=True, slots=True)
class StoredTutorState:
    """The state of a conversation.

    Attributes:
        quiz_id: Of a stored problem, with its `question_id`.
        problem: One that the learner brought, with its key.
        answers: Given to this problem.
        message_id: The answer that tells the last turn.
        turn: That turn.
    """

    mode: str
    quiz_id: UUID | None = None
    question_id: str | None = None
    problem: Mapping[str, Any] | None = None
    hints: int = 0
    answers: int = 0
    questions: int = 0
    is_solved: bool = False
    is_shown: bool = False
    message_id: UUID | None = None
    turn: Mapping[str, Any] | None = None


class TutorStateRepository:
    """The rows of `tutor_states`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def read(self, conversation_id: UUID) -> StoredTutorState | None:
        """The state of a conversation; None where nothing but explaining was asked of it."""
        row = await self._session.get(TutorStateRow, conversation_id, populate_existing=True)
        if row is None:
            return None
        return StoredTutorState(**{name: getattr(row, name) for name in _FIELDS})

    async def put(
        self, conversation_id: UUID, course_id: UUID, learner_id: UUID, state: StoredTutorState
    ) -> None:
        """Keeps the state of a conversation."""
        values = asdict(state)
        statement = upsert(TutorStateRow).values(
            conversation_id=conversation_id, course_id=course_id, learner_id=learner_id, **values
        )
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[TutorStateRow.conversation_id],
                set_={**values, "updated_at": func.now()},
            )
        )


_FIELDS = tuple(StoredTutorState.__dataclass_fields__)
