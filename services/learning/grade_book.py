"""What grades an attempt has, and all that follows when one is added."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pedagogy.events.kinds import AnswerGraded
from services.access import Permission
from services.actors import Actor
from services.errors import InvalidValueError, PermissionDeniedError
from services.learning.attempt_views import totals
from services.learning.events import estimated_events, tell
from services.learning.quizzes import OpenQuiz, entered_quiz
from services.learning.tracing import MasteryTracer
from storage.errors import NotFoundError
from storage.repositories.attempts import AttemptRepository, StoredAttempt, StoredGrade
from storage.repositories.audit import AuditRepository

BY_TEACHER = "teacher"


class GradeBook:
    """Adds grades to an attempt within one transaction; its total, mastery and the log follow."""

    def __init__(self, session: AsyncSession, actor: Actor, clock: Callable[[], datetime]) -> None:
        self._session = session
        self._actor = actor
        self._clock = clock
        self._attempts = AttemptRepository(session)

    async def enter(
        self,
        attempt_id: UUID,
        permission: Permission,
        subject: tuple[str, UUID] | None = None,
    ) -> tuple[StoredAttempt, OpenQuiz]:
        """An attempt with the version of the quiz that it answers.

        Raises:
            NotFoundError: there is none for this actor; a learner sees their own only.
            PermissionDeniedError: it is the actor's own, and more is asked than a learner may.
        """
        missing = NotFoundError(*(subject or ("attempt", attempt_id)))
        attempt = await self._attempts.read(attempt_id)
        try:
            quiz = await entered_quiz(
                self._session,
                self._actor,
                attempt.quiz_id,
                Permission.READ,
                version=attempt.quiz_version,
            )
        except NotFoundError:
            raise missing from None
        allowed = quiz.access.permissions
        if Permission.REVIEW not in allowed and attempt.learner_id != self._actor.user_id:
            raise missing
        if permission not in allowed:
            raise PermissionDeniedError("set grades in this course")
        return attempt, quiz

    async def enter_to_change(
        self, attempt_id: UUID, subject: tuple[str, UUID] | None = None
    ) -> tuple[StoredAttempt, OpenQuiz]:
        """The same for one who may set grades; nobody else changes the learner's meanwhile.

        Raises:
            NotFoundError: there is none for this actor.
            PermissionDeniedError: they do not teach the course.
        """
        attempt, quiz = await self.enter(attempt_id, Permission.EDIT, subject)
        await self._attempts.lock_learning(attempt.learner_id, attempt.course_id)
        return attempt, quiz

    async def set_by_teacher(
        self, attempt: StoredAttempt, quiz: OpenQuiz, question_id: str, score: float, reason: str
    ) -> None:
        """Sets what one answer scores, in the actor's name.

        Raises:
            NotFoundError: the attempt has no such question.
            InvalidValueError: the score is more than the question is worth.
        """
        before = (await self._attempts.latest_grades(attempt.id)).get(question_id)
        if before is None:
            raise NotFoundError("question", question_id)
        if not 0 <= score <= before.maximum:
            raise InvalidValueError("score", f"This question is worth {before.maximum:g} points.")
        grade = replace(
            before,
            revision=before.revision + 1,
            score=score,
            judged_by=BY_TEACHER,
            is_certain=True,
            graded_by=self._actor.user_id,
            reason=reason,
        )
        await self.add(attempt, quiz, [grade])

    async def add(
        self, attempt: StoredAttempt, quiz: OpenQuiz, grades: Sequence[StoredGrade]
    ) -> None:
        """Adds grades, which count from now on."""
        if not grades:
            return
        before = await self._attempts.latest_grades(attempt.id)
        await self._attempts.add_grades(attempt.id, attempt.course_id, grades)
        latest = await self._attempts.latest_grades(attempt.id)
        score, maximum, needs_review = totals(latest, quiz)
        await self._attempts.set_total(attempt.id, score, maximum, needs_review=needs_review)
        tracer = MasteryTracer(self._session)
        ids = {grade.question_id for grade in grades}
        questions = [question for question in quiz.quiz.questions if question.id in ids]
        concepts = await tracer.concepts_of(attempt.course_id, questions)
        every = [concept for of_question in concepts.values() for concept in of_question]
        traced = await tracer.trace(attempt.learner_id, attempt.course_id, every)
        await tell(
            self._session,
            attempt.course_id,
            attempt.learner_id,
            self._clock(),
            [*graded_events(attempt, grades, concepts, before), *estimated_events(traced)],
        )

    async def record(
        self, action: str, attempt: StoredAttempt, details: Mapping[str, object]
    ) -> None:
        """Adds what the actor did to the audit trail."""
        await AuditRepository(self._session).record(
            action,
            actor_id=self._actor.user_id,
            subject=str(attempt.id),
            course_id=attempt.course_id,
            details=dict(details),
        )


def graded_events(
    attempt: StoredAttempt,
    grades: Sequence[StoredGrade],
    concepts: Mapping[str, tuple[UUID, ...]],
    before: Mapping[str, StoredGrade],
) -> list[AnswerGraded]:
    """The events that tell of grades, and of those that they replace."""
    return [
        AnswerGraded(
            attempt_id=attempt.id,
            question_id=grade.question_id,
            revision=grade.revision,
            score=grade.score,
            maximum=grade.maximum,
            judged_by=grade.judged_by,
            concept_ids=concepts.get(grade.question_id, ()),
            is_answered=grade.is_answered,
            replaced_score=before[grade.question_id].score if before else None,
            answered_at=attempt.submitted_at,
        )
        for grade in grades
    ]
