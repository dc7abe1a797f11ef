"""News of circuit breakers among processes, through Redis; late or lost news does no harm."""

import secrets
import time
from collections.abc import Iterable, Mapping

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from ai.routing.breaker import Opening
from storage.errors import StorageUnavailableError

KEY_PREFIX = "neuroshiksha:breaker:"
KEPT_SECONDS = 300


class RedisBreakers:
    """Keeps the latest news of each deployment's breaker; one of its kind per process.

    `opened` and `closed` only note what `exchange` will send, so that no answer waits for Redis.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._process = secrets.token_hex(8)
        self._outgoing: dict[str, Opening | None] = {}
        self._seen: dict[str, bytes | str] = {}

    def opened(self, deployment: str, opening: Opening) -> None:
        """Notes that a breaker opened here."""
        self._outgoing[deployment] = opening

    def closed(self, deployment: str) -> None:
        """Notes that a breaker closed here."""
        self._outgoing[deployment] = None

    async def exchange(self, deployments: Iterable[str]) -> Mapping[str, Opening | None]:
        """Sends what happened here and gives what happened elsewhere since the last time.

        Returns:
            For each deployment with news: how long it is open, or None where it closed.

        Raises:
            StorageUnavailableError: Redis does not answer; what was noted is sent the next time.
        """
        names = list(deployments)
        try:
            await self._send()
            found = await self._redis.mget([KEY_PREFIX + name for name in names]) if names else []
        except (RedisError, OSError, TimeoutError) as error:
            raise StorageUnavailableError("Redis") from error
        news: dict[str, Opening | None] = {}
        for name, value in zip(names, found, strict=True):
            if value is None or self._seen.get(name) == value:
                continue
            self._seen[name] = value
            message = orjson.loads(value)
            if message["process"] != self._process:
                news[name] = _opening(message)
        return news

    async def _send(self) -> None:
        for name, opening in list(self._outgoing.items()):
            message = {
                "process": self._process,
                "until": None if opening is None else time.time() + opening.seconds,
                "failures": 0 if opening is None else opening.failures,
            }
            await self._redis.set(KEY_PREFIX + name, orjson.dumps(message), ex=KEPT_SECONDS)
            if self._outgoing.get(name) is opening:
                del self._outgoing[name]


def _opening(message: Mapping[str, float | None]) -> Opening | None:
    until = message["until"]
    if until is None:
        return None
    return Opening(max(0.0, until - time.time()), int(message["failures"] or 1))
