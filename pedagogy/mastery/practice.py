"""What to practise next: the outer fringe of what is known, least known first.

Sources: J.-P. Doignon and J.-C. Falmagne, "Spaces for the assessment of knowledge", International
Journal of Man-Machine Studies 23, 1985 (the fringe: concepts whose prerequisites are known);
B. S. Bloom, "Learning for Mastery", 1968 (going on once it is mastered); D. Rohrer and K. Taylor,
"The shuffling of mathematics problems improves learning", Instructional Science 35, 2007 (concepts
take turns).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pedagogy.mastery.concepts import WEAK_BELOW, ConceptGraph
from pedagogy.mastery.knowledge_tracing import Mastery, not_yet_seen


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A concept to practise, and why."""

    concept: str
    mastery: Mastery
    weak_prerequisites: tuple[str, ...]
    """What to practise first; empty where nothing stands in the way."""


def suggestions(graph: ConceptGraph, known: Mapping[str, Mastery]) -> list[Suggestion]:
    """The concepts that are not mastered, best to practise first.

    Those with nothing in the way come first; among them the one whose practice is expected to
    teach most: least known, with most concepts waiting behind it.
    """
    open_ones = [
        Suggestion(concept, mastery, graph.weak_prerequisites(concept, known))
        for concept in graph.order
        if not (mastery := known.get(concept) or not_yet_seen()).is_mastered
    ]
    return sorted(open_ones, key=lambda suggestion: _rank(graph, suggestion))


def is_ready(graph: ConceptGraph, concept: str, known: Mapping[str, Mastery]) -> bool:
    """Whether every prerequisite is more likely known than weak."""
    return all(
        (mastery := known.get(needed)) is not None and mastery.probability >= WEAK_BELOW
        for needed in graph.prerequisites(concept)
    )


def _rank(graph: ConceptGraph, suggestion: Suggestion) -> tuple[int, float]:
    to_learn = 1 - suggestion.mastery.probability
    waiting = 1 + graph.dependent_count(suggestion.concept)
    return len(suggestion.weak_prerequisites), -to_learn * waiting
