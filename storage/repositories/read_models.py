"""Reads the read models of learning: what one learner did, and what a course's learners did."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pedagogy.events.read_models import COUNTS

SUMS = ", ".join(f"sum(counted.{name})::bigint AS {name}" for name in COUNTS)
LEARNERS = """
WITH learners AS MATERIALIZED (
    SELECT keys.user_id, keys.learner_key
    FROM neuroshiksha_learner_keys(ARRAY(
        SELECT user_id FROM enrollments WHERE course_id = :course AND role = 'learner'
    )) AS keys
)
"""
"""Whoever learns in the course by now; what others left there, erased ones too, is left out."""

# Names of columns are those of COUNTS; values are bound.
DAYS_OF_LEARNER = text(f"""
SELECT counted.day, {SUMS} FROM learning_days AS counted
WHERE counted.learner_key = :learner AND counted.day >= :since
GROUP BY counted.day ORDER BY counted.day
""")  # noqa: S608
DAYS_OF_COURSE = text(f"""
{LEARNERS}
SELECT counted.day, count(*)::int AS learners, {SUMS}
FROM learning_days AS counted JOIN learners USING (learner_key)
WHERE counted.course_id = :course AND counted.day >= :since
GROUP BY counted.day ORDER BY counted.day
""")  # noqa: S608
STANDINGS = text(f"""
{LEARNERS}
SELECT learners.user_id, users.display_name, counted.first_at, counted.last_at,
       {", ".join(f"counted.{name}" for name in COUNTS)}
FROM learner_standings AS counted JOIN learners USING (learner_key)
JOIN users ON users.id = learners.user_id
WHERE counted.course_id = :course AND users.deleted_at IS NULL
ORDER BY counted.last_at DESC, learners.user_id LIMIT :limit OFFSET :offset
""")  # noqa: S608
STANDING_COUNT = text(f"""
{LEARNERS}
SELECT count(*) FROM learner_standings AS counted JOIN learners USING (learner_key)
JOIN users ON users.id = learners.user_id
WHERE counted.course_id = :course AND users.deleted_at IS NULL
""")  # noqa: S608
CONCEPTS = text(f"""
{LEARNERS}
SELECT known.concept_id, count(*)::int AS learners, sum(known.answers)::bigint AS answers,
       sum(known.share_thousandths)::bigint AS share_thousandths,
       avg(known.probability) AS mean_probability,
       count(*) FILTER (WHERE known.probability >= :mastered)::int AS mastered,
       count(*) FILTER (WHERE known.probability < :weak)::int AS weak
FROM learner_concepts AS known JOIN learners USING (learner_key)
WHERE known.course_id = :course GROUP BY known.concept_id
""")  # noqa: S608
HISTORY = text("""
SELECT concept_id, day, probability FROM mastery_days
WHERE course_id = :course AND learner_key = :learner ORDER BY concept_id, day
""")


@dataclass(frozen=True, slots=True)
class Activity:
    """How much of what was done.

    Attributes:
        share_thousandths: The sum of the shares that answers scored of their points.
    """

    asked: int = 0
    attempts: int = 0
    answers: int = 0
    share_thousandths: int = 0
    hints: int = 0
    solutions: int = 0
    reviews: int = 0
    recalled: int = 0
    lessons_read: int = 0
    videos_watched: int = 0
    seconds_read: int = 0
    seconds_watched: int = 0

    @property
    def mean_share(self) -> float | None:
        """What answers scored of their points on average; None without answers."""
        return round(self.share_thousandths / 1000 / self.answers, 3) if self.answers else None

    @property
    def items(self) -> int:
        """Things worked through: answers, cards, lessons, videos."""
        return self.answers + self.reviews + self.lessons_read + self.videos_watched

    @property
    def is_learning(self) -> bool:
        """Whether anything was asked, answered, seen, read or watched: a regrade is nothing."""
        studied = self.seconds_read or self.seconds_watched
        return bool(self.items or self.asked or self.attempts or studied or self.hints)

    @property
    def minutes(self) -> int:
        """Whole minutes of reading and watching."""
        return (self.seconds_read + self.seconds_watched) // 60


@dataclass(frozen=True, slots=True)
class ActiveDay:
    """A day on which somebody learned; `learners` is how many did."""

    day: date
    activity: Activity
    learners: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """What a learner has done in a course."""

    learner_id: UUID
    display_name: str
    first_at: datetime
    last_at: datetime
    activity: Activity


@dataclass(frozen=True, slots=True)
class ConceptStanding:
    """What a course's learners have shown of a concept."""

    concept_id: UUID
    learners: int
    answers: int
    share_thousandths: int
    mean_probability: float | None
    mastered: int
    weak: int


@dataclass(frozen=True, slots=True)
class MasteryPoint:
    """What was believed at the end of a day."""

    day: date
    probability: float


class ReadModelRepository:
    """Reads within the scope of a session; learners who are not enrolled any more do not count."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def days_of_learner(self, learner_key: UUID, since: date) -> list[ActiveDay]:
        """The days since then on which somebody learned, in all courses of the scope."""
        values = {"learner": learner_key, "since": since}
        rows = await self._session.execute(DAYS_OF_LEARNER, values)
        return [ActiveDay(day, Activity(*counts)) for day, *counts in rows]

    async def days_of_course(self, course_id: UUID, since: date) -> list[ActiveDay]:
        """The days since then on which anybody learned in a course."""
        rows = await self._session.execute(DAYS_OF_COURSE, {"course": course_id, "since": since})
        return [ActiveDay(day, Activity(*counts), learners) for day, learners, *counts in rows]

    async def standings(self, course_id: UUID, *, limit: int, offset: int = 0) -> list[Standing]:
        """Learners of a course who have done something there, the latest first."""
        values = {"course": course_id, "limit": limit, "offset": offset}
        rows = await self._session.execute(STANDINGS, values)
        return [
            Standing(UUID(int=learner.int), name, first_at, last_at, Activity(*counts))
            for learner, name, first_at, last_at, *counts in rows
        ]

    async def standing_count(self, course_id: UUID) -> int:
        """How many learners have done something in a course."""
        return await self._session.scalar(STANDING_COUNT, {"course": course_id}) or 0

    async def concepts(
        self, course_id: UUID, *, mastered: float, weak: float
    ) -> dict[UUID, ConceptStanding]:
        """What is known of each concept of a course, over all its learners.

        Args:
            course_id: the course.
            mastered: probability from which one counts as mastered.
            weak: probability below which one counts as weak.
        """
        values = {"course": course_id, "mastered": mastered, "weak": weak}
        rows = await self._session.execute(CONCEPTS, values)
        return {
            UUID(int=concept.int): ConceptStanding(UUID(int=concept.int), *counts)
            for concept, *counts in rows
        }

    async def history(self, course_id: UUID, learner_key: UUID) -> dict[UUID, list[MasteryPoint]]:
        """What was believed of a learner's knowledge, by concept, oldest first."""
        values = {"course": course_id, "learner": learner_key}
        found: dict[UUID, list[MasteryPoint]] = {}
        for concept_id, day, probability in await self._session.execute(HISTORY, values):
            found.setdefault(UUID(int=concept_id.int), []).append(MasteryPoint(day, probability))
        return found
