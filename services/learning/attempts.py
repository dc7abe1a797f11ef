"""Attempts at quizzes: taken within the rules, graded by keys, kept with what they change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from ai.chat.attribution import Attribution
from content.answers import AnyAnswer
from pedagogy.events.kinds import QuizAttempted
from pedagogy.grading.grade import Grade
from services.access import Permission
from services.actors import Actor
from services.errors import InvalidValueError, KeyReusedError, WrongStateError
from services.idempotency import request_hash, require_same_request
from services.learning.answer_grading import AnswerGrading
from services.learning.attempt_views import AttemptView, attempt_view, stored_grade, totals
from services.learning.events import estimated_events, tell
from services.learning.grade_book import graded_events
from services.learning.quizzes import OpenQuiz, entered_quiz
from services.learning.tracing import MasteryTracer
from storage.database import Database
from storage.errors import ConflictError, NotFoundError
from storage.paging import Page, PageRequest
from storage.repositories.attempts import AttemptRepository, StoredAttempt
from storage.repositories.contents import ContentsRepository
from storage.repositories.grade_appeals import GradeAppealRepository
from storage.repositories.problem_states import ProblemStateRepository

ANSWERS: TypeAdapter[dict[str, AnyAnswer]] = TypeAdapter(dict[str, AnyAnswer])


@dataclass(frozen=True, slots=True)
class SentAnswers:
    """What a learner sends.

    Attributes:
        answers: By the ids of their questions; one left out is not answered.
        version: The version of the quiz that they saw; None where they do not say.
        idempotency_key: Their name for the request.
    """

    answers: Mapping[str, AnyAnswer]
    version: int | None = None
    idempotency_key: str | None = None

    @property
    def hash(self) -> str:
        """The same for the same answers."""
        return request_hash([self.version, ANSWERS.dump_python(dict(self.answers), mode="json")])


class AttemptService:
    """Learners attempt quizzes and read what came of it; those who review see everybody's."""

    def __init__(
        self, database: Database, grading: AnswerGrading, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._grading = grading
        self._clock = clock

    async def submit(self, actor: Actor, quiz_id: UUID, sent: SentAnswers) -> AttemptView:
        """Grades answers to a quiz and keeps them, with what they tell of the learner.

        The moment of sending decides about the deadline. No connection is held while answers are
        graded. Sent again under the same key, the first attempt is given back.

        Raises:
            NotFoundError: there is no such quiz for this actor.
            WrongStateError: it is not open, its time is over, or all attempts are used up.
            InvalidValueError: an answer is to no question of the quiz, does not fit it, or cannot
                be read.
            KeyReusedError: the key stands for other answers, or for an attempt in another course.
        """
        sent_at = self._clock()
        async with self._database.transaction(actor.scope) as session:
            quiz = await entered_quiz(session, actor, quiz_id, Permission.READ)
            earlier = await _earlier(session, actor, sent)
            if earlier is not None:
                return await self._view(session, actor, earlier)
            await self._require_open(session, actor, quiz, sent_at)
            answers = await _counting_answers(session, quiz, sent)
        account = Attribution(user_id=actor.user_id, course_id=quiz.access.course_id)
        grades = await self._grading.grades(quiz.counting, answers, account)
        async with self._database.transaction(actor.scope) as session:
            current = await entered_quiz(session, actor, quiz_id, Permission.READ)
            attempts = AttemptRepository(session)
            await attempts.lock_learning(actor.user_id, current.access.course_id)
            earlier = await _earlier(session, actor, sent)
            if earlier is None:
                await self._require_open(session, actor, quiz, sent_at)
                earlier = await self._keep(session, actor, quiz, sent, answers, grades, sent_at)
            return await self._view(session, actor, earlier)

    async def read(self, actor: Actor, attempt_id: UUID) -> AttemptView:
        """An attempt: one's own, or any of a course that one reviews.

        Raises:
            NotFoundError: there is no such attempt for this actor.
        """
        async with self._database.transaction(actor.scope) as session:
            attempt = await AttemptRepository(session).read(attempt_id)
            return await self._view(session, actor, attempt)

    async def page(
        self,
        actor: Actor,
        quiz_id: UUID,
        request: PageRequest,
        *,
        learner_id: UUID | None = None,
        needs_review: bool | None = None,
    ) -> Page[StoredAttempt]:
        """Attempts at a quiz, newest first: one's own, for those who review everybody's.

        Raises:
            NotFoundError: there is no such quiz for this actor.
        """
        async with self._database.transaction(actor.scope) as session:
            quiz = await entered_quiz(session, actor, quiz_id, Permission.READ)
            sees_all = Permission.REVIEW in quiz.access.permissions
            wanted = learner_id if sees_all else actor.user_id
            return await AttemptRepository(session).page(
                quiz_id, request, learner_id=wanted, needs_review=needs_review
            )

    async def _require_open(
        self, session: AsyncSession, actor: Actor, quiz: OpenQuiz, at: datetime
    ) -> None:
        rules = quiz.rules
        if rules.opens_at is not None and at < rules.opens_at:
            raise WrongStateError(f"This quiz opens at {rules.opens_at.isoformat()}.")
        if quiz.is_over(at) and rules.late_policy == "refuse":
            raise WrongStateError("The time for this quiz is over. Ask your teacher for more.")
        if rules.max_attempts is not None:
            used = await AttemptRepository(session).count(quiz.id, actor.user_id)
            if used >= rules.max_attempts:
                raise WrongStateError(f"All {rules.max_attempts} attempts at this quiz are used.")

    async def _keep(
        self,
        session: AsyncSession,
        actor: Actor,
        quiz: OpenQuiz,
        sent: SentAnswers,
        answers: Mapping[str, AnyAnswer],
        grades: Mapping[str, Grade],
        sent_at: datetime,
    ) -> StoredAttempt:
        """Writes the attempt, its grades, mastery and events: all of them, or none."""
        attempts, course_id = AttemptRepository(session), quiz.access.course_id
        stored = {
            question_id: stored_grade(question_id, grade, is_answered=question_id in answers)
            for question_id, grade in grades.items()
        }
        score, maximum, needs_review = totals(stored, quiz)
        values = {
            "id": uuid7(),
            "course_id": course_id,
            "quiz_id": quiz.id,
            "quiz_version": quiz.version,
            "learner_id": actor.user_id,
            "number": await attempts.count(quiz.id, actor.user_id) + 1,
            "submitted_at": sent_at,
            "is_late": quiz.is_over(sent_at),
            "answers": ANSWERS.dump_python(dict(answers), mode="json"),
            "score": score,
            "maximum": maximum,
            "needs_review": needs_review,
            "idempotency_key": sent.idempotency_key,
            "request_hash": sent.hash,
        }
        try:
            attempt = await attempts.add(values, list(stored.values()))
        except ConflictError:  # with a row of another course, which is out of sight here
            raise KeyReusedError from None
        # Who has been shown the key can answer without knowing anything.
        is_evidence = attempt.number == 1 or not quiz.shows_key(sent_at)
        told = await ProblemStateRepository(session).shown(actor.user_id, quiz.id)
        answered = [
            question
            for id_, question in quiz.counting.items()
            if is_evidence and id_ in answers and id_ not in told
        ]
        tracer = MasteryTracer(session)
        concepts = await tracer.concepts_of(course_id, answered)
        await tracer.keep_exercised(attempt.id, actor.user_id, course_id, answered, concepts)
        traced = await tracer.trace(
            actor.user_id, course_id, (c for ids in concepts.values() for c in ids)
        )
        attempted = QuizAttempted(
            attempt_id=attempt.id,
            quiz_id=quiz.id,
            quiz_version=quiz.version,
            number=attempt.number,
            score=score,
            maximum=maximum,
            is_late=attempt.is_late,
        )
        graded = graded_events(attempt, list(stored.values()), concepts, {})
        events = [attempted, *graded, *estimated_events(traced)]
        await tell(session, course_id, actor.user_id, sent_at, events)
        return attempt

    async def _view(
        self, session: AsyncSession, actor: Actor, attempt: StoredAttempt
    ) -> AttemptView:
        missing = NotFoundError("attempt", attempt.id)
        try:
            quiz = await entered_quiz(
                session, actor, attempt.quiz_id, Permission.READ, version=attempt.quiz_version
            )
        except NotFoundError:
            raise missing from None
        is_reviewer = Permission.REVIEW in quiz.access.permissions
        if not is_reviewer and attempt.learner_id != actor.user_id:
            raise missing
        grades = await AttemptRepository(session).latest_grades(attempt.id)
        appeals = await GradeAppealRepository(session).of_attempt(attempt.id)
        return attempt_view(
            attempt, grades, appeals, quiz, at=self._clock(), is_reviewer=is_reviewer
        )


async def _earlier(session: AsyncSession, actor: Actor, sent: SentAnswers) -> StoredAttempt | None:
    """The attempt that the same key stands for."""
    if sent.idempotency_key is None:
        return None
    earlier = await AttemptRepository(session).by_key(actor.user_id, sent.idempotency_key)
    if earlier is not None:
        require_same_request(earlier.request_hash, sent.hash)
    return earlier


async def _counting_answers(
    session: AsyncSession, quiz: OpenQuiz, sent: SentAnswers
) -> dict[str, AnyAnswer]:
    """The answers that count: those to withdrawn questions do not.

    A question that has gone since the version that the learner saw is withdrawn, too.

    Raises:
        InvalidValueError: an answer is to a question that never was.
    """
    gone = set(quiz.rules.withdrawn_questions)
    if sent.version is not None and sent.version != quiz.version:
        seen = await ContentsRepository(session).version(quiz.id, sent.version)
        gone |= {str(question.get("id")) for question in seen.body.get("questions", [])}
    counting = quiz.counting
    for question_id in sent.answers:
        if question_id not in counting and question_id not in gone:
            raise InvalidValueError(
                f"answers.{question_id}", f"The quiz has no question {question_id!r}."
            )
    return {id_: answer for id_, answer in sent.answers.items() if id_ in counting}
