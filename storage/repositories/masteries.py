"""What learners know of concepts, and the graded answers it is traced from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Concept,
    ConceptMastery,
    Enrollment,
    GradedConcept,
    PractisedConcept,
    User,
)

EVIDENCE = text("""
SELECT concept_id, share, guess, practised_at, is_self_rated FROM (
    SELECT latest.*, false AS is_self_rated FROM (
        SELECT DISTINCT ON (graded.concept_id, attempts.submitted_at, graded.attempt_id,
                            graded.question_id)
               graded.concept_id, grades.score / grades.maximum AS share, graded.guess,
               attempts.submitted_at AS practised_at
        FROM graded_concepts AS graded
        JOIN attempts ON attempts.id = graded.attempt_id
        JOIN question_grades AS grades
          ON grades.attempt_id = graded.attempt_id AND grades.question_id = graded.question_id
        WHERE graded.learner_id = :learner AND graded.concept_id = ANY (:concepts)
          AND grades.maximum > 0
        ORDER BY graded.concept_id, attempts.submitted_at, graded.attempt_id, graded.question_id,
                 grades.revision DESC
    ) AS latest
    UNION ALL
    SELECT concept_id, share, guess, practised_at, kind = 'card'
    FROM practised_concepts
    WHERE learner_id = :learner AND concept_id = ANY (:concepts)
) AS evidence
ORDER BY concept_id, practised_at
""")
"""The share that counts of each graded answer, a later revision instead of an earlier one, and of
what was practised beside; oldest first."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A graded answer that exercised a concept, or a review that its learner rated themselves."""

    concept_id: UUID
    share: float
    guess: float
    submitted_at: datetime
    is_self_rated: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody said of a learner's knowledge, and when."""

    probability: float
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StoredMastery:
    """How likely a learner knows a concept."""

    learner_id: UUID
    concept_id: UUID
    course_id: UUID
    concept: str
    probability: float
    answer_count: int
    is_claimed: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class EnrolledLearner:
    """A learner of a course, as teachers know them."""

    id: UUID
    display_name: str
    email: str


class MasteryRepository:
    """The rows of `concept_masteries` and `graded_concepts`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add_graded(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Keeps which concepts the answers of an attempt exercised; twice is the same as once."""
        if rows:
            statement = upsert(GradedConcept).on_conflict_do_nothing()
            await self._session.execute(statement, list(rows))

    async def add_practised(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Keeps what was practised beside attempts; the same on the same day counts once."""
        if rows:
            statement = upsert(PractisedConcept).on_conflict_do_nothing()
            await self._session.execute(statement, list(rows))

    async def evidence(self, learner_id: UUID, concept_ids: Iterable[UUID]) -> list[Evidence]:
        """The graded answers of a learner on these concepts, oldest first."""
        parameters = {"learner": learner_id, "concepts": list(concept_ids)}
        rows = await self._session.execute(EVIDENCE, parameters)
        return [Evidence(UUID(int=row[0].int), *row[1:]) for row in rows]

    async def claims(self, learner_id: UUID, concept_ids: Iterable[UUID]) -> dict[UUID, Claim]:
        """What was said of a learner's knowledge of these concepts."""
        statement = select(
            ConceptMastery.concept_id,
            ConceptMastery.claimed_probability,
            ConceptMastery.claimed_at,
        ).where(
            ConceptMastery.learner_id == learner_id,
            ConceptMastery.concept_id.in_(list(concept_ids)),
            ConceptMastery.claimed_at.is_not(None),
        )
        return {
            concept_id: Claim(probability, made_at)
            for concept_id, probability, made_at in await self._session.execute(statement)
            if probability is not None and made_at is not None
        }

    async def put(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Sets what is believed of a learner's knowledge of concepts."""
        if not rows:
            return
        statement = upsert(ConceptMastery)
        changed = {
            name: statement.excluded[name]
            for name in rows[0]
            if name not in {"learner_id", "concept_id", "course_id"}
        }
        statement = statement.on_conflict_do_update(
            index_elements=[ConceptMastery.learner_id, ConceptMastery.concept_id],
            set_={**changed, "updated_at": func.now()},
        )
        await self._session.execute(statement, list(rows))

    async def of_learner(
        self, learner_id: UUID, course_id: UUID | None = None
    ) -> list[StoredMastery]:
        """What a learner knows, of one course or of all in scope."""
        statement = _masteries().where(ConceptMastery.learner_id == learner_id)
        if course_id is not None:
            statement = statement.where(ConceptMastery.course_id == course_id)
        return [_mastery(*row) for row in await self._session.execute(statement)]

    async def of_learners(
        self, course_id: UUID, learner_ids: Iterable[UUID]
    ) -> list[StoredMastery]:
        """What these learners know of a course."""
        statement = _masteries().where(
            ConceptMastery.course_id == course_id, ConceptMastery.learner_id.in_(list(learner_ids))
        )
        return [_mastery(*row) for row in await self._session.execute(statement)]

    async def concept_means(self, course_id: UUID) -> dict[UUID, tuple[int, float]]:
        """For each concept of a course how many learners have a belief, and its mean."""
        statement = (
            select(
                ConceptMastery.concept_id,
                func.count(),
                func.avg(ConceptMastery.probability),
            )
            .join(
                Enrollment,
                (Enrollment.user_id == ConceptMastery.learner_id)
                & (Enrollment.course_id == ConceptMastery.course_id),
            )
            .where(ConceptMastery.course_id == course_id, Enrollment.role == "learner")
            .group_by(ConceptMastery.concept_id)
        )
        rows = await self._session.execute(statement)
        return {concept_id: (count, float(mean)) for concept_id, count, mean in rows}

    async def learners(self, course_id: UUID, *, limit: int, offset: int) -> list[EnrolledLearner]:
        """Learners of a course, by name."""
        statement = (
            select(User.id, User.display_name, User.email)
            .join(Enrollment, Enrollment.user_id == User.id)
            .where(
                Enrollment.course_id == course_id,
                Enrollment.role == "learner",
                User.deleted_at.is_(None),
            )
            .order_by(User.display_name, User.id)
            .limit(limit)
            .offset(offset)
        )
        return [EnrolledLearner(*row) for row in await self._session.execute(statement)]

    async def learner_count(self, course_id: UUID) -> int:
        """How many learners a course has."""
        statement = (
            select(func.count())
            .select_from(Enrollment)
            .join(User, Enrollment.user_id == User.id)
            .where(
                Enrollment.course_id == course_id,
                Enrollment.role == "learner",
                User.deleted_at.is_(None),
            )
        )
        return await self._session.scalar(statement) or 0


def _masteries() -> Select[ConceptMastery, str]:
    return (
        select(ConceptMastery, Concept.name)
        .join(Concept, Concept.id == ConceptMastery.concept_id)
        .where(Concept.removed_at.is_(None))
        .order_by(ConceptMastery.course_id, Concept.position, Concept.id)
    )


def _mastery(row: ConceptMastery, concept: str) -> StoredMastery:
    return StoredMastery(
        learner_id=row.learner_id,
        concept_id=row.concept_id,
        course_id=row.course_id,
        concept=concept,
        probability=row.probability,
        answer_count=row.answer_count,
        is_claimed=row.claimed_at is not None,
        updated_at=row.updated_at,
    )
