"""Concepts of a course in their order of learning."""

from collections.abc import Iterable, Mapping
from typing import Final

from pedagogy.mastery.errors import ConceptCycleError, UnknownConceptError
from pedagogy.mastery.knowledge_tracing import Mastery

WEAK_BELOW: Final = 0.6
"""A prerequisite less likely known than this stands in the way."""


class ConceptGraph:
    """Concepts by their ids, each with those that it needs first; there is no cycle.

    Args:
        prerequisites: For each concept the ids of its prerequisites; the order of concepts is the
            course's and decides where prerequisites do not.

    Raises:
        UnknownConceptError: A prerequisite is no concept.
        ConceptCycleError: Concepts need one another.
    """

    def __init__(self, prerequisites: Mapping[str, Iterable[str]]) -> None:
        self._needs = {concept: tuple(needed) for concept, needed in prerequisites.items()}
        for needed in self._needs.values():
            for concept in needed:
                if concept not in self._needs:
                    raise UnknownConceptError(concept)
        self._order = self._sorted()
        self._dependents = self._counted_dependents()

    @property
    def order(self) -> tuple[str, ...]:
        """Every concept after its prerequisites, else in the order of the course."""
        return self._order

    def prerequisites(self, concept: str) -> tuple[str, ...]:
        """What a concept needs first."""
        return self._needs[concept]

    def dependent_count(self, concept: str) -> int:
        """How many concepts need this one, at once or by way of others."""
        return self._dependents[concept]

    def weak_prerequisites(self, concept: str, known: Mapping[str, Mastery]) -> tuple[str, ...]:
        """What stands in the way of a concept, the first to learn first."""
        wanted: set[str] = set()
        waiting = list(self._needs[concept])
        while waiting:
            needed = waiting.pop()
            mastery = known.get(needed)
            if needed not in wanted and (mastery is None or mastery.probability < WEAK_BELOW):
                wanted.add(needed)
                waiting += self._needs[needed]
        return tuple(concept for concept in self._order if concept in wanted)

    def _sorted(self) -> tuple[str, ...]:
        """Depth first; what is met again on the way down closes a cycle."""
        done: dict[str, None] = {}
        for start in self._needs:
            path: dict[str, None] = {}  # in order, and quick to look up
            stack: list[tuple[str, bool]] = [(start, False)]
            while stack:
                concept, is_left = stack.pop()
                if is_left:
                    done[path.popitem()[0]] = None
                elif concept in path:
                    way = list(path)
                    raise ConceptCycleError([*way[way.index(concept) :], concept])
                elif concept not in done:
                    path[concept] = None
                    stack.append((concept, True))
                    stack += [(needed, False) for needed in reversed(self._needs[concept])]
        return tuple(done)

    def _counted_dependents(self) -> dict[str, int]:
        behind: dict[str, set[str]] = {concept: set() for concept in self._needs}
        for concept in reversed(self._order):
            for needed in self._needs[concept]:
                behind[needed] |= behind[concept] | {concept}
        return {concept: len(others) for concept, others in behind.items()}
