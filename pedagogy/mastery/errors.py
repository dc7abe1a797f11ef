"""What can be wrong with a course's concepts.

```
ConceptError              fix the request
├── ConceptCycleError     concepts would each need the other first
└── UnknownConceptError   a prerequisite names no concept of the course
```
"""

from collections.abc import Sequence
from typing import ClassVar


class ConceptError(Exception):
    """Concepts and prerequisites that make no order of learning."""

    code: ClassVar[str] = "concepts_invalid"


class ConceptCycleError(ConceptError):
    """A concept would be its own prerequisite.

    Attributes:
        cycle: The concepts on the way round, the first one again at the end.
    """

    code = "concept_cycle"

    def __init__(self, cycle: Sequence[str]) -> None:
        super().__init__(f"These need one another first: {' -> '.join(cycle)}. Remove one of them.")
        self.cycle = tuple(cycle)


class UnknownConceptError(ConceptError):
    """A prerequisite that is no concept."""

    code = "concept_unknown"

    def __init__(self, concept: str) -> None:
        super().__init__(f"{concept!r} is no concept of this course; add it first.")
        self.concept = concept
