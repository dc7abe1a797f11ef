"""What the learners of a course do: per learner, per day and per concept, from the read models."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from pedagogy.mastery.concepts import WEAK_BELOW
from pedagogy.mastery.knowledge_tracing import MASTERED_FROM
from services.access import Permission, authorise
from services.actors import Actor
from services.learning.progress import SMALLEST_GROUP
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.concepts import ConceptRepository
from storage.repositories.read_models import (
    ActiveDay,
    Activity,
    ConceptStanding,
    ReadModelRepository,
    Standing,
)


@dataclass(frozen=True, slots=True)
class CourseDay:
    """A day of a course; no numbers where fewer than five learned."""

    day: date
    learners: int | None
    activity: Activity | None


@dataclass(frozen=True, slots=True)
class ConceptActivity:
    """A concept of a course; no numbers where fewer than five have shown anything of it."""

    concept_id: UUID
    concept: str
    standing: ConceptStanding | None


@dataclass(frozen=True, slots=True)
class CourseActivity:
    """The dashboard of a course."""

    days: tuple[CourseDay, ...]
    concepts: tuple[ConceptActivity, ...]
    learners: Page[Standing]


class CourseActivityService:
    """Reads what the projector has added up; a few seconds behind what happens."""

    def __init__(self, database: Database, clock: Callable[[], datetime], zone: ZoneInfo) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone

    async def of_course(
        self, actor: Actor, course: UUID | str, days: int, request: PageRequest
    ) -> CourseActivity:
        """The last so many days of a course, its concepts, and its learners by last activity.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they are a learner there.
        """
        since = self._clock().astimezone(self._zone).date() - timedelta(days=days - 1)
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.REVIEW)
            course_id, models = access.course_id, ReadModelRepository(session)
            found = await models.days_of_course(course_id, since)
            known = await models.concepts(course_id, mastered=MASTERED_FROM, weak=WEAK_BELOW)
            concepts = await ConceptRepository(session).of_course(course_id)
            offset = (request.page - 1) * request.size
            standings = await models.standings(course_id, limit=request.size, offset=offset)
            total = await models.standing_count(course_id)
        return CourseActivity(
            tuple(map(_day, found)),
            tuple(ConceptActivity(one.id, one.name, _shown(known.get(one.id))) for one in concepts),
            Page(tuple(standings), request.size, total, request.page, None),
        )


def _day(found: ActiveDay) -> CourseDay:
    if found.learners < SMALLEST_GROUP:
        return CourseDay(found.day, None, None)
    return CourseDay(found.day, found.learners, found.activity)


def _shown(found: ConceptStanding | None) -> ConceptStanding | None:
    return None if found is None or found.learners < SMALLEST_GROUP else found
