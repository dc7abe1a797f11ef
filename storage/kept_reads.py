"""Bodies of reads in Redis, under keys that an edit makes old; one round trip to look."""

from collections import Counter
from collections.abc import Awaitable
from typing import cast

from redis.asyncio import Redis

from storage.cache_guard import CacheGuard

PREFIX = "neuroshiksha:reads"
STATISTICS_KEY = f"{PREFIX}:statistics"


class KeptReads:
    """What was read before, and counters. Without Redis it finds nothing, and says so at once."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._guard = CacheGuard("The cache of reads")
        self._uncounted: Counter[str] = Counter()

    @property
    def is_available(self) -> bool:
        """Whether Redis is being asked just now."""
        return self._guard.is_available

    async def find(self, key: str) -> bytes | None:
        """The body kept under a key."""

        async def ask() -> bytes | None:
            return cast("bytes | None", await self._redis.get(_body(key)))

        return await self._guard.ask(ask, None)

    async def keep(self, key: str, body: bytes, *, lifetime_seconds: int) -> bool:
        """Keeps a body for its lifetime, and tells the counters; whether Redis took it."""
        self.count("fills")
        counts, self._uncounted = self._uncounted, Counter()

        async def ask() -> bool:
            async with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.set(_body(key), body, ex=lifetime_seconds)
                for name, amount in counts.items():
                    pipeline.hincrby(STATISTICS_KEY, name, amount)
                await pipeline.execute()
            return True

        is_kept = await self._guard.ask(ask, False)
        if not is_kept:
            del counts["fills"]
            self._uncounted.update(counts)
        return is_kept

    def count(self, name: str) -> None:
        """Adds one to a counter; told to Redis with what is kept next, or when one asks."""
        self._uncounted[name] += 1

    async def statistics(self) -> dict[str, int]:
        """The counters of all processes, as far as they have told them."""
        counts, self._uncounted = self._uncounted, Counter()

        async def tell() -> bool:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for name, amount in counts.items():
                    pipeline.hincrby(STATISTICS_KEY, name, amount)
                await pipeline.execute()
            return True

        async def ask() -> dict[bytes, bytes]:
            counters = self._redis.hgetall(STATISTICS_KEY)
            return await cast("Awaitable[dict[bytes, bytes]]", counters)

        if counts and not await self._guard.ask(tell, False):
            self._uncounted.update(counts)
        nothing: dict[bytes, bytes] = {}
        found = await self._guard.ask(ask, nothing)
        return {name.decode(): int(value) for name, value in found.items()}


def _body(key: str) -> str:
    return f"{PREFIX}:body:{key}"
