"""What a course lets its tutor do, and when a solution may be shown.

Source: H. Bastani et al., "Generative AI without guardrails can harm learning: Evidence from high
school mathematics", PNAS 122(26), 2025: pupils whose tutor gave answers did 17 % worse at the
exam than those without one; with a tutor that only hinted the harm was gone.
"""

from dataclasses import dataclass
from enum import StrEnum

from pedagogy.modes.errors import ModeNotAllowedError


class TutorMode(StrEnum):
    """Ways of teaching that a learner may choose."""

    EXPLAIN = "explain"
    SOCRATIC = "socratic"
    HINTS = "hints"
    QUIZ_ME = "quiz_me"
    CHECK_MY_WORK = "check_my_work"
    WORKED_EXAMPLE = "worked_example"
    SIMPLER = "simpler"
    DEEPER = "deeper"
    PLAN = "plan"


OF_THE_LEARNERS_WORK = frozenset(
    {
        TutorMode.SOCRATIC,
        TutorMode.HINTS,
        TutorMode.QUIZ_ME,
        TutorMode.CHECK_MY_WORK,
        TutorMode.PLAN,
    }
)
"""Modes in which the tutor asks, judges and plans: most of what it says stands on no source, and
what the learner says is no question that the course ought to answer."""


@dataclass(frozen=True, slots=True)
class ModePolicy:
    """The policy of a course.

    Attributes:
        allowed: The modes that learners may choose, in the order to show them in.
        default: The mode of a new conversation; one of them.
        hints_before_solution: Hints that a problem's solution waits for.
        attempts_before_solution: Attempts of one's own that it waits for.
        shows_solutions: Whether the tutor shows solutions at all.

    Raises:
        ValueError: The default is not allowed, or a count is negative.
    """

    allowed: tuple[TutorMode, ...] = tuple(TutorMode)
    default: TutorMode = TutorMode.EXPLAIN
    hints_before_solution: int = 2
    attempts_before_solution: int = 1
    shows_solutions: bool = True

    def __post_init__(self) -> None:
        """Refuses a policy that contradicts itself."""
        if self.default not in self.allowed:
            raise ValueError(f"the default mode {self.default} is not among those allowed")
        if self.hints_before_solution < 0 or self.attempts_before_solution < 0:
            raise ValueError("hints and attempts before a solution are 0 or more")

    def admitted(self, wanted: TutorMode | None) -> TutorMode:
        """The mode to teach in; the default where none is wanted.

        Raises:
            ModeNotAllowedError: It is left out.
        """
        if wanted is None:
            return self.default
        if wanted not in self.allowed:
            raise ModeNotAllowedError(wanted, self.allowed)
        return wanted
