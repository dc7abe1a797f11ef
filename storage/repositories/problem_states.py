"""How far learners were helped with questions."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models import ProblemStateRow

OWN_ANSWERS = text("""
SELECT count(*) AS answers, coalesce(bool_or(is_right), false) AS is_solved FROM (
    SELECT DISTINCT ON (attempts.id) grades.score >= grades.maximum AS is_right
    FROM attempts JOIN question_grades AS grades ON grades.attempt_id = attempts.id
    WHERE attempts.learner_id = :learner AND attempts.quiz_id = :quiz
        AND grades.question_id = :question AND grades.is_answered
    ORDER BY attempts.id, grades.revision DESC
) AS latest
""")

DONE = text("""
SELECT quiz_id, question_id FROM problem_states
WHERE learner_id = :learner AND quiz_id = ANY (:quizzes) AND (is_solved OR is_shown)
UNION
SELECT latest.quiz_id, latest.question_id FROM (
    SELECT DISTINCT ON (attempts.id, grades.question_id)
           attempts.quiz_id, grades.question_id, grades.score >= grades.maximum AS is_right
    FROM attempts JOIN question_grades AS grades ON grades.attempt_id = attempts.id
    WHERE attempts.learner_id = :learner AND attempts.quiz_id = ANY (:quizzes)
        AND grades.is_answered
    ORDER BY attempts.id, grades.question_id, grades.revision DESC
) AS latest WHERE latest.is_right
""")


@dataclass(frozen=True, slots=True)
class StoredProblem:
    """The help that a learner had with a question, and what they answered so far."""

    hints: int
    is_shown: bool
    answers: int
    is_solved: bool
    chat_answers: int = 0
    """Of the answers, those that were given to the tutor."""


@dataclass(frozen=True, slots=True)
class ToldInChat:
    """What a learner answered to the tutor, beside their attempts."""

    answers: int
    is_solved: bool


ProblemName = tuple[UUID, str]
"""A quiz and a question of it."""


class ProblemStateRepository:
    """The rows of `problem_states`, with what attempts say of the same question."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def read(self, learner_id: UUID, quiz_id: UUID, question_id: str) -> StoredProblem:
        """How far a learner is with a question; nothing done is a state, too."""
        row = await self._session.get(
            ProblemStateRow, (learner_id, quiz_id, question_id), populate_existing=True
        )
        parameters = {"learner": learner_id, "quiz": quiz_id, "question": question_id}
        answers, is_solved = (await self._session.execute(OWN_ANSWERS, parameters)).one()
        return StoredProblem(
            hints=0 if row is None else row.hints,
            is_shown=row is not None and row.is_shown,
            answers=answers + (0 if row is None else row.chat_answers),
            is_solved=is_solved or (row is not None and row.is_solved),
            chat_answers=0 if row is None else row.chat_answers,
        )

    async def put(
        self,
        learner_id: UUID,
        quiz_id: UUID,
        question_id: str,
        course_id: UUID,
        *,
        hints: int,
        is_shown: bool,
        told: ToldInChat | None = None,
    ) -> None:
        """Keeps the help that was given, and what was answered to the tutor, if anything was."""
        changed: dict[str, int | bool] = {"hints": hints, "is_shown": is_shown}
        if told is not None:
            changed |= {"chat_answers": told.answers, "is_solved": told.is_solved}
        statement = upsert(ProblemStateRow).values(
            learner_id=learner_id,
            quiz_id=quiz_id,
            question_id=question_id,
            course_id=course_id,
            **changed,
        )
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[
                    ProblemStateRow.learner_id,
                    ProblemStateRow.quiz_id,
                    ProblemStateRow.question_id,
                ],
                set_={**changed, "updated_at": func.now()},
            )
        )

    async def shown(self, learner_id: UUID, quiz_id: UUID) -> set[str]:
        """The questions of a quiz whose solution the learner was shown."""
        statement = select(ProblemStateRow.question_id).where(
            ProblemStateRow.learner_id == learner_id,
            ProblemStateRow.quiz_id == quiz_id,
            ProblemStateRow.is_shown,
        )
        return set(await self._session.scalars(statement))

    async def done(self, learner_id: UUID, quiz_ids: Collection[UUID]) -> frozenset[ProblemName]:
        """The questions of these quizzes that the learner solved, or was shown the solution of."""
        parameters = {"learner": learner_id, "quizzes": list(quiz_ids)}
        rows = await self._session.execute(DONE, parameters)
        return frozenset((UUID(int=quiz_id.int), question_id) for quiz_id, question_id in rows)
