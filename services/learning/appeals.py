"""Objections to grades: made by learners, decided by those who teach."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pedagogy.events.kinds import AppealDecided, GradeAppealed
from services.access import Permission, authorise
from services.actors import Actor
from services.errors import WrongStateError
from services.learning.events import tell
from services.learning.grade_book import GradeBook
from services.notifications.events import EventKind, announce
from storage.database import Database
from storage.errors import NotFoundError
from storage.paging import Page, PageRequest
from storage.repositories.attempts import AttemptRepository
from storage.repositories.grade_appeals import AppealStatus, GradeAppealRepository, StoredAppeal


@dataclass(frozen=True, slots=True)
class Decision:
    """What a teacher decides about an appeal; a score counts where it is accepted."""

    is_accepted: bool
    reply: str
    score: float | None = None


class AppealService:
    """Takes appeals, lists them for a course, and keeps what is decided."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def appeal(
        self, actor: Actor, attempt_id: UUID, question_id: str, message: str
    ) -> StoredAppeal:
        """Objects to the grade of one's own answer.

        Raises:
            NotFoundError: the actor has no such attempt, or it has no such question.
            WrongStateError: one about this answer is open already.
        """
        async with self._database.transaction(actor.scope) as session:
            book = GradeBook(session, actor, self._clock)
            attempt, _ = await book.enter(attempt_id, Permission.READ)
            if attempt.learner_id != actor.user_id:
                raise NotFoundError("attempt", attempt_id)
            if question_id not in await AttemptRepository(session).latest_grades(attempt_id):
                raise NotFoundError("question", question_id)
            appeal = await GradeAppealRepository(session).add(
                attempt_id, question_id, attempt.course_id, actor.user_id, message
            )
            if appeal is None:
                raise WrongStateError("Your appeal about this answer is open. Wait for the reply.")
            event = GradeAppealed(
                appeal_id=appeal.id, attempt_id=attempt_id, question_id=question_id
            )
            await tell(session, attempt.course_id, actor.user_id, self._clock(), [event])
        return appeal

    async def decide(self, actor: Actor, appeal_id: UUID, decision: Decision) -> StoredAppeal:
        """Decides about an appeal; one that is accepted may set the score.

        Raises:
            NotFoundError: there is no such appeal for this actor.
            PermissionDeniedError: they do not teach the course.
            WrongStateError: it was decided before.
            InvalidValueError: the score is more than the question is worth.
        """
        status: AppealStatus = "accepted" if decision.is_accepted else "rejected"
        async with self._database.transaction(actor.scope) as session:
            appeals = GradeAppealRepository(session)
            appeal = await appeals.read(appeal_id)
            book = GradeBook(session, actor, self._clock)
            subject = ("appeal", appeal_id)
            attempt, quiz = await book.enter_to_change(appeal.attempt_id, subject)
            decided = await appeals.decide(appeal_id, status, decision.reply, actor.user_id)
            if decided is None:
                raise WrongStateError("This appeal was decided before.")
            if decision.is_accepted and decision.score is not None:
                await book.set_by_teacher(
                    attempt, quiz, appeal.question_id, decision.score, decision.reply
                )
            event = AppealDecided(appeal_id=appeal_id, is_accepted=decision.is_accepted)
            await tell(session, attempt.course_id, attempt.learner_id, self._clock(), [event])
            await announce(
                session,
                EventKind.APPEAL_DECIDED,
                attempt.course_id,
                user_id=attempt.learner_id,
                appeal_id=appeal_id,
                attempt_id=attempt.id,
                quiz_id=attempt.quiz_id,
                is_accepted=decision.is_accepted,
            )
            details = {"question": appeal.question_id, "score": decision.score, "status": status}
            await book.record("appeal.decide", attempt, details)
        return decided

    async def page(
        self, actor: Actor, course: UUID | str, request: PageRequest, status: AppealStatus | None
    ) -> Page[StoredAppeal]:
        """Appeals of a course, the longest waiting first.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they are a learner there.
            InvalidCursorError: the cursor is damaged.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.REVIEW)
            return await GradeAppealRepository(session).page(access.course_id, request, status)
