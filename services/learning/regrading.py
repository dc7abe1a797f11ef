"""Grades set anew, by a teacher or by a key that was mended; all audited."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from ai.chat.attribution import Attribution
from services.access import Permission
from services.actors import Actor
from services.learning.answer_grading import AnswerGrading
from services.learning.attempt_views import stored_grade
from services.learning.attempts import ANSWERS
from services.learning.grade_book import BY_TEACHER, GradeBook
from services.learning.quizzes import entered_quiz
from services.notifications.events import EventKind, announce
from storage.database import Database
from storage.repositories.attempts import AttemptRepository, StoredGrade

KEY_CHANGED = "The key was changed."


@dataclass(frozen=True, slots=True)
class SetGrade:
    """What a teacher sets: the points, and why."""

    score: float
    reason: str


class RegradingService:
    """Those who teach set grades; every change is a new row, never an update."""

    def __init__(
        self, database: Database, grading: AnswerGrading, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._grading = grading
        self._clock = clock

    async def set_grade(
        self, actor: Actor, attempt_id: UUID, question_id: str, new: SetGrade
    ) -> None:
        """Sets what one answer scores.

        Raises:
            NotFoundError: there is no such attempt, or question in it, for this actor.
            PermissionDeniedError: they do not teach the course.
            InvalidValueError: the score is more than the question is worth.
        """
        async with self._database.transaction(actor.scope) as session:
            book = GradeBook(session, actor, self._clock)
            attempt, quiz = await book.enter_to_change(attempt_id)
            await book.set_by_teacher(attempt, quiz, question_id, new.score, new.reason)
            details = {"question": question_id, "score": new.score, "reason": new.reason}
            await book.record("grade.set", attempt, details)
            await announce(
                session,
                EventKind.GRADE_CHANGED,
                attempt.course_id,
                user_id=attempt.learner_id,
                attempt_id=attempt_id,
                quiz_id=attempt.quiz_id,
                title=quiz.quiz.title,
            )

    async def regrade(self, actor: Actor, attempt_id: UUID) -> None:
        """Grades an attempt again by the key of the published version.

        What a teacher has set stays. No connection is held while answers are graded.

        Raises:
            NotFoundError: there is no such attempt for this actor.
            PermissionDeniedError: they do not teach the course.
        """
        async with self._database.transaction(actor.scope) as session:
            book = GradeBook(session, actor, self._clock)
            attempt, _ = await book.enter(attempt_id, Permission.EDIT)
            quiz = await entered_quiz(session, actor, attempt.quiz_id, Permission.EDIT)
        answers = ANSWERS.validate_python(attempt.answers)
        still_there = {id_: answer for id_, answer in answers.items() if id_ in quiz.counting}
        account = Attribution(user_id=actor.user_id, course_id=attempt.course_id)
        found = await self._grading.grades(quiz.counting, still_there, account)
        async with self._database.transaction(actor.scope) as session:
            book = GradeBook(session, actor, self._clock)
            attempt, seen = await book.enter_to_change(attempt_id)
            before = await AttemptRepository(session).latest_grades(attempt_id)
            changed = [
                new
                for id_, old in before.items()
                if id_ in found and old.judged_by != BY_TEACHER
                if _differs(
                    new := replace(
                        stored_grade(
                            id_,
                            found[id_],
                            is_answered=id_ in answers,
                            revision=old.revision + 1,
                        ),
                        reason=KEY_CHANGED,
                    ),
                    old,
                )
            ]
            await book.add(attempt, seen, changed)
            details = {"changed": [new.question_id for new in changed], "version": quiz.version}
            await book.record("attempt.regrade", attempt, details)


def _differs(new: StoredGrade, before: StoredGrade) -> bool:
    return (new.score, new.maximum, new.is_certain, new.detail) != (
        before.score,
        before.maximum,
        before.is_certain,
        before.detail,
    )
