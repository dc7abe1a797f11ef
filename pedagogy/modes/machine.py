"""The moves of the tutor, by mode: pure transitions from a learner's move to the tutor's."""

from dataclasses import replace
from typing import Final

from pedagogy.modes.policy import ModePolicy, TutorMode
from pedagogy.modes.states import (
    QUESTIONS_PER_STEP,
    RUNGS,
    LearnerMove,
    ProblemState,
    Turn,
    TutorMove,
    TutorState,
)

_OWN_MOVE: Final = {
    TutorMode.EXPLAIN: TutorMove.EXPLAIN,
    TutorMode.SIMPLER: TutorMove.SIMPLIFY,
    TutorMode.DEEPER: TutorMove.DEEPEN,
    TutorMode.WORKED_EXAMPLE: TutorMove.WORK_EXAMPLE,
    TutorMode.CHECK_MY_WORK: TutorMove.CHECK,
    TutorMode.QUIZ_ME: TutorMove.POSE,
    TutorMode.PLAN: TutorMove.PLAN,
    TutorMode.SOCRATIC: TutorMove.ASK_BACK,
    TutorMode.HINTS: TutorMove.ASK_BACK,
}
"""What a mode does where no problem is open."""


def changed_mode(state: TutorState, wanted: TutorMode, policy: ModePolicy) -> TutorState:
    """The state in another mode; a problem stays as far as it was, so that no mode is a way round.

    Raises:
        ModeNotAllowedError: The policy leaves the mode out.
    """
    return replace(state, mode=policy.admitted(wanted))


def next_turn(
    state: TutorState, move: LearnerMove, policy: ModePolicy, problem_id: str = ""
) -> Turn:
    """What the tutor does upon a learner's move.

    Args:
        state: Where they are.
        move: What the learner does.
        policy: Of the course.
        problem_id: The problem that `TAKE_PROBLEM` turns to.
    """
    if move is LearnerMove.TAKE_PROBLEM:
        return _taken(state, problem_id)
    problem = state.problem
    if problem is None or not problem.is_open:
        return Turn(_OWN_MOVE[state.mode], state)
    match move:
        case LearnerMove.ANSWER_RIGHT:
            solved = replace(problem, attempts=problem.attempts + 1, questions=0, is_solved=True)
            return Turn(TutorMove.CONFIRM, state.with_problem(solved))
        case LearnerMove.ANSWER_WRONG:
            return _after_wrong_answer(state, problem)
        case LearnerMove.ASK_HINT:
            return _hinted(state, problem)
        case LearnerMove.ASK_SOLUTION:
            return _solution(state, problem, policy)
        case _:
            return _talked(state, problem)


def _taken(state: TutorState, problem_id: str) -> Turn:
    if state.problem is not None and state.problem.problem_id == problem_id:
        return Turn(_begin_move(state.mode), state)  # taken again, it does not begin anew
    fresh = replace(state, problem=ProblemState(problem_id))
    return Turn(_begin_move(state.mode), fresh)


def _begin_move(mode: TutorMode) -> TutorMove:
    return TutorMove.POSE if mode is TutorMode.QUIZ_ME else TutorMove.ASK_BACK


def _hinted(state: TutorState, problem: ProblemState) -> Turn:
    level = min(problem.hints + 1, RUNGS)
    hinted = replace(problem, hints=problem.hints + 1, questions=0)
    return Turn(TutorMove.HINT, state.with_problem(hinted), hint_level=level)


def _after_wrong_answer(state: TutorState, problem: ProblemState) -> Turn:
    """What is wrong is looked at first; the ladder goes on where the learner climbs it."""
    attempted = replace(problem, attempts=problem.attempts + 1, questions=0)
    if state.mode is TutorMode.HINTS:
        return _hinted(state, attempted)
    move = TutorMove.ASK_BACK if state.mode is TutorMode.SOCRATIC else TutorMove.CHECK
    return Turn(move, state.with_problem(attempted))


def _solution(state: TutorState, problem: ProblemState, policy: ModePolicy) -> Turn:
    if problem.may_be_shown(policy):
        return Turn(TutorMove.SHOW_SOLUTION, state.with_problem(replace(problem, is_shown=True)))
    return Turn(TutorMove.REFUSE_SOLUTION, state)


def _talked(state: TutorState, problem: ProblemState) -> Turn:
    """Talk about an open problem: each mode in its way, none of which tells the answer."""
    match state.mode:
        case TutorMode.HINTS:
            return _hinted(state, problem)
        case TutorMode.SOCRATIC if problem.questions + 1 >= QUESTIONS_PER_STEP:
            return _hinted(state, problem)
        case TutorMode.SOCRATIC | TutorMode.QUIZ_ME:
            asked = replace(problem, questions=problem.questions + 1)
            return Turn(TutorMove.ASK_BACK, state.with_problem(asked))
        case _:
            return Turn(_OWN_MOVE[state.mode], state)
