"""Reads given again: kept under the mark they were read under, old with the next edit."""

from dataclasses import dataclass
from uuid import UUID

from services.access import Permission, authorise
from services.actors import Actor
from storage.database import MAINTENANCE, Database
from storage.kept_reads import KeptReads
from storage.repositories.audit import AuditRepository
from storage.repositories.course_marks import CourseMarksRepository


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How long a body is kept, and how large it may be; no lifetime keeps none."""

    lifetime_seconds: int
    body_bytes: int


@dataclass(frozen=True, slots=True)
class ReadStatistics:
    """What was spared, in all processes, since the counters began.

    Attributes:
        unchanged: Requests told that what they have is still true (304).
        hits: Bodies given again.
        misses: Bodies made anew.
        fills: Bodies kept.
        too_large: Bodies past the limit, not kept.
    """

    unchanged: int
    hits: int
    misses: int
    fills: int
    too_large: int
    is_available: bool


class ReadCache:
    """Keeps bodies by their key. A store that is down costs nothing but the hits."""

    def __init__(self, database: Database, kept: KeptReads, limits: ReadLimits) -> None:
        self._database = database
        self._kept = kept
        self._limits = limits

    async def find(self, key: str) -> bytes | None:
        """The body kept under a key."""
        if not self._limits.lifetime_seconds:
            return None
        body = await self._kept.find(key)
        self._kept.count("misses" if body is None else "hits")
        return body

    async def keep(self, key: str, body: bytes) -> bool:
        """Keeps a body, if it is not too large; whether it is kept."""
        if not self._limits.lifetime_seconds:
            return False
        if len(body) > self._limits.body_bytes:
            self._kept.count("too_large")
            return False
        return await self._kept.keep(key, body, lifetime_seconds=self._limits.lifetime_seconds)

    def count_unchanged(self) -> None:
        """Counts somebody who had it already."""
        self._kept.count("unchanged")

    async def statistics(self, actor: Actor) -> ReadStatistics:
        """What the cache did, for an admin.

        Raises:
            PermissionDeniedError: for anyone else.
        """
        actor.require("admin", action="see the cache of reads")
        counts = await self._kept.statistics()
        names = ("unchanged", "hits", "misses", "fills", "too_large")
        return ReadStatistics(
            **{name: counts.get(name, 0) for name in names}, is_available=self._kept.is_available
        )

    async def purge(self, actor: Actor, course: UUID | str | None = None) -> int:
        """Makes what was read of a course old, or of every one; how many courses they are.

        It holds in every process at once, for what clients keep too, and without Redis.

        Raises:
            PermissionDeniedError: for anyone but an admin.
            NotFoundError: no such course.
        """
        actor.require("admin", action="purge the cache of reads")
        course_id = None
        async with self._database.transaction(actor.scope) as session:
            if course is not None:
                access = await authorise(session, actor, course, Permission.MANAGE)
                course_id = access.course_id
            await AuditRepository(session).record(
                "read_cache.purge", actor_id=actor.user_id, course_id=course_id
            )
        async with self._database.transaction(MAINTENANCE) as session:
            return await CourseMarksRepository(session).renew(course_id)
