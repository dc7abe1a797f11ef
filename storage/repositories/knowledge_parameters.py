"""Parameters of knowledge tracing fitted to courses, and the answers they are fitted to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models import KnowledgeParameterRow

MOST_ANSWERS = 200_000
TO_FIT = text("""
SELECT counted.course_id FROM (
    SELECT course_id, count(*) AS answers FROM graded_concepts GROUP BY course_id
) AS counted
JOIN courses ON courses.id = counted.course_id AND courses.deleted_at IS NULL
LEFT JOIN knowledge_parameters AS fitted ON fitted.course_id = counted.course_id
WHERE counted.answers >= :fewest
  AND (fitted.course_id IS NULL OR counted.answers >= CAST(:grown AS float8) * fitted.answers)
ORDER BY counted.course_id
""")
ANSWERS = text("""
SELECT DISTINCT ON (attempts.submitted_at, graded.attempt_id, graded.question_id,
                    graded.concept_id)
       graded.learner_id, graded.concept_id, grades.score / grades.maximum AS share, graded.guess
FROM graded_concepts AS graded
JOIN attempts ON attempts.id = graded.attempt_id
JOIN question_grades AS grades
  ON grades.attempt_id = graded.attempt_id AND grades.question_id = graded.question_id
WHERE graded.course_id = :course AND grades.maximum > 0
ORDER BY attempts.submitted_at, graded.attempt_id, graded.question_id, graded.concept_id,
         grades.revision DESC
LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class StoredParameters:
    """Fitted parameters, and what they rest on.

    Attributes:
        learners: Whose answers they were fitted to.
        log_likelihood: Of the answers under them, natural logarithm.
        default_log_likelihood: Of the same under the defaults.
    """

    prior: float
    learn: float
    slip: float
    learners: int
    answers: int
    log_likelihood: float
    default_log_likelihood: float
    fitted_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerOfLearner:
    """A graded answer that exercised a concept."""

    learner_id: UUID
    concept_id: UUID
    share: float
    guess: float


class KnowledgeParameterRepository:
    """The rows of `knowledge_parameters`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def read(self, course_id: UUID) -> StoredParameters | None:
        """Those of a course; None where none were fitted."""
        row = await self._session.get(KnowledgeParameterRow, course_id, populate_existing=True)
        if row is None:
            return None
        return StoredParameters(**{name: getattr(row, name) for name in _FIELDS})

    async def put(self, course_id: UUID, parameters: StoredParameters) -> None:
        """Keeps those of a course instead of earlier ones."""
        values = asdict(parameters)
        statement = upsert(KnowledgeParameterRow).values(course_id=course_id, **values)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[KnowledgeParameterRow.course_id], set_=values
            )
        )

    async def courses_to_fit(self, fewest: int, grown: float) -> list[UUID]:
        """Courses with so many answers, and by that factor more than they were fitted to."""
        found = await self._session.scalars(TO_FIT, {"fewest": fewest, "grown": grown})
        return [UUID(int=course_id.int) for course_id in found]

    async def answers(self, course_id: UUID) -> Sequence[AnswerOfLearner]:
        """The graded answers of a course, oldest first, the first 200,000."""
        rows = await self._session.execute(ANSWERS, {"course": course_id, "most": MOST_ANSWERS})
        return [
            AnswerOfLearner(UUID(int=row[0].int), UUID(int=row[1].int), row[2], row[3])
            for row in rows
        ]


_FIELDS = tuple(StoredParameters.__dataclass_fields__)
