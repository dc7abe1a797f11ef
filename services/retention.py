"""What is removed for good once its time is over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.account_eraser import AccountEraser
from storage.database import MAINTENANCE, Database
from storage.files import FileStore
from storage.repositories.purging import Purged, PurgingRepository

logger = logging.getLogger(__name__)

ROWS_AT_ONCE = 500
COURSES_AT_ONCE = 20
FILES_SETTLE_IN = timedelta(days=1)
"""A file that was stored so shortly ago may be a job's that is just being written."""

Days = int
"""0: for ever."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days things are kept.

    Attributes:
        deleted: What was deleted, so that it can be restored: courses, lessons and other content,
            documents, conversations, accounts.
        conversations: Since the last message.
        unlisted_conversations: The same, of those that stand in nobody's list.
        usage: Then usage records name nobody any more.
        jobs: Since they ended.
        mails: That could not be sent, or are kept to be read here.
    """

    deleted: Days = 30
    conversations: Days = 0
    unlisted_conversations: Days = 90
    audit: Days = 730
    usage: Days = 400
    jobs: Days = 180
    mails: Days = 7

    def of(self, kind: Purged) -> Days:
        """How long rows of a kind are kept."""
        days: dict[Purged, Days] = {
            "deleted_conversations": self.deleted,
            "idle_conversations": self.conversations,
            "unlisted_conversations": self.unlisted_conversations,
            "deleted_lessons": self.deleted,
            "deleted_contents": self.deleted,
            "deleted_documents": self.deleted,
            "audit_events": self.audit,
            "usage_records": self.usage,
            "jobs": self.jobs,
            "outgoing_mails": self.mails,
        }
        return days[kind]


KINDS: tuple[Purged, ...] = (
    "deleted_conversations",
    "idle_conversations",
    "unlisted_conversations",
    "deleted_lessons",
    "deleted_contents",
    "deleted_documents",
    "usage_records",
    "jobs",
    "outgoing_mails",
    "audit_events",
)

IsStopping = Callable[[], bool]


class RetentionService:
    """Purges; may be broken off between any two steps, and run by several processes at once."""

    def __init__(
        self, database: Database, files: FileStore, eraser: AccountEraser, retention: Retention
    ) -> None:
        self._database = database
        self._files = files
        self._eraser = eraser
        self._retention = retention

    async def purge(self, is_stopping: IsStopping = lambda: False) -> dict[str, int]:
        """Removes whatever is too old; how many of each kind."""
        counts: dict[str, int] = {}
        for kind in KINDS:
            if self._retention.of(kind):
                counts[kind] = await _until_done(lambda: self._purge_some(kind), is_stopping)  # noqa: B023 - awaited in the loop
        if self._retention.deleted:
            counts["deleted_courses"] = await self._purge_courses(is_stopping)
            counts["deleted_users"] = await self._purge_users(is_stopping)
        counts["files"] = await self._purge_files(is_stopping)
        if purged := {kind: count for kind, count in counts.items() if count}:
            logger.info("purged %s", purged)
        return counts

    async def _purge_some(self, kind: Purged) -> int:
        async with self._database.transaction(MAINTENANCE) as session:
            days = self._retention.of(kind)
            return await PurgingRepository(session).purge(kind, days=days, limit=ROWS_AT_ONCE)

    async def _purge_courses(self, is_stopping: IsStopping) -> int:
        async with self._database.transaction(MAINTENANCE) as session:
            courses = await PurgingRepository(session).old_courses(
                days=self._retention.deleted, limit=COURSES_AT_ONCE
            )
        for course_id in courses:
            await _until_done(lambda: self._purge_documents_of(course_id), is_stopping)  # noqa: B023 - awaited in the loop
            if is_stopping():
                break
            async with self._database.transaction(MAINTENANCE) as session:
                await PurgingRepository(session).purge_course(course_id)
        return len(courses)

    async def _purge_documents_of(self, course_id: UUID) -> int:
        async with self._database.transaction(MAINTENANCE) as session:
            return await PurgingRepository(session).purge_documents_of(
                course_id, limit=ROWS_AT_ONCE
            )

    async def _purge_users(self, is_stopping: IsStopping) -> int:
        async with self._database.transaction(MAINTENANCE) as session:
            users = await PurgingRepository(session).old_users(
                days=self._retention.deleted, limit=ROWS_AT_ONCE
            )
        for user_id in users:
            if is_stopping():
                break
            await self._eraser.erase_deleted(user_id)
        return len(users)

    async def _purge_files(self, is_stopping: IsStopping) -> int:
        """Removes stored files that were of something purged and are of nothing else."""
        removed = left = 0
        while not is_stopping():
            async with self._database.transaction(MAINTENANCE) as session:
                repository = PurgingRepository(session)
                found = await repository.condemned_files(limit=ROWS_AT_ONCE, skipped=left)
                gone = await asyncio.to_thread(self._discard, found.unneeded)
                await repository.settle_files([*gone, *found.needed])
            removed += len(gone)
            left += len(found.unneeded) - len(gone)
            if len(found.unneeded) + len(found.needed) < ROWS_AT_ONCE:
                break
        return removed

    def _discard(self, hashes: tuple[str, ...]) -> list[str]:
        return [each for each in hashes if self._files.discard(each, unused_for=FILES_SETTLE_IN)]


async def _until_done(purge_some: Callable[[], Awaitable[int]], is_stopping: IsStopping) -> int:
    total = 0
    while not is_stopping():
        count = await purge_some()
        total += count
        if count == 0:
            break
    return total
