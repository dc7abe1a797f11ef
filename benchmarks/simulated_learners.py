"""Learners with known truth: they know a concept or not, learn by answering, slip and guess."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pedagogy.mastery.concepts import ConceptGraph
from pedagogy.mastery.knowledge_tracing import KnowledgeParameters

UNREADY_SHARE = 0.2
"""How much less is learned at a concept while one of its prerequisites is not known."""


@dataclass(slots=True)
class SimulatedLearner:
    """A learner whose knowledge can be looked at.

    Attributes:
        graph: The concepts of the course.
        truth: The real parameters of each concept, which the model under test does not see.
        draw: Where chance comes from.
        known: The concepts that are really known.
    """

    graph: ConceptGraph
    truth: Mapping[str, KnowledgeParameters]
    draw: random.Random
    known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Draws what is known before the first answer, prerequisites first."""
        for concept in self.graph.order:
            if self._is_ready(concept) and self.draw.random() < self.truth[concept].prior:
                self.known.add(concept)

    def answer(self, concept: str) -> bool:
        """Whether an answer is right; afterwards the concept may have been learned."""
        parameters = self.truth[concept]
        if concept in self.known:
            return self.draw.random() >= parameters.slip
        is_right = self.draw.random() < parameters.guess
        readiness = 1.0 if self._is_ready(concept) else UNREADY_SHARE
        if self.draw.random() < parameters.learn * readiness:
            self.known.add(concept)
        return is_right

    def _is_ready(self, concept: str) -> bool:
        return all(needed in self.known for needed in self.graph.prerequisites(concept))


def layered_course(layers: int, width: int) -> ConceptGraph:
    """A course of layers; each concept needs two of the layer before."""
    needs: dict[str, Sequence[str]] = {}
    for layer in range(layers):
        for place in range(width):
            before = [f"{layer - 1}.{(place + step) % width}" for step in (0, 1)]
            needs[f"{layer}.{place}"] = before if layer else []
    return ConceptGraph(needs)


def drawn_truth(graph: ConceptGraph, draw: random.Random) -> dict[str, KnowledgeParameters]:
    """Real parameters of one learner, of whom some are quick and some know much before."""
    pace, schooling = draw.uniform(0.5, 1.6), draw.uniform(0.1, 0.5)
    return {
        concept: KnowledgeParameters(
            prior=schooling,
            learn=min(0.9, draw.uniform(0.1, 0.3) * pace),
            guess=draw.uniform(0.05, 0.3),
            slip=draw.uniform(0.03, 0.15),
        )
        for concept in graph.order
    }
