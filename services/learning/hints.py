"""The hint ladder of a quiz's question: from its sources and explanation, without a chat model."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from content.languages import SpokenLanguage, language_by_script
from content.questions import AnyQuestion
from pedagogy.events.kinds import HintGiven
from pedagogy.grading.errors import UnreadableKeyError
from pedagogy.modes.guarded_keys import key_to_guard
from pedagogy.modes.leaks import guarded
from pedagogy.modes.machine import next_turn
from pedagogy.modes.policy import ModePolicy, TutorMode
from pedagogy.modes.states import LearnerMove, ProblemState, TutorMove, TutorState
from pedagogy.modes.stock_words import missing_for_solution, stock_hint
from services.access import Permission
from services.actors import Actor
from services.errors import WrongStateError
from services.learning.answer_grading import SupportOfPoints
from services.learning.events import tell
from services.learning.quizzes import OpenQuiz, entered_quiz
from storage.database import Database
from storage.errors import NotFoundError
from storage.repositories.attempts import AttemptRepository
from storage.repositories.problem_states import ProblemStateRepository

_LOOK_AT: Final[dict[SpokenLanguage, str]] = {"en": "Look at {place}.", "hi": "{place} देखिए।"}
_IS_ABOUT: Final[dict[SpokenLanguage, str]] = {
    "en": "This is about {concepts}.",
    "hi": "यह {concepts} के बारे में है।",
}


class HelpWanted(StrEnum):
    """What a learner asks for."""

    HINT = "hint"
    SOLUTION = "solution"


@dataclass(frozen=True, slots=True)
class Help:
    """What a learner is told about a question.

    Attributes:
        level: The rung of the hint, from 1; 0 for a solution, or one that is refused.
        text: The hint, the explanation of the solution, or what the solution waits for.
        key: The question with its key; None but for a solution.
    """

    move: TutorMove
    level: int
    text: str
    hints: int
    answers: int
    may_be_shown: bool
    key: dict[str, Any] | None = None


class HintService:
    """Gives hints to questions of quizzes for practice, and solutions when it is time."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def help(self, actor: Actor, quiz_id: UUID, question_id: str, wanted: HelpWanted) -> Help:
        """The next hint, or the solution once the policy of the course lets it be shown.

        Raises:
            NotFoundError: there is no such quiz or question for this actor.
            WrongStateError: the quiz keeps its key back, so it gives no hints either.
        """
        now = self._clock()
        async with self._database.transaction(actor.scope) as session:
            quiz = await entered_quiz(session, actor, quiz_id, Permission.READ)
            question = _question(quiz, question_id)
            if not quiz.shows_key(now):
                raise WrongStateError("This quiz gives no hints while its key is kept back.")
            course_id = quiz.access.course_id
            await AttemptRepository(session).lock_learning(actor.user_id, course_id)
            problems = ProblemStateRepository(session)
            stored = await problems.read(actor.user_id, quiz_id, question_id)
            before = ProblemState(
                question_id,
                hints=stored.hints,
                attempts=stored.answers,
                is_solved=stored.is_solved,
                is_shown=stored.is_shown,
            )
            helped, after = helped_with(question, before, wanted, quiz.access.modes)
            if after != before:
                await problems.put(
                    actor.user_id,
                    quiz_id,
                    question_id,
                    course_id,
                    hints=after.hints,
                    is_shown=after.is_shown,
                )
                event = _event(quiz_id, question_id, helped)
                await tell(session, course_id, actor.user_id, now, [event])
        return helped


def helped_with(
    question: AnyQuestion, problem: ProblemState, wanted: HelpWanted, policy: ModePolicy
) -> tuple[Help, ProblemState]:
    """What a learner is told under the policy of the course, and the state after it."""
    if not problem.is_open:
        return _told(question, problem, TutorMove.SHOW_SOLUTION, 0, policy), problem
    asked = LearnerMove.ASK_HINT if wanted is HelpWanted.HINT else LearnerMove.ASK_SOLUTION
    turn = next_turn(TutorState(TutorMode.HINTS, problem), asked, policy)
    after = turn.state.problem or problem
    return _told(question, after, turn.move, turn.hint_level, policy), after


def _told(
    question: AnyQuestion, problem: ProblemState, move: TutorMove, level: int, policy: ModePolicy
) -> Help:
    is_solution = move is TutorMove.SHOW_SOLUTION
    language = language_by_script(question.stem)
    match move:
        case TutorMove.HINT:
            said = hint_text(question, level, language)
        case TutorMove.SHOW_SOLUTION:
            said = question.explanation
        case _:
            said = missing_for_solution(problem, policy, language)
    key = question.model_dump(mode="json", exclude={"sources"}) if is_solution else None
    may_be_shown = problem.may_be_shown(policy)
    return Help(move, level, said, problem.hints, problem.attempts, may_be_shown, key)


def hint_text(question: AnyQuestion, level: int, language: SpokenLanguage) -> str:
    """The hint of a rung: where to look, what stands there, what it is about, the explanation.

    Each is held against the key; what would give it away is left out.
    """
    stock = stock_hint(level, language)
    source = question.sources[0] if question.sources else None
    match level:
        case 1 if source is not None:
            place = f"“{source.document_title}”" + (f", {source.place}" if source.place else "")
            written = _LOOK_AT[language].format(place=place)
        case 2 if source is not None:
            written = source.quote
        case 3 if question.concepts:
            about = _IS_ABOUT[language].format(concepts=", ".join(question.concepts))
            written = f"{about} {stock}"
        case 4 if question.explanation:
            written = question.explanation
        case _:
            written = stock
    try:
        key = key_to_guard(question)
    except UnreadableKeyError:
        return stock  # what cannot be read cannot be guarded
    support = SupportOfPoints({})
    return guarded(written, key, hint_level=level, support=support, language=language).text


def _event(quiz_id: UUID, question_id: str, helped: Help) -> HintGiven:
    if helped.move is TutorMove.SHOW_SOLUTION:
        return HintGiven(quiz_id=quiz_id, question_id=question_id, help="solution")
    return HintGiven(quiz_id=quiz_id, question_id=question_id, help="hint", level=helped.level)


def _question(quiz: OpenQuiz, question_id: str) -> AnyQuestion:
    question = quiz.counting.get(question_id)
    if question is None:
        raise NotFoundError("question", question_id)
    return question
