"""The rules of a quiz, set by those who teach it; totals follow what is withdrawn."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.access import Permission
from services.actors import Actor
from services.errors import InvalidValueError
from services.learning.attempt_views import totals
from services.learning.quizzes import OpenQuiz, entered_quiz
from storage.database import Database
from storage.repositories.attempts import AttemptRepository
from storage.repositories.audit import AuditRepository
from storage.repositories.quiz_rules import QuizRulesRepository, StoredRules


class QuizRulesService:
    """Reads and sets when, how often and with which questions a quiz may be attempted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, actor: Actor, quiz_id: UUID) -> StoredRules:
        """The rules of a quiz, for everyone in its course.

        Raises:
            NotFoundError: no such quiz for this actor.
        """
        async with self._database.transaction(actor.scope) as session:
            return (await entered_quiz(session, actor, quiz_id, Permission.READ)).rules

    async def replace(self, actor: Actor, quiz_id: UUID, rules: StoredRules) -> StoredRules:
        """Sets all rules; what is withdrawn counts for nobody from now on, nor what it scored.

        Raises:
            NotFoundError: no such quiz for this actor.
            PermissionDeniedError: they do not teach the course.
            InvalidValueError: it would close before it opens.
        """
        if rules.opens_at and rules.due_at and rules.opens_at >= rules.due_at:
            raise InvalidValueError("due_at", "A quiz is due after it opens.")
        async with self._database.transaction(actor.scope) as session:
            quiz = await entered_quiz(session, actor, quiz_id, Permission.EDIT)
            values = {**asdict(rules), "withdrawn_questions": list(rules.withdrawn_questions)}
            await QuizRulesRepository(session).put(quiz_id, quiz.access.course_id, values)
            if set(rules.withdrawn_questions) != set(quiz.rules.withdrawn_questions):
                await _total_anew(session, actor, quiz_id)
            await AuditRepository(session).record(
                "quiz.rules",
                actor_id=actor.user_id,
                subject=str(quiz_id),
                course_id=quiz.access.course_id,
                details={name: str(value) for name, value in values.items()},
            )
        return rules


async def _total_anew(session: AsyncSession, actor: Actor, quiz_id: UUID) -> None:
    attempts = AttemptRepository(session)
    versions: dict[int, OpenQuiz] = {}
    for attempt_id, _learner_id in await attempts.ids_of_quiz(quiz_id):
        attempt = await attempts.read(attempt_id)
        number = attempt.quiz_version
        if number not in versions:
            versions[number] = await entered_quiz(
                session, actor, quiz_id, Permission.EDIT, version=number
            )
        grades = await attempts.latest_grades(attempt_id)
        score, maximum, needs_review = totals(grades, versions[number])
        await attempts.set_total(attempt_id, score, maximum, needs_review=needs_review)
