"""Whether the process can serve: the database must answer, all else may be worse for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from redis.asyncio import Redis
from redis.exceptions import RedisError

from storage.database import Database
from storage.errors import StorageUnavailableError
from storage.schema_revision import applied_revision, head_revision, serves

Status = Literal["healthy", "degraded", "unhealthy"]
CHECK_SECONDS = 3.0
"""How long a part may take to give a sign of life."""


@dataclass(frozen=True, slots=True)
class Check:
    """One part, how it is, and what is wrong with it.

    Attributes:
        seconds: How long it took to find out.
    """

    name: str
    status: Status
    detail: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Health:
    """All parts; the whole is as bad as the worst of them."""

    checks: tuple[Check, ...]

    @property
    def status(self) -> Status:
        """`unhealthy` when a part that the service cannot do without fails."""
        statuses = {check.status for check in self.checks}
        if "unhealthy" in statuses:
            return "unhealthy"
        return "degraded" if "degraded" in statuses else "healthy"

    @property
    def is_ready(self) -> bool:
        """Whether requests should be sent here."""
        return self.status != "unhealthy"


Part = Callable[[], Awaitable[Check]]
"""Finds out how a part is; does not raise where the part is ill."""


class HealthService:
    """Asks the parts for a sign of life, all at the same time."""

    def __init__(self, needed: Sequence[Part], further: Sequence[Part] = ()) -> None:
        """Takes the parts.

        Args:
            needed: Asked whether requests should be sent here.
            further: Told of in the report besides.
        """
        self._needed = tuple(needed)
        self._further = tuple(further)

    async def readiness(self) -> Health:
        """How the parts are without which little or nothing goes."""
        return await self._asked(self._needed)

    async def report(self) -> Health:
        """How every part is."""
        return await self._asked((*self._needed, *self._further))

    async def _asked(self, parts: Sequence[Part]) -> Health:
        return Health(tuple(await asyncio.gather(*(_timed(part) for part in parts))))


def database_part(database: Database) -> Part:
    """PostgreSQL, and whether this code can work with its schema."""
    served: set[str | None] = set()

    async def check() -> Check:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                revision = await applied_revision(database)
        except StorageUnavailableError as error:
            return Check("database", "unhealthy", str(error))
        except TimeoutError:
            detail = f"PostgreSQL did not answer within {CHECK_SECONDS:g} seconds."
            return Check("database", "unhealthy", detail)
        if revision not in served and not serves(revision):
            detail = (
                f"The schema is at {revision or 'nothing'}, this code needs {head_revision()}."
                " Run `neuroshiksha db upgrade`."
            )
            return Check("database", "unhealthy", detail)
        served.add(revision)
        return Check("database", "healthy", f"schema {revision}")

    return check


def redis_part(name: str, redis: Redis) -> Part:
    """One of the two Redis databases, without which the service goes on with less."""

    async def check() -> Check:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await redis.ping()
        except (RedisError, OSError, TimeoutError):
            detail = "Redis does not answer: answers go on, uncached; new jobs wait."
            return Check(name, "degraded", detail)
        return Check(name, "healthy", "answers")

    return check


async def _timed(part: Part) -> Check:
    began_at = time.perf_counter()
    check = await part()
    return replace(check, seconds=round(time.perf_counter() - began_at, 6))
