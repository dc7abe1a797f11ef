"""Whether the process can serve: the database must answer, Redis should."""

from dataclasses import dataclass
from typing import Literal

from redis.asyncio import Redis
from redis.exceptions import RedisError

from storage.database import Database
from storage.errors import StorageUnavailableError
from storage.schema_revision import applied_revision, head_revision

Status = Literal["ok", "degraded", "failing"]


@dataclass(frozen=True, slots=True)
class Check:
    """One part, how it is, and what is wrong with it."""

    name: str
    status: Status
    detail: str


@dataclass(frozen=True, slots=True)
class Health:
    """All parts; the whole is as bad as the worst of them."""

    checks: tuple[Check, ...]

    @property
    def status(self) -> Status:
        """`failing` when a part that the service cannot do without fails."""
        statuses = {check.status for check in self.checks}
        if "failing" in statuses:
            return "failing"
        return "degraded" if "degraded" in statuses else "ok"

    @property
    def is_ready(self) -> bool:
        """Whether requests should be sent here."""
        return self.status != "failing"


class HealthService:
    """Asks each part for a sign of life."""

    def __init__(self, database: Database, redis: Redis, redis_cache: Redis) -> None:
        self._database = database
        self._redis = redis
        self._redis_cache = redis_cache
        self._head: str | None = None

    async def check(self) -> Health:
        """The state of every part, asked just now."""
        return Health(
            (
                await self._check_database(),
                await self._check_redis("redis", self._redis),
                await self._check_redis("redis_cache", self._redis_cache),
            )
        )

    async def _check_database(self) -> Check:
        if self._head is None:
            self._head = head_revision()
        try:
            revision = await applied_revision(self._database)
        except StorageUnavailableError as error:
            return Check("database", "failing", str(error))
        if revision != self._head:
            detail = (
                f"The schema is at {revision or 'nothing'}, this code needs {self._head}."
                " Run `neuroshiksha db upgrade`."
            )
            return Check("database", "failing", detail)
        return Check("database", "ok", f"schema {revision}")

    @staticmethod
    async def _check_redis(name: str, redis: Redis) -> Check:
        try:
            await redis.ping()
        except (RedisError, OSError):
            detail = "Redis does not answer: answers go on, uncached; new jobs wait."
            return Check(name, "degraded", detail)
        return Check(name, "ok", "answers")
