"""The teacher's cockpit: what a course was asked, how well it answered, what learners said of it.

Figures over fewer than five learners are not told, and no question names who asked it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.access import Permission, authorise
from services.actors import Actor
from services.learning.progress import SMALLEST_GROUP
from services.retrieval import RetrievalService
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.corrections import CorrectionRepository
from storage.repositories.insights import (
    AskedOften,
    Counted,
    Doubt,
    DoubtfulAnswer,
    InsightRepository,
    Ratings,
    ReasonCount,
)

SHOWN_CLUSTERS = 20
SHOWN_OWN = 100


@dataclass(frozen=True, slots=True)
class Overview:
    """What a course was asked and how it answered.

    Attributes:
        asked: None where fewer than five learners asked.
        ratings: None where fewer than five learners rated.
        reasons: For bad ratings, those that at least five gave.
    """

    since: datetime
    asked: Counted | None
    ratings: Ratings | None
    reasons: tuple[ReasonCount, ...]
    most_asked: tuple[AskedOften, ...]
    cost_micro_usd: int


@dataclass(frozen=True, slots=True)
class OwnShownAnswer:
    """A question of one's own that teachers see, without one's name."""

    course_id: UUID
    answer: DoubtfulAnswer


class InsightService:
    """Tells those who review a course about it, and learners what those see of them."""

    def __init__(
        self, database: Database, retrieval: RetrievalService, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._retrieval = retrieval
        self._clock = clock

    async def overview(self, actor: Actor, course: UUID | str, days: int) -> Overview:
        """The last `days` of a course.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they are a learner there.
        """
        since = self._clock() - timedelta(days=days)
        embedder = await self._retrieval.embedder_number()
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.REVIEW)
            insights = InsightRepository(session)
            asked = await insights.activity(access.course_id, embedder, since)
            ratings = await insights.ratings(access.course_id, since)
            reasons = await insights.reasons(access.course_id, since)
            most_asked = await insights.most_asked(
                access.course_id,
                embedder,
                since,
                smallest_group=SMALLEST_GROUP,
                limit=SHOWN_CLUSTERS,
            )
            cost = await insights.cost_micro_usd(access.course_id, since)
        return Overview(
            since=since,
            asked=asked if asked.learners >= SMALLEST_GROUP else None,
            ratings=ratings if ratings.learners >= SMALLEST_GROUP else None,
            reasons=tuple(one for one in reasons if one.learners >= SMALLEST_GROUP),
            most_asked=tuple(most_asked),
            cost_micro_usd=cost,
        )

    async def doubtful(
        self, actor: Actor, course: UUID | str, request: PageRequest, doubt: Doubt | None
    ) -> Page[DoubtfulAnswer]:
        """Answers that found nothing, broke off, or have little support, the newest first.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they are a learner there.
            InvalidCursorError: the cursor is damaged.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.REVIEW)
            return await InsightRepository(session).doubtful(access.course_id, request, doubt)

    async def settle(
        self, actor: Actor, course: UUID | str, message_id: UUID, *, is_settled: bool
    ) -> None:
        """Takes an answer off that list, or puts it back. Idempotent.

        Raises:
            NotFoundError: no such course for this actor, or it has no such answer.
            PermissionDeniedError: they do not teach it.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
            answer = await CorrectionRepository(session).answer(message_id, access.course_id)
            insights = InsightRepository(session)
            if is_settled:
                await insights.settle(answer.message_id, access.course_id, actor.user_id)
            else:
                await insights.unsettle(answer.message_id)

    async def shown_to_teachers(self, actor: Actor) -> list[OwnShownAnswer]:
        """The actor's questions that those who teach see, without a name; the newest first."""
        async with self._database.transaction(actor.scope) as session:
            return [
                OwnShownAnswer(course_id, answer)
                for course_id, answer in await InsightRepository(session).doubtful_of(
                    actor.user_id, SHOWN_OWN
                )
            ]
