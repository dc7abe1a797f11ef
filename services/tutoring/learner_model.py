"""What the tutor knows of a learner: concepts, how well they are known, what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ai.retrieval.terms import terms_of
from pedagogy.grading.folding import fold
from pedagogy.mastery.concepts import WEAK_BELOW, ConceptGraph
from pedagogy.mastery.knowledge_tracing import Mastery, not_yet_seen
from pedagogy.mastery.levels import level_of
from pedagogy.mastery.practice import suggestions
from storage.repositories.concepts import ConceptRepository, StoredConcept
from storage.repositories.masteries import MasteryRepository

MOST_TOLD: Final = 6
"""Concepts that a chat model is told of at one turn."""


@dataclass(frozen=True, slots=True)
class KnownConcept:
    """A concept as a prompt names it, with what should be learned before it."""

    name: str
    level: str
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LearnerModel:
    """The beliefs about one learner in one course.

    Attributes:
        concepts: In the order of the course.
        known: By the id of the concept, as text.
        order: Folded names, best to practise first; mastered ones are left out.
    """

    learner_id: UUID
    concepts: tuple[StoredConcept, ...] = ()
    known: dict[str, Mastery] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    weak_before: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By folded name: names of the prerequisites that are not known yet."""

    @property
    def last_place(self) -> int:
        """The rank of what need not be practised."""
        return len(self.order)

    def place_of(self, concept: str) -> int:
        """How soon a concept should be practised, from 0."""
        key = fold(concept)
        return self.order.index(key) if key in self.order else self.last_place

    def known_of(self, concept: str) -> float:
        """How likely it is known; what nobody knows of is as likely as for anybody."""
        key = fold(concept)
        found = next((one for one in self.concepts if one.key == key), None)
        mastery = None if found is None else self.known.get(str(found.id))
        return (mastery or not_yet_seen()).probability

    def about(self, text: str) -> tuple[KnownConcept, ...]:
        """The concepts that a text names, with what stands in their way; else the weakest ones.

        Nothing is told of somebody who has not answered anything yet.
        """
        if not self.known:
            return ()
        said = set(terms_of(text))
        named = [one for one in self.concepts if _is_named(one.name, said)]
        if not named:
            named = [
                one
                for one in self.concepts
                if (mastery := self.known.get(str(one.id))) and mastery.probability < WEAK_BELOW
            ]
        return tuple(
            KnownConcept(one.name, self._level(one), self.weak_before.get(one.key, ()))
            for one in named[:MOST_TOLD]
        )

    def in_the_way_of(self, text: str) -> tuple[str, ...]:
        """Names of prerequisites, not known yet, of what a text names."""
        names = (name for concept in self.about(text) for name in concept.before)
        return tuple(dict.fromkeys(names))

    def _level(self, concept: StoredConcept) -> str:
        return level_of(self.known.get(str(concept.id)) or not_yet_seen()).value


async def learner_model(session: AsyncSession, course_id: UUID, learner_id: UUID) -> LearnerModel:
    """What is believed of a learner now; two small queries."""
    concepts = await ConceptRepository(session).of_course(course_id)
    stored = await MasteryRepository(session).of_learner(learner_id, course_id)
    known = {str(one.concept_id): Mastery(one.probability, one.answer_count) for one in stored}
    return modelled(learner_id, concepts, known)


def modelled(
    learner_id: UUID, concepts: Sequence[StoredConcept], known: dict[str, Mastery]
) -> LearnerModel:
    """The model of a learner with these beliefs."""
    graph = ConceptGraph({str(one.id): map(str, one.prerequisites) for one in concepts})
    by_id = {str(one.id): one for one in concepts}
    found = suggestions(graph, known)
    return LearnerModel(
        learner_id,
        tuple(concepts),
        known,
        tuple(by_id[one.concept].key for one in found),
        {
            by_id[one.concept].key: tuple(by_id[needed].name for needed in one.weak_prerequisites)
            for one in found
        },
    )


def _is_named(name: str, said: set[str]) -> bool:
    terms = set(terms_of(name))
    return bool(terms) and terms <= said
