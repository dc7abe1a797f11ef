"""Where somebody and the tutor are in a conversation, for who reads it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.languages import language_by_script
from pedagogy.modes.policy import ModePolicy, TutorMode
from pedagogy.modes.states import ProblemState
from pedagogy.modes.stock_words import missing_for_solution
from pedagogy.modes.typed_answers import posed
from services.access import CourseAccess, Permission, authorise
from services.actors import Actor
from services.learning.quizzes import entered_quiz
from services.tutoring.problems import own_problem
from storage.errors import NotFoundError
from storage.repositories.problem_states import ProblemStateRepository
from storage.repositories.tutor_states import StoredTutorState, TutorStateRepository


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """The problem that a conversation is at.

    Attributes:
        text: Markdown, without the key.
        quiz_id: None for one that the learner brought, as `question_id`.
        is_open: Whether the solution is still theirs to find.
        may_be_shown: Whether the solution may be asked for now.
        missing: What it waits for, in words; empty where for nothing.
    """

    text: str
    quiz_id: UUID | None
    question_id: str | None
    hints: int
    answers: int
    is_open: bool
    may_be_shown: bool
    missing: str


@dataclass(frozen=True, slots=True)
class TutorView:
    """The way of teaching in a conversation, and its problem."""

    mode: TutorMode
    problem: OpenProblem | None = None


async def tutor_view(
    session: AsyncSession, actor: Actor, conversation_id: UUID, course_id: UUID
) -> TutorView:
    """The state of one's own conversation; the scope is its course's from here on.

    Raises:
        NotFoundError: the actor is not in the course any more.
    """
    access = await authorise(
        session, actor, course_id, Permission.READ, subject=("conversation", conversation_id)
    )
    stored = await TutorStateRepository(session).read(conversation_id)
    if stored is None:
        return TutorView(access.modes.default)
    mode = TutorMode(stored.mode)
    kept = mode if mode in access.modes.allowed else access.modes.default
    return TutorView(kept, await _problem(session, actor, access, stored))


async def _problem(
    session: AsyncSession, actor: Actor, access: CourseAccess, stored: StoredTutorState
) -> OpenProblem | None:
    state = ProblemState("", stored.hints, stored.answers, 0, stored.is_solved, stored.is_shown)
    if stored.problem is not None:
        problem = own_problem(stored.problem)
        return None if problem is None else _view(posed(problem.question), state, access.modes)
    if stored.quiz_id is None or stored.question_id is None:
        return None
    try:
        quiz = await entered_quiz(session, actor, stored.quiz_id, Permission.READ)
    except NotFoundError:
        return None
    question = quiz.counting.get(stored.question_id)
    if question is None:
        return None
    problems = ProblemStateRepository(session)
    found = await problems.read(actor.user_id, stored.quiz_id, stored.question_id)
    state = ProblemState(
        stored.question_id, found.hints, found.answers, 0, found.is_solved, found.is_shown
    )
    return _view(posed(question), state, access.modes, quiz.id)


def _view(
    text: str, state: ProblemState, policy: ModePolicy, quiz_id: UUID | None = None
) -> OpenProblem:
    return OpenProblem(
        text=text,
        quiz_id=quiz_id,
        question_id=state.problem_id or None,
        hints=state.hints,
        answers=state.attempts,
        is_open=state.is_open,
        may_be_shown=state.may_be_shown(policy),
        missing=missing_for_solution(state, policy, language_by_script(text)),
    )
