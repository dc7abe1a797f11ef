"""Whether two formulas are the same function: the question, and what may answer it."""

from enum import StrEnum
from typing import Protocol

from pedagogy.grading.formulas import Formula


class Likeness(StrEnum):
    """How two formulas compare, as real functions of real variables."""

    SYMBOLIC = "symbolic"
    """Equal: their difference simplifies to zero."""
    NUMERIC = "numeric"
    """Equal to 30 digits at every point tried where both are real; not proved."""
    DIFFERENT = "different"
    """They differ at a point where both are real."""
    UNDECIDED = "undecided"
    """Neither could be shown within the bounds of time, memory and size."""

    @property
    def is_equal(self) -> bool:
        """Whether the two count as equal."""
        return self in {Likeness.SYMBOLIC, Likeness.NUMERIC}


class Algebra(Protocol):
    """Compares formulas.

    Formulas are equal where they agree at all points at which both are real numbers, so
    `2*ln(x)` equals `ln(x^2)`. Any pair of formulas of the grammar gets an answer within a bound
    of time; none makes it raise. May block: call it in a thread from an event loop.
    """

    def compare(self, left: Formula, right: Formula) -> Likeness:
        """How the two compare."""
        ...
