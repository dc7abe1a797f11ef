"""Goals of one's own choice and streaks that forgive."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from pedagogy.progress.goals import MOST_PER_WEEK, Goal, monday_of
from pedagogy.progress.streaks import Streak, streak
from services.actors import Actor
from services.errors import InvalidValueError
from storage.database import Database
from storage.repositories.learning_events import LearningEventRepository
from storage.repositories.read_models import ActiveDay, ReadModelRepository
from storage.repositories.study import StudyRepository

LOOKED_BACK = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Week:
    """What was done since Monday."""

    minutes: int
    items: int
    days: int


@dataclass(frozen=True, slots=True)
class Habits:
    """How regularly somebody learns, and what they want to do in a week."""

    streak: Streak
    week: Week
    goal: Goal | None
    today: date


class GoalService:
    """Reads days of learning from the read models, some seconds behind, and keeps goals."""

    def __init__(self, database: Database, clock: Callable[[], datetime], zone: ZoneInfo) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone

    async def own(self, actor: Actor) -> Habits:
        """The actor's days in all their courses."""
        async with self._database.transaction(actor.scope) as session:
            return await self._habits(session, actor)

    async def choose(self, actor: Actor, goal: Goal | None) -> Habits:
        """Sets what the actor wants to do in a week; None: nothing.

        Raises:
            InvalidValueError: nobody can do so much in a week.
        """
        if goal is not None and goal.per_week > MOST_PER_WEEK[goal.unit]:
            most = MOST_PER_WEEK[goal.unit]
            raise InvalidValueError("per_week", f"A week has at most {most:,} {goal.unit}.")
        async with self._database.transaction(actor.scope) as session:
            await StudyRepository(session).put_goal(actor.user_id, goal)
            return await self._habits(session, actor)

    async def _habits(self, session: AsyncSession, actor: Actor) -> Habits:
        today = self._clock().astimezone(self._zone).date()
        log = LearningEventRepository(session)
        key = (await log.learner_keys([actor.user_id])).get(actor.user_id)
        days: list[ActiveDay] = []
        if key is not None:
            days = await ReadModelRepository(session).days_of_learner(key, today - LOOKED_BACK)
        learned = [one for one in days if one.activity.is_learning]
        goal = await StudyRepository(session).goal(actor.user_id)
        return Habits(
            streak({one.day for one in learned}, today), _week(learned, today), goal, today
        )


def _week(days: list[ActiveDay], today: date) -> Week:
    since = monday_of(today)
    found = [one for one in days if since <= one.day <= today]
    seconds = sum(one.activity.seconds_read + one.activity.seconds_watched for one in found)
    return Week(seconds // 60, sum(one.activity.items for one in found), len(found))
