"""Keeps the turns of the tutor: the states of conversation and problem, and what happened."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pedagogy.events.kinds import HintGiven, LearningEvent, ProblemAnswered
from pedagogy.grading.grade import Grade
from pedagogy.mastery.knowledge_tracing import DEFAULT_PARAMETERS, Mastery, for_question
from pedagogy.modes.states import ProblemState, TutorMove, TutorState
from services.answering.questions import AcceptedQuestion
from services.learning.events import estimated_events, tell
from services.learning.tracing import MasteryTracer, Practised
from services.tutoring.problems import Problem
from services.tutoring.turns import TutorTurn
from storage.repositories.problem_states import ProblemStateRepository, ToldInChat
from storage.repositories.tutor_states import StoredTutorState, TutorStateRepository


class TurnKeeper:
    """Reads and writes the states of one learner, who is locked, in one transaction."""

    def __init__(self, session: AsyncSession, accepted: AcceptedQuestion, now: datetime) -> None:
        assert accepted.scope.user_id is not None  # noqa: S101 - who asks has an account
        self._session = session
        self._accepted = accepted
        self._learner_id = accepted.scope.user_id
        self._course_id = accepted.access.course_id
        self._problems = ProblemStateRepository(session)
        self._now = now

    async def problem_state(
        self, stored: StoredTutorState | None, problem: Problem | None, *, is_new: bool
    ) -> ProblemState | None:
        """How far the learner is with a problem, wherever they worked on it."""
        if problem is None:
            return None
        question_id = problem.question.id
        if problem.quiz_id is not None:
            found = await self._problems.read(self._learner_id, problem.quiz_id, question_id)
            return ProblemState(
                question_id,
                hints=found.hints,
                attempts=found.answers,
                questions=0 if is_new or stored is None else stored.questions,
                is_solved=found.is_solved,
                is_shown=found.is_shown,
            )
        if is_new or stored is None:
            return ProblemState(question_id)
        return ProblemState(
            question_id,
            hints=stored.hints,
            attempts=stored.answers,
            questions=stored.questions,
            is_solved=stored.is_solved,
            is_shown=stored.is_shown,
        )

    async def keep(
        self,
        after: tuple[Problem | None, TutorState],
        turn: TutorTurn,
        worked_on: tuple[Problem | None, ProblemState | None],
        grade: Grade | None,
    ) -> None:
        """Keeps the turn, the state after it, and what was done about the problem.

        Args:
            after: the problem that the conversation is at now, and its state.
            turn: what the tutor does.
            worked_on: the problem that this turn is about, and its state.
            grade: of what the learner answered to it.
        """
        problem, state = after
        now = state.problem or ProblemState("")
        is_stored = problem is not None and problem.quiz_id is not None
        stored = StoredTutorState(
            mode=turn.mode,
            quiz_id=problem.quiz_id if problem is not None else None,
            question_id=problem.question.id if problem is not None and is_stored else None,
            problem=problem.as_json if problem is not None and not is_stored else None,
            hints=now.hints,
            answers=now.attempts,
            questions=now.questions,
            is_solved=now.is_solved,
            is_shown=now.is_shown,
            message_id=self._accepted.message_id,
            turn=turn.as_json,
        )
        states = TutorStateRepository(self._session)
        await states.put(self._accepted.conversation_id, self._course_id, self._learner_id, stored)
        await self._keep_work(turn, worked_on, grade)

    async def _keep_work(
        self,
        turn: TutorTurn,
        worked_on: tuple[Problem | None, ProblemState | None],
        grade: Grade | None,
    ) -> None:
        """What was done about a stored problem, which counts wherever it is taken up again."""
        problem, state = worked_on
        if problem is None or state is None or problem.quiz_id is None:
            return
        question_id = problem.question.id
        before = await self._problems.read(self._learner_id, problem.quiz_id, question_id)
        chat_answers = before.chat_answers + (1 if grade is not None else 0)
        await self._problems.put(
            self._learner_id,
            problem.quiz_id,
            question_id,
            self._course_id,
            hints=state.hints,
            is_shown=state.is_shown,
            told=ToldInChat(chat_answers, state.is_solved),
        )
        is_first = before.answers == 0 and before.hints == 0 and not before.is_shown
        events: list[LearningEvent] = []
        if grade is not None and is_first:
            events += estimated_events(await self._keep_evidence(problem, grade))
        if turn.move in (TutorMove.HINT, TutorMove.SHOW_SOLUTION):
            events.append(_hint(problem.quiz_id, question_id, turn))
        if grade is not None:
            answered = ProblemAnswered(
                quiz_id=problem.quiz_id,
                question_id=question_id,
                score=grade.score,
                maximum=grade.maximum,
                hints=before.hints,
            )
            events.insert(0, answered)
        if events:
            await tell(self._session, self._course_id, self._learner_id, self._now, events)

    async def _keep_evidence(self, problem: Problem, grade: Grade) -> dict[UUID, Mastery]:
        """A first answer without a hint tells of the learner what one in a quiz does."""
        question = problem.question
        practised = Practised(
            "chat",
            f"{problem.quiz_id}.{question.id}",
            grade.share,
            for_question(DEFAULT_PARAMETERS, question).guess,
            self._now,
        )
        tracer = MasteryTracer(self._session)
        await tracer.concepts_of(self._course_id, [question])
        return await tracer.keep_practised(
            practised, self._learner_id, self._course_id, question.concepts
        )


def _hint(quiz_id: UUID, question_id: str, turn: TutorTurn) -> HintGiven:
    if turn.move is TutorMove.SHOW_SOLUTION:
        return HintGiven(quiz_id=quiz_id, question_id=question_id, help="solution")
    return HintGiven(quiz_id=quiz_id, question_id=question_id, help="hint", level=turn.hint_level)
