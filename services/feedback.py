"""What learners think of their answers, and what the teachers of a course learn of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pedagogy.events.kinds import AnswerRated
from services.access import Permission, authorise
from services.actors import Actor
from services.errors import WrongStateError
from services.learning.events import tell
from storage.database import Database
from storage.errors import NotFoundError
from storage.paging import Page, PageRequest
from storage.repositories.feedback import (
    FeedbackRepository,
    RatedAnswer,
    Rating,
    Reason,
    StoredFeedback,
)
from storage.repositories.messages import MessageRepository


@dataclass(frozen=True, slots=True)
class GivenFeedback:
    """A rating with its reasons, each once."""

    rating: Rating
    reasons: tuple[Reason, ...] = ()
    comment: str | None = None


class FeedbackService:
    """One rates one's own answers; those who may review a course read the ratings, nameless."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def give(self, actor: Actor, message_id: UUID, given: GivenFeedback) -> StoredFeedback:
        """Rates an answer; a second rating replaces the first.

        Raises:
            NotFoundError: the actor has no such answer.
            WrongStateError: the answer is still being told.
        """
        async with self._database.transaction(actor.scope) as session:
            answer = await MessageRepository(session).owned(message_id, actor.user_id)
            if answer.role != "assistant":
                raise NotFoundError("answer", message_id)
            if answer.status == "streaming":
                raise WrongStateError("The answer is still being told. Rate it when it is over.")
            event = AnswerRated(message_id=message_id, rating=given.rating)
            await tell(session, answer.course_id, actor.user_id, self._clock(), [event])
            return await FeedbackRepository(session).put(
                message_id,
                actor.user_id,
                answer.course_id,
                given.rating,
                list(given.reasons),
                given.comment,
            )

    async def take_back(self, actor: Actor, message_id: UUID) -> None:
        """Removes the actor's rating of an answer, if there is one.

        Raises:
            NotFoundError: the actor has no such answer.
        """
        async with self._database.transaction(actor.scope) as session:
            answer = await MessageRepository(session).owned(message_id, actor.user_id)
            if answer.role != "assistant":
                raise NotFoundError("answer", message_id)
            await FeedbackRepository(session).remove(message_id, actor.user_id)

    async def page(
        self, actor: Actor, course: UUID | str, request: PageRequest, rating: Rating | None
    ) -> Page[RatedAnswer]:
        """The rated answers of a course, newest rating first, without the names of learners.

        Raises:
            NotFoundError: no such course, or the actor is not enrolled.
            PermissionDeniedError: when the actor is a learner there.
            InvalidCursorError: the cursor is damaged.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.REVIEW)
            return await FeedbackRepository(session).page(access.course_id, request, rating)
