"""A quiz as somebody may attempt or grade it: its questions and its rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import ContentKind
from content.questions import AnyQuestion, Quiz
from services.access import CourseAccess, Permission, authorise
from services.actors import Actor
from storage.errors import NotFoundError
from storage.repositories.contents import ContentsRepository
from storage.repositories.quiz_rules import QuizRulesRepository, StoredRules


@dataclass(frozen=True, slots=True)
class OpenQuiz:
    """One version of a quiz with its rules, for one who may enter its course."""

    id: UUID
    version: int
    quiz: Quiz
    rules: StoredRules
    access: CourseAccess

    @property
    def counting(self) -> Mapping[str, AnyQuestion]:
        """The questions that count, by their ids."""
        withdrawn = set(self.rules.withdrawn_questions)
        return {q.id: q for q in self.quiz.questions if q.id not in withdrawn}

    def is_over(self, at: datetime) -> bool:
        """Whether the time for attempts has passed."""
        return self.rules.due_at is not None and at > self.rules.due_at

    def shows_key(self, at: datetime) -> bool:
        """Whether a learner who attempted it sees the right answers now."""
        match self.rules.shows_key:
            case "after_attempt":
                return True
            case "after_due":
                return self.rules.due_at is not None and at > self.rules.due_at
            case "never":
                return False


async def entered_quiz(
    session: AsyncSession,
    actor: Actor,
    quiz_id: UUID,
    permission: Permission,
    *,
    version: int | None = None,
) -> OpenQuiz:
    """A quiz that the actor may enter: the published version, or the one that is named.

    Raises:
        NotFoundError: there is no such quiz for this actor, or learners do not see it.
        PermissionDeniedError: their role in the course does not allow it.
    """
    subject = ("quiz", quiz_id)
    contents = ContentsRepository(session)
    course_id = await contents.course_of(quiz_id, ContentKind.QUIZ)
    if course_id is None:
        raise NotFoundError(*subject)
    access = await authorise(session, actor, course_id, permission, subject=subject)
    head = await contents.head(quiz_id)
    number = version or head.published_version
    if number is None and Permission.REVIEW in access.permissions:
        number = head.version
    if number is None:
        raise NotFoundError(*subject)
    stored = await contents.version(quiz_id, number)
    rules = await QuizRulesRepository(session).read(quiz_id)
    return OpenQuiz(quiz_id, number, Quiz.model_validate(stored.body), rules, access)


async def practice_quizzes(
    session: AsyncSession, access: CourseAccess, at: datetime
) -> list[OpenQuiz]:
    """The published quizzes of an entered course whose right answers learners may see by now.

    Those that have not opened yet, or keep their key back, are nothing to practise with.
    """
    rules = await QuizRulesRepository(session).of_course(access.course_id)
    found = []
    for quiz_id, version, body in await ContentsRepository(session).published_quizzes(
        access.course_id
    ):
        own_rules = rules.get(quiz_id, StoredRules())
        quiz = OpenQuiz(quiz_id, version, Quiz.model_validate(body), own_rules, access)
        has_opened = quiz.rules.opens_at is None or quiz.rules.opens_at <= at
        if has_opened and quiz.shows_key(at):
            found.append(quiz)
    return found
