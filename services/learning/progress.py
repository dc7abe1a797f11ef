"""What learners know: for themselves in words, for those who teach as a table."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.languages import language_by_script
from pedagogy.events.kinds import MasteryClaimed
from pedagogy.mastery.concepts import ConceptGraph
from pedagogy.mastery.knowledge_tracing import Mastery
from pedagogy.mastery.levels import Level, explanation, level_of
from pedagogy.mastery.practice import suggestions
from services.access import Permission, authorise
from services.actors import Actor
from services.learning.events import estimated_events, tell
from services.learning.tracing import MasteryTracer
from storage.database import Database
from storage.errors import NotFoundError
from storage.paging import Page, PageRequest
from storage.repositories.attempts import AttemptRepository
from storage.repositories.card_memories import CardMemoryRepository
from storage.repositories.concepts import ConceptRepository, StoredConcept
from storage.repositories.learning_events import LearningEventRepository
from storage.repositories.masteries import (
    EnrolledLearner,
    MasteryRepository,
    StoredMastery,
)
from storage.repositories.read_models import MasteryPoint, ReadModelRepository

SMALLEST_GROUP = 5
"""Means over fewer learners would tell of single ones."""
MOST_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class ConceptProgress:
    """What is believed of somebody's knowledge of a concept.

    Attributes:
        probability: 0 to 1.
        uncertainty: 0 to 1 bit.
        level: In one word.
        explanation: In a sentence or two, for the learner.
        is_claimed: Whether it starts from what they said themselves.
    """

    concept_id: UUID
    concept: str
    probability: float
    uncertainty: float
    answer_count: int
    level: Level
    explanation: str
    is_claimed: bool


@dataclass(frozen=True, slots=True)
class NextConcept:
    """What to practise, and what to practise before."""

    concept_id: UUID
    concept: str
    weak_prerequisites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnCourseProgress:
    """Somebody's own progress in a course."""

    course_id: UUID
    concepts: tuple[ConceptProgress, ...]
    next_concepts: tuple[NextConcept, ...]
    mastered: int


@dataclass(frozen=True, slots=True)
class OwnProgress:
    """Somebody's own progress in all their courses where they have answered anything."""

    courses: tuple[OwnCourseProgress, ...]
    due_cards: int


@dataclass(frozen=True, slots=True)
class LearnerProgress:
    """A learner's progress, as those who teach see it: the same that the learner sees."""

    learner: EnrolledLearner
    concepts: tuple[ConceptProgress, ...]
    mastered: int


@dataclass(frozen=True, slots=True)
class ConceptMean:
    """What a course's learners know of a concept; no mean of fewer than five."""

    concept_id: UUID
    concept: str
    learners: int | None
    mean_probability: float | None


@dataclass(frozen=True, slots=True)
class CourseProgress:
    """A page of a course's learners, and the means over all of them."""

    learners: Page[LearnerProgress]
    concepts: tuple[ConceptMean, ...]


@dataclass(frozen=True, slots=True)
class ConceptHistory:
    """What was believed of somebody's knowledge of a concept at the end of each day it changed."""

    concept_id: UUID
    concept: str
    points: tuple[MasteryPoint, ...]


class ProgressService:
    """Reads progress, and takes what learners say against it."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def own(self, actor: Actor) -> OwnProgress:
        """The actor's own progress, with what to practise next."""
        async with self._database.transaction(actor.scope) as session:
            stored = await MasteryRepository(session).of_learner(actor.user_id)
            by_course: dict[UUID, list[StoredMastery]] = defaultdict(list)
            for mastery in stored:
                by_course[mastery.course_id].append(mastery)
            courses = [
                await _own_course(session, course_id, found)
                for course_id, found in by_course.items()
            ]
            due = await CardMemoryRepository(session).due_count(actor.user_id, self._clock())
        return OwnProgress(tuple(courses), due)

    async def own_history(self, actor: Actor, course: UUID | str) -> list[ConceptHistory]:
        """How the actor's knowledge of a course has changed, some seconds behind.

        Raises:
            NotFoundError: no such course for this actor.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
            log = LearningEventRepository(session)
            key = (await log.learner_keys([actor.user_id])).get(actor.user_id)
            if key is None:
                return []
            found = await ReadModelRepository(session).history(access.course_id, key)
            concepts = await ConceptRepository(session).of_course(access.course_id)
        return [
            ConceptHistory(one.id, one.name, tuple(found[one.id]))
            for one in concepts
            if one.id in found
        ]

    async def of_course(
        self, actor: Actor, course: UUID | str, request: PageRequest
    ) -> CourseProgress:
        """Every learner's progress in a course, for those who review it.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they are a learner there.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.REVIEW)
            masteries = MasteryRepository(session)
            total = await masteries.learner_count(access.course_id)
            learners = await masteries.learners(
                access.course_id, limit=request.size, offset=(request.page - 1) * request.size
            )
            stored = await masteries.of_learners(access.course_id, [one.id for one in learners])
            means = await masteries.concept_means(access.course_id)
            concepts = await ConceptRepository(session).of_course(access.course_id)
        known: dict[UUID, list[StoredMastery]] = defaultdict(list)
        for mastery in stored:
            known[mastery.learner_id].append(mastery)
        items = tuple(_learner_progress(one, known[one.id]) for one in learners)
        page = Page(items, request.size, total, request.page, None)
        return CourseProgress(page, tuple(_mean(concept, means) for concept in concepts))

    async def claim(
        self, actor: Actor, course: UUID | str, concept_id: UUID, probability: float
    ) -> ConceptProgress:
        """Takes what a learner says of their own knowledge; later answers move on from there.

        Raises:
            NotFoundError: no such course or concept for this actor.
        """
        now = self._clock()
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
            concepts = await ConceptRepository(session).of_course(access.course_id)
            if concept_id not in {concept.id for concept in concepts}:
                raise NotFoundError("concept", concept_id)
            await AttemptRepository(session).lock_learning(actor.user_id, access.course_id)
            masteries = MasteryRepository(session)
            await masteries.put(
                [
                    {
                        "learner_id": actor.user_id,
                        "concept_id": concept_id,
                        "course_id": access.course_id,
                        "probability": probability,
                        "answer_count": 0,
                        "claimed_probability": probability,
                        "claimed_at": now,
                    }
                ]
            )
            traced = await MasteryTracer(session).trace(
                actor.user_id, access.course_id, [concept_id]
            )
            claimed = MasteryClaimed(concept_id=concept_id, probability=probability)
            events = [claimed, *estimated_events(traced)]
            await tell(session, access.course_id, actor.user_id, now, events)
            stored = await masteries.of_learner(actor.user_id, access.course_id)
        return next(_progress(found) for found in stored if found.concept_id == concept_id)


async def _own_course(
    session: AsyncSession, course_id: UUID, stored: Sequence[StoredMastery]
) -> OwnCourseProgress:
    concepts = await ConceptRepository(session).of_course(course_id)
    shown = tuple(_progress(mastery) for mastery in stored)
    mastered = sum(one.level is Level.MASTERED for one in shown)
    return OwnCourseProgress(course_id, shown, _next_concepts(concepts, stored), mastered)


def _next_concepts(
    concepts: Sequence[StoredConcept], stored: Iterable[StoredMastery]
) -> tuple[NextConcept, ...]:
    graph = ConceptGraph({str(one.id): map(str, one.prerequisites) for one in concepts})
    known = {str(one.concept_id): Mastery(one.probability, one.answer_count) for one in stored}
    names = {str(one.id): one.name for one in concepts}
    return tuple(
        NextConcept(
            UUID(found.concept),
            names[found.concept],
            tuple(names[needed] for needed in found.weak_prerequisites),
        )
        for found in suggestions(graph, known)[:MOST_SUGGESTIONS]
    )


def _learner_progress(learner: EnrolledLearner, stored: Sequence[StoredMastery]) -> LearnerProgress:
    shown = tuple(_progress(mastery) for mastery in stored)
    return LearnerProgress(learner, shown, sum(one.level is Level.MASTERED for one in shown))


def _progress(stored: StoredMastery) -> ConceptProgress:
    mastery = Mastery(stored.probability, stored.answer_count)
    return ConceptProgress(
        concept_id=stored.concept_id,
        concept=stored.concept,
        probability=round(mastery.probability, 4),
        uncertainty=round(mastery.uncertainty, 4),
        answer_count=mastery.answer_count,
        level=level_of(mastery, is_claimed=stored.is_claimed),
        explanation=explanation(
            mastery, language_by_script(stored.concept), is_claimed=stored.is_claimed
        ),
        is_claimed=stored.is_claimed,
    )


def _mean(concept: StoredConcept, means: Mapping[UUID, tuple[int, float]]) -> ConceptMean:
    count, mean = means.get(concept.id, (0, 0.0))
    if count < SMALLEST_GROUP:
        return ConceptMean(concept.id, concept.name, None, None)
    return ConceptMean(concept.id, concept.name, count, round(mean, 4))
