"""What a learner is believed to know, reckoned again from all their grades."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from content.questions import AnyQuestion
from pedagogy.grading.folding import fold
from pedagogy.mastery.knowledge_tracing import (
    DEFAULT_PARAMETERS,
    KnowledgeParameters,
    Mastery,
    after_answer,
    for_question,
    not_yet_seen,
)
from pedagogy.mastery.self_ratings import after_review
from storage.repositories.concepts import ConceptRepository
from storage.repositories.knowledge_parameters import KnowledgeParameterRepository
from storage.repositories.masteries import Claim, Evidence, MasteryRepository

MOST_TOGETHER = 0.95
"""Guess and slip together stay below it, or a right answer would tell nothing."""


@dataclass(frozen=True, slots=True)
class Practised:
    """Something practised beside attempts.

    Attributes:
        kind: A card that was reviewed, or a question answered to the tutor.
        subject: Which.
        share: 0 to 1 of what could be scored.
        guess: How likely that share is had by luck.
    """

    kind: Literal["card", "chat"]
    subject: str
    share: float
    guess: float
    at: datetime


class MasteryTracer:
    """Keeps mastery in step with grades, within one transaction.

    It is traced from all graded answers rather than moved by the last one, so that a grade that
    is replaced later leaves no trace of the earlier one. The caller holds the learner's lock.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._concepts = ConceptRepository(session)
        self._masteries = MasteryRepository(session)
        self._fitted = KnowledgeParameterRepository(session)

    async def concepts_of(
        self, course_id: UUID, questions: Iterable[AnyQuestion]
    ) -> dict[str, tuple[UUID, ...]]:
        """The concepts that each question exercises; names that are new become concepts."""
        names = {q.id: {fold(name): name for name in q.concepts if fold(name)} for q in questions}
        every = {key: name for of_question in names.values() for key, name in of_question.items()}
        await self._concepts.add_extracted(course_id, every)
        ids = await self._concepts.by_keys(course_id, every)
        return {
            question_id: tuple(ids[key] for key in of_question if key in ids)
            for question_id, of_question in names.items()
        }

    async def keep_exercised(
        self,
        attempt_id: UUID,
        learner_id: UUID,
        course_id: UUID,
        questions: Iterable[AnyQuestion],
        concepts: Mapping[str, Sequence[UUID]],
    ) -> None:
        """Keeps which concepts the answered questions of an attempt exercise."""
        rows = [
            {
                "attempt_id": attempt_id,
                "question_id": question.id,
                "concept_id": concept_id,
                "learner_id": learner_id,
                "course_id": course_id,
                "guess": for_question(DEFAULT_PARAMETERS, question).guess,
            }
            for question in questions
            for concept_id in concepts.get(question.id, ())
        ]
        await self._masteries.add_graded(rows)

    async def trace(
        self, learner_id: UUID, course_id: UUID, concept_ids: Iterable[UUID]
    ) -> dict[UUID, Mastery]:
        """Reckons and keeps what the learner knows of these concepts."""
        wanted = list(dict.fromkeys(concept_ids))
        if not wanted:
            return {}
        evidence: dict[UUID, list[Evidence]] = defaultdict(list)
        for found in await self._masteries.evidence(learner_id, wanted):
            evidence[found.concept_id].append(found)
        claims = await self._masteries.claims(learner_id, wanted)
        parameters = await self._parameters_of(course_id)
        traced = {
            concept_id: traced_mastery(evidence[concept_id], claims.get(concept_id), parameters)
            for concept_id in wanted
        }
        await self._masteries.put(
            [
                {
                    "learner_id": learner_id,
                    "concept_id": concept_id,
                    "course_id": course_id,
                    "probability": mastery.probability,
                    "answer_count": mastery.answer_count,
                }
                for concept_id, mastery in traced.items()
            ]
        )
        return traced

    async def keep_practised(
        self,
        practised: Practised,
        learner_id: UUID,
        course_id: UUID,
        names: Iterable[str],
    ) -> dict[UUID, Mastery]:
        """Keeps what was practised of these concepts beside attempts, and traces them.

        Names that no concept of the course has count for nothing: a card makes no concept.
        """
        keys = {fold(name) for name in names} - {""}
        ids = await self._concepts.by_keys(course_id, keys)
        at = practised.at
        await self._masteries.add_practised(
            [
                {
                    "id": uuid7(),
                    "learner_id": learner_id,
                    "concept_id": concept_id,
                    "course_id": course_id,
                    "kind": practised.kind,
                    "subject": practised.subject,
                    "day": at.astimezone(UTC).date(),
                    "share": practised.share,
                    "guess": practised.guess,
                    "practised_at": at,
                }
                for concept_id in ids.values()
            ]
        )
        return await self.trace(learner_id, course_id, ids.values())

    async def _parameters_of(self, course_id: UUID) -> KnowledgeParameters:
        """Those that were fitted to the course, else the defaults."""
        stored = await self._fitted.read(course_id)
        if stored is None:
            return DEFAULT_PARAMETERS
        return KnowledgeParameters(
            prior=stored.prior, learn=stored.learn, guess=0.0, slip=stored.slip
        )


def traced_mastery(
    evidence: Sequence[Evidence],
    claim: Claim | None,
    parameters: KnowledgeParameters = DEFAULT_PARAMETERS,
) -> Mastery:
    """What answers show, oldest first; from a claim on only those that came after it."""
    mastery = not_yet_seen(parameters) if claim is None else Mastery(claim.probability)
    for answer in evidence:
        if claim is not None and answer.submitted_at <= claim.made_at:
            continue
        guess = min(answer.guess, MOST_TOGETHER - parameters.slip)
        of_answer = replace(parameters, guess=guess)
        step = after_review if answer.is_self_rated else after_answer
        mastery = step(mastery, answer.share, of_answer)
    return Mastery(mastery.probability, len(evidence))
