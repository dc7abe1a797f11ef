"""Where a learner and the tutor are: the problem, its hints and attempts, and what each may do."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from pedagogy.modes.policy import ModePolicy, TutorMode

RUNGS: Final = 4
"""Hints of a problem: where to look, what to use, how to begin, the plan. Then the solution.

Source: K. VanLehn, "The Behavior of Tutoring Systems", International Journal of Artificial
Intelligence in Education 16, 2006: pointing, teaching and bottom-out hints.
"""
QUESTIONS_PER_STEP: Final = 3
"""A Socratic step that is not answered after so many questions gets a hint."""


class LearnerMove(StrEnum):
    """What a learner does."""

    ASK = "ask"
    """Says or asks something."""
    TAKE_PROBLEM = "take_problem"
    """Turns to a problem, which begins anew."""
    ASK_HINT = "ask_hint"
    ANSWER_RIGHT = "answer_right"
    """Their answer was graded, and it is right."""
    ANSWER_WRONG = "answer_wrong"
    ASK_SOLUTION = "ask_solution"
    """Wants to be told, or gives up."""


class TutorMove(StrEnum):
    """What the tutor does next."""

    EXPLAIN = "explain"
    SIMPLIFY = "simplify"
    DEEPEN = "deepen"
    WORK_EXAMPLE = "work_example"
    """Works a problem that is like the learner's, never the same."""
    ASK_BACK = "ask_back"
    HINT = "hint"
    CHECK = "check"
    """Says which line is right so far, and where to look again."""
    POSE = "pose"
    """Poses a stored question."""
    CONFIRM = "confirm"
    REFUSE_SOLUTION = "refuse_solution"
    SHOW_SOLUTION = "show_solution"
    PLAN = "plan"


GUARDED_MOVES: Final = frozenset(TutorMove) - {TutorMove.SHOW_SOLUTION, TutorMove.CONFIRM}
"""Moves whose reply must not give the key of an open problem away."""


@dataclass(frozen=True, slots=True)
class ProblemState:
    """How far a learner is with a problem.

    Attributes:
        problem_id: Names the problem whose key is guarded.
        hints: Hints given.
        attempts: Answers of the learner's own.
        questions: Questions asked back since the last hint or attempt.
        is_solved: Whether an answer was right.
        is_shown: Whether the solution was shown.
    """

    problem_id: str
    hints: int = 0
    attempts: int = 0
    questions: int = 0
    is_solved: bool = False
    is_shown: bool = False

    @property
    def is_open(self) -> bool:
        """Whether its key is to be guarded."""
        return not (self.is_solved or self.is_shown)

    def may_be_shown(self, policy: ModePolicy) -> bool:
        """Whether its solution may be shown now."""
        if not self.is_open:
            return True
        return (
            policy.shows_solutions
            and self.hints >= policy.hints_before_solution
            and self.attempts >= policy.attempts_before_solution
        )


@dataclass(frozen=True, slots=True)
class TutorState:
    """The state that the server keeps of a conversation.

    Attributes:
        problem: None while nothing is to be solved.
    """

    mode: TutorMode
    problem: ProblemState | None = None

    def with_problem(self, problem: ProblemState) -> "TutorState":
        """The state with the problem as it is now."""
        return replace(self, problem=problem)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the tutor is to do, and the state after it.

    Attributes:
        hint_level: 1 to `RUNGS` for a hint; 0 otherwise.
    """

    move: TutorMove
    state: TutorState
    hint_level: int = 0

    @property
    def is_guarded(self) -> bool:
        """Whether the reply is to be held against the problem's key before it is sent."""
        problem = self.state.problem
        return problem is not None and problem.is_open and self.move in GUARDED_MOVES
