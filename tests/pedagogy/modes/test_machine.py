"""Modes move as their rules say, and no way round leads to a solution."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.languages import SpokenLanguage
from pedagogy.modes.errors import ModeNotAllowedError
from pedagogy.modes.machine import changed_mode, next_turn
from pedagogy.modes.policy import ModePolicy, TutorMode
from pedagogy.modes.states import RUNGS, LearnerMove, ProblemState, Turn, TutorMove, TutorState
from pedagogy.modes.stock_words import missing_for_solution

POLICY = ModePolicy()


def played(mode: TutorMode, *moves: LearnerMove, policy: ModePolicy = POLICY) -> list[Turn]:
    state, turns = TutorState(mode), []
    for move in (LearnerMove.TAKE_PROBLEM, *moves):
        turn = next_turn(state, move, policy, "p1")
        state = turn.state
        turns.append(turn)
    return turns


def missing(turn: Turn, policy: ModePolicy = POLICY, language: SpokenLanguage = "en") -> str:
    """What the solution of the turn's problem waits for."""
    assert turn.state.problem is not None
    return missing_for_solution(turn.state.problem, policy, language)


def test_the_ladder_climbs_one_rung_at_a_time_and_stays_on_the_last() -> None:
    turns = played(TutorMode.HINTS, *[LearnerMove.ASK_HINT] * (RUNGS + 2))

    assert [turn.hint_level for turn in turns] == [0, 1, 2, 3, 4, 4, 4]


def test_a_solution_waits_for_two_hints_and_an_attempt() -> None:
    ask, hint, wrong = LearnerMove.ASK_SOLUTION, LearnerMove.ASK_HINT, LearnerMove.ANSWER_WRONG

    turns = played(TutorMode.EXPLAIN, ask, hint, ask, hint, ask, wrong, ask)

    assert [turn.move for turn in turns if turn.move is not TutorMove.HINT] == [
        TutorMove.ASK_BACK,
        TutorMove.REFUSE_SOLUTION,
        TutorMove.REFUSE_SOLUTION,
        TutorMove.REFUSE_SOLUTION,
        TutorMove.CHECK,
        TutorMove.SHOW_SOLUTION,
    ]
    assert missing(turns[1]) == "The solution waits for 2 more hints and 1 answer of your own."
    assert missing(turns[5]) == "The solution waits for 1 answer of your own."
    assert missing(turns[1], language="hi") == "हल के लिए अभी चाहिए: 2 और संकेत और आपका 1 उत्तर।"


def test_a_course_may_show_no_solutions_at_all() -> None:
    policy = ModePolicy(shows_solutions=False)
    moves = [LearnerMove.ASK_HINT] * 9 + [LearnerMove.ANSWER_WRONG] * 9

    *_, last = played(TutorMode.HINTS, *moves, LearnerMove.ASK_SOLUTION, policy=policy)

    assert last.move is TutorMove.REFUSE_SOLUTION
    assert "not shown in this course" in missing(last, policy)
    assert "नहीं दिखाए जाते" in missing(last, policy, "hi")


@pytest.mark.parametrize(
    ("mode", "move", "expected"),
    [
        (TutorMode.EXPLAIN, LearnerMove.ASK, TutorMove.EXPLAIN),
        (TutorMode.SIMPLER, LearnerMove.ASK, TutorMove.SIMPLIFY),
        (TutorMode.DEEPER, LearnerMove.ASK, TutorMove.DEEPEN),
        (TutorMode.WORKED_EXAMPLE, LearnerMove.ASK, TutorMove.WORK_EXAMPLE),
        (TutorMode.CHECK_MY_WORK, LearnerMove.ASK, TutorMove.CHECK),
        (TutorMode.PLAN, LearnerMove.ASK, TutorMove.PLAN),
        (TutorMode.SOCRATIC, LearnerMove.ASK, TutorMove.ASK_BACK),
        (TutorMode.QUIZ_ME, LearnerMove.ASK, TutorMove.ASK_BACK),
        (TutorMode.HINTS, LearnerMove.ASK, TutorMove.HINT),
        (TutorMode.HINTS, LearnerMove.ANSWER_WRONG, TutorMove.HINT),
        (TutorMode.SOCRATIC, LearnerMove.ANSWER_WRONG, TutorMove.ASK_BACK),
        (TutorMode.EXPLAIN, LearnerMove.ANSWER_WRONG, TutorMove.CHECK),
        (TutorMode.QUIZ_ME, LearnerMove.ANSWER_RIGHT, TutorMove.CONFIRM),
    ],
)
def test_each_mode_answers_in_its_way(
    mode: TutorMode, move: LearnerMove, expected: TutorMove
) -> None:
    assert played(mode, move)[-1].move is expected


def test_a_socratic_tutor_hints_when_questions_do_not_help() -> None:
    turns = played(TutorMode.SOCRATIC, *[LearnerMove.ASK] * 3)

    assert [turn.move for turn in turns[1:]] == [
        TutorMove.ASK_BACK,
        TutorMove.ASK_BACK,
        TutorMove.HINT,
    ]


def test_changing_the_mode_or_taking_the_problem_again_resets_nothing() -> None:
    state = played(TutorMode.HINTS, LearnerMove.ASK_HINT)[-1].state

    changed = changed_mode(state, TutorMode.EXPLAIN, POLICY)
    again = next_turn(changed, LearnerMove.TAKE_PROBLEM, POLICY, "p1").state

    assert again.problem == ProblemState("p1", hints=1)


def test_a_mode_that_the_course_leaves_out_is_refused() -> None:
    policy = ModePolicy(allowed=(TutorMode.HINTS, TutorMode.SOCRATIC), default=TutorMode.HINTS)

    with pytest.raises(ModeNotAllowedError, match="hints, socratic"):
        policy.admitted(TutorMode.EXPLAIN)

    assert policy.admitted(None) is TutorMode.HINTS


@pytest.mark.parametrize(
    "values",
    [{"allowed": (TutorMode.HINTS,)}, {"hints_before_solution": -1}],
)
def test_a_policy_that_contradicts_itself_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"default|more"):
        ModePolicy(**values)  # type: ignore[arg-type]


moves = st.lists(st.tuples(st.sampled_from(LearnerMove), st.sampled_from(TutorMode)), max_size=30)


@given(moves, st.integers(0, 4), st.integers(0, 3), st.booleans())
def test_no_sequence_of_moves_shows_a_solution_before_its_time(
    sequence: list[tuple[LearnerMove, TutorMode]], hints: int, attempts: int, shows: bool
) -> None:
    policy = ModePolicy(
        hints_before_solution=hints, attempts_before_solution=attempts, shows_solutions=shows
    )
    state = next_turn(TutorState(TutorMode.HINTS), LearnerMove.TAKE_PROBLEM, policy, "p1").state

    for move, mode in sequence:
        turn = next_turn(changed_mode(state, mode, policy), move, policy, "p1")
        before, state = state.problem, turn.state
        assert before is not None
        if turn.move is TutorMove.SHOW_SOLUTION:
            assert shows
            assert (before.hints >= hints, before.attempts >= attempts) == (True, True)
        elif before.is_open and move is not LearnerMove.ANSWER_RIGHT:
            assert turn.is_guarded
