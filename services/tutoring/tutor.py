"""The turns of the tutor: what a learner does, what the tutor does upon it, kept as rows."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from ai.retrieval.terms import terms_of
from pedagogy.grading.grade import Grade
from pedagogy.modes.machine import next_turn
from pedagogy.modes.moves import move_in
from pedagogy.modes.policy import TutorMode
from pedagogy.modes.states import LearnerMove, ProblemState, Turn, TutorMove, TutorState
from pedagogy.modes.typed_answers import answer_in
from services.answering.language import stock_language
from services.answering.questions import AcceptedQuestion
from services.errors import InvalidValueError
from services.learning.answer_grading import AnswerGrading
from services.tutoring.keeping import TurnKeeper
from services.tutoring.learner_model import LearnerModel, learner_model
from services.tutoring.problems import Problem, own_problem
from services.tutoring.server_words import opening_for, words_for
from services.tutoring.stored_problems import StoredProblems, name_of
from services.tutoring.turns import TutorTurn, turn_of
from storage.database import Database
from storage.repositories.attempts import AttemptRepository
from storage.repositories.tutor_states import StoredTutorState, TutorStateRepository

WORKS_ON_PROBLEMS = frozenset({TutorMode.HINTS, TutorMode.SOCRATIC, TutorMode.CHECK_MY_WORK})
"""Modes in which what a learner asks becomes a problem of theirs."""
SAME_MATTER = 0.34
"""Below this share of words in common, a question is about another problem than the open one."""
FEWEST_TERMS = 2


@dataclass(frozen=True, slots=True)
class Scene:
    """What the tutor knows before its turn.

    Attributes:
        state: As the row had it; None where there is none yet.
        problem: The one that is open, or that the learner turns to.
        is_taken: Whether they turn to it just now.
        grade: Of what they answered to it; None where they did not.
        model: What is believed of them.
        turn: The turn, where an earlier owner of the answer has settled it.
    """

    state: StoredTutorState | None
    problem: Problem | None
    is_taken: bool
    move: LearnerMove
    model: LearnerModel
    grade: Grade | None = None
    turn: TutorTurn | None = None

    def opens_own_problem(self, accepted: AcceptedQuestion) -> bool:
        """Whether what the learner asks becomes a problem, whose key has to be found."""
        is_free = self.turn is None and self.problem is None
        is_free = is_free and self.move is not LearnerMove.TAKE_PROBLEM
        return is_free and accepted.mode in WORKS_ON_PROBLEMS


class Tutor:
    """Reads where a learner is, grades what they answer, and settles what the tutor does."""

    def __init__(
        self, database: Database, grading: AnswerGrading, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._grading = grading
        self._clock = clock

    async def enter(self, accepted: AcceptedQuestion) -> Scene:
        """What the tutor knows before its turn; an answer to the open problem is graded.

        No connection is held while it is graded.

        Raises:
            StorageUnavailableError: the state could not be read.
        """
        async with self._database.transaction(accepted.scope) as session:
            scene = await self._scene(session, accepted)
        if scene.turn is not None or scene.is_taken or scene.problem is None:
            return scene
        return await self._answered(scene, accepted)

    async def settle(
        self, accepted: AcceptedQuestion, scene: Scene, own: Problem | None
    ) -> TutorTurn:
        """What the tutor does, kept with the state after it; for one answer the same each time.

        Args:
            accepted: the question.
            scene: what `enter` gave.
            own: the problem that the learner brings, where they do.

        Raises:
            StorageUnavailableError: it could not be kept.
        """
        if scene.turn is not None:
            return scene.turn
        learner_id, course_id = scene.model.learner_id, accepted.access.course_id
        async with self._database.transaction(accepted.scope) as session:
            await AttemptRepository(session).lock_learning(learner_id, course_id)
            states = TutorStateRepository(session)
            stored = await states.read(accepted.conversation_id)
            if stored is not None and stored.message_id == accepted.message_id and stored.turn:
                return turn_of(stored.turn)
            keeper = TurnKeeper(session, accepted, self._clock())
            problem = own or scene.problem
            before = await keeper.problem_state(
                stored, problem, is_new=scene.is_taken or own is not None
            )
            made = _made(accepted, scene, before, is_own=own is not None)
            turn, following = await self._worded(session, accepted, scene, problem, made)
            worked_on = (problem, made.state.problem)
            await keeper.keep(following or (problem, made.state), turn, worked_on, scene.grade)
            return turn

    async def problem_of(self, accepted: AcceptedQuestion) -> Problem | None:
        """The problem that is open in a conversation, for replies outside of the modes."""
        async with self._database.transaction(accepted.scope) as session:
            stored = await TutorStateRepository(session).read(accepted.conversation_id)
            problems = StoredProblems(session, accepted.access)
            return await _current(problems, stored, self._clock())

    async def _scene(self, session: AsyncSession, accepted: AcceptedQuestion) -> Scene:
        now, user_id = self._clock(), accepted.scope.user_id
        assert user_id is not None  # noqa: S101 - who asks has an account
        stored = await TutorStateRepository(session).read(accepted.conversation_id)
        model = await learner_model(session, accepted.access.course_id, user_id)
        problems = StoredProblems(session, accepted.access)
        current = await _current(problems, stored, now)
        if stored is not None and stored.turn and _is_told_again(stored, accepted):
            turn = turn_of(stored.turn)
            return Scene(stored, current, False, LearnerMove.ASK, model, turn=turn)
        asked = accepted.question
        move = asked.move or move_in(asked.text)
        taken = await _taken(problems, accepted, current, move, model, now)
        if taken is not None:
            return Scene(stored, taken, True, LearnerMove.TAKE_PROBLEM, model)
        if current is not None and _leaves(accepted, current, move):
            current = None
        return Scene(stored, current, False, move or LearnerMove.ASK, model)

    async def _answered(self, scene: Scene, accepted: AcceptedQuestion) -> Scene:
        """The scene with the grade of what was answered, if anything was."""
        problem, text = scene.problem, accepted.question.text
        assert problem is not None  # noqa: S101 - asked with a problem only
        is_silent = accepted.question.move is not None or move_in(text) is not None
        answer = (
            None if is_silent or problem.origin == "none" else answer_in(problem.question, text)
        )
        if answer is None:
            return scene
        question = problem.question
        try:
            grades = await self._grading.grades({question.id: question}, {question.id: answer})
        except InvalidValueError:
            return scene  # it reads as no answer, so it is talk
        grade = grades[question.id]
        move = LearnerMove.ANSWER_RIGHT if grade.is_right else LearnerMove.ANSWER_WRONG
        return replace(scene, move=move, grade=grade)

    async def _worded(
        self,
        session: AsyncSession,
        accepted: AcceptedQuestion,
        scene: Scene,
        problem: Problem | None,
        made: Turn,
    ) -> tuple[TutorTurn, tuple[Problem, TutorState] | None]:
        """The turn with what the server says itself, and the problem that follows, if one does."""
        following = None
        if made.move is TutorMove.CONFIRM and accepted.mode is TutorMode.QUIZ_ME and problem:
            problems = StoredProblems(session, accepted.access)
            current = name_of(problem)
            following = await problems.pick("", scene.model, current, self._clock())
        is_own = problem is not None and problem.origin != "quiz"
        stem = problem.question.stem if problem is not None else ""
        language = stock_language(accepted, stem)
        turn = TutorTurn(
            mode=accepted.mode,
            move=made.move,
            hint_level=made.hint_level,
            opening=opening_for(made.move, scene.grade, language),
            words=words_for(made, problem, scene.grade, following, accepted.access.modes, language),
            is_guarded=made.is_guarded,
            subject=stem,
            asked=asked_hash(accepted.question.text),
            is_own=is_own,
        )
        if following is None:
            return turn, None
        fresh = TutorState(accepted.mode, ProblemState(following.question.id))
        return turn, (following, fresh)


def asked_hash(text: str) -> str:
    """Tells whether a question is asked again."""
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _made(
    accepted: AcceptedQuestion, scene: Scene, before: ProblemState | None, *, is_own: bool
) -> Turn:
    """The tutor's turn by the machine; a problem that is just brought is worked on at once."""
    policy, mode = accepted.access.modes, accepted.mode
    state = TutorState(mode, before)
    if scene.is_taken and before is not None and not _is_asked_in_words(accepted):
        return Turn(TutorMove.POSE, state)
    if scene.is_taken or is_own:
        match mode:
            case TutorMode.HINTS:
                return next_turn(state, LearnerMove.ASK_HINT, policy)
            case TutorMode.SOCRATIC:
                return next_turn(state, LearnerMove.ASK, policy)
            case _:
                return Turn(TutorMove.CHECK, state)
    has_none = mode is TutorMode.QUIZ_ME and before is None
    if has_none or scene.move is LearnerMove.TAKE_PROBLEM:
        return Turn(TutorMove.POSE, state)
    return next_turn(state, scene.move, policy)


def _is_asked_in_words(accepted: AcceptedQuestion) -> bool:
    """Whether a stored problem was found by the learner's own words, which need no posing."""
    asked = accepted.question
    is_named = asked.takes is not None or asked.move is not None
    return not is_named and move_in(asked.text) is None and accepted.mode in WORKS_ON_PROBLEMS


def _is_told_again(stored: StoredTutorState, accepted: AcceptedQuestion) -> bool:
    """Whether the kept turn is this answer's, or that of the question that is answered anew."""
    if stored.message_id == accepted.message_id:
        return True
    kept = (stored.turn or {}).get("asked")
    return accepted.question.is_repeated and kept == asked_hash(accepted.question.text)


async def _current(
    problems: StoredProblems, stored: StoredTutorState | None, now: datetime
) -> Problem | None:
    """The problem that the state says is open."""
    if stored is None or stored.is_solved or stored.is_shown:
        return None
    if stored.quiz_id is not None and stored.question_id is not None:
        return await problems.find(stored.quiz_id, stored.question_id, now)
    return None if stored.problem is None else own_problem(stored.problem)


async def _taken(
    problems: StoredProblems,
    accepted: AcceptedQuestion,
    current: Problem | None,
    move: LearnerMove | None,
    model: LearnerModel,
    now: datetime,
) -> Problem | None:
    """The stored problem that the learner turns to; None where they stay, or bring their own."""
    asked = accepted.question
    if asked.takes is not None:
        return await problems.find(asked.takes.quiz_id, asked.takes.question_id, now)
    wants_next = move is LearnerMove.TAKE_PROBLEM
    if wants_next or (accepted.mode is TutorMode.QUIZ_ME and current is None):
        topic = "" if move is not None else asked.text
        return await problems.pick(topic, model, None if current is None else name_of(current), now)
    if move is None and accepted.mode in WORKS_ON_PROBLEMS:
        found = await problems.asked_by(asked.text, now)
        if found is not None and (current is None or name_of(found) != name_of(current)):
            return found
    return None


def _leaves(accepted: AcceptedQuestion, current: Problem, move: LearnerMove | None) -> bool:
    """Whether a learner who works on problems asks about another one than the open one.

    They gain nothing by it: what they ask becomes a problem, whose key is guarded too. A stored
    problem is not left by talk.
    """
    text = accepted.question.text
    is_own = current.origin != "quiz"
    if move is not None or accepted.mode not in WORKS_ON_PROBLEMS or not is_own:
        return False
    if not text.endswith("?"):
        return False
    said, known = set(terms_of(text)), set(terms_of(current.question.stem))
    return len(said) >= FEWEST_TERMS and len(said & known) < SAME_MATTER * len(said)
