"""What is done for notices now and then: learners reminded of due cards, old ones removed."""

from services.notifications.events import EventKind
from storage.database import MAINTENANCE, Database
from storage.repositories.notifications import NotificationRepository

REMINDED_AT_ONCE = 1_000
KEPT_DAYS = 180


class NoticeUpkeep:
    """Run hourly by a worker; doing it twice is the same as once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remind(self) -> int:
        """Announces to learners that cards are due; how many of learner and course.

        Once a day for each course, and not while the last reminder is unread.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            return await NotificationRepository(session).announce_due_reviews(
                EventKind.REVIEWS_DUE.value, REMINDED_AT_ONCE
            )

    async def forget_old(self) -> None:
        """Removes notices that are too old."""
        async with self._database.transaction(MAINTENANCE) as session:
            await NotificationRepository(session).forget_old(KEPT_DAYS)
