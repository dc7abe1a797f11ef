"""Answers in Redis: one round trip to look and take the flight, no waiting for a dead server."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from storage.cache_guard import CacheGuard
from storage.errors import StorageUnavailableError

PREFIX = "neuroshiksha:answers"
STATISTICS_KEY = f"{PREFIX}:statistics"
LOCK_SECONDS = 60
SCAN_COUNT = 500
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end"
"""Source: Redis manual, "Distributed locks", releasing a lock only by its owner."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found.

    Attributes:
        payload: The answer, where there is one.
        scope_is_known: Whether any answer of the same scope may be there.
        is_ours_to_fill: Whether the flight was taken: nobody else is getting this answer.
    """

    payload: bytes | None = None
    scope_is_known: bool = False
    is_ours_to_fill: bool = False


class AnswerCacheStore:
    """Payloads, flights, tags and counters. Without Redis it finds nothing, and says so at once.

    After a failure Redis is left alone for some seconds, so that only one answer in that time
    waits for it.
    """

    def __init__(self, redis: Redis, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._monotonic = monotonic
        self._guard = CacheGuard("The answer cache", monotonic)
        self._uncounted: Counter[str] = Counter()
        self._release = redis.register_script(RELEASE)

    @property
    def is_available(self) -> bool:
        """Whether Redis is being asked just now."""
        return self._guard.is_available

    async def look(self, course_id: UUID, scope_hash: str, key: str, owner: str) -> Look:
        """Looks for an answer, and takes its flight where there is none; one round trip."""

        async def ask() -> Look:
            async with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.mget(_answer(course_id, key), _scope(course_id, scope_hash))
                pipeline.set(_flight(key), owner, nx=True, ex=LOCK_SECONDS)
                (payload, scope), taken = await pipeline.execute()
            return Look(payload, scope is not None, bool(taken))

        return await self._guard.ask(ask, Look(is_ours_to_fill=True))

    async def payload(self, course_id: UUID, key: str) -> bytes | None:
        """An answer by its key."""

        async def ask() -> bytes | None:
            return cast("bytes | None", await self._redis.get(_answer(course_id, key)))

        return await self._guard.ask(ask, None)

    async def wait(self, course_id: UUID, key: str, *, limit_seconds: float) -> bytes | None:
        """The answer that another asker is getting; None once they give up or the limit is over."""

        async def ask() -> list[Any]:
            return await self._redis.mget(_answer(course_id, key), _flight(key))

        until = self._monotonic() + limit_seconds
        while self._monotonic() < until:
            await asyncio.sleep(0.03)
            payload, flight = await self._guard.ask(ask, [None, None])
            if payload is not None or flight is None:
                return cast("bytes | None", payload)
        return None

    async def land(self, key: str, owner: str) -> None:
        """Gives the flight back, if it is still this owner's."""

        async def ask() -> None:
            await self._release(keys=[_flight(key)], args=[owner])

        await self._guard.ask(ask, None)

    async def keep(
        self,
        course_id: UUID,
        scope_hash: str,
        key: str,
        payload: bytes,
        *,
        tags: Sequence[str],
        lifetime_seconds: int,
        longest_lifetime_seconds: int,
    ) -> bool:
        """Keeps an answer under its key and tags for its lifetime; whether Redis took it.

        A tag outlives every answer that has it.
        """
        answer = _answer(course_id, key)

        async def ask() -> bool:
            async with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.set(answer, payload, ex=lifetime_seconds)
                pipeline.set(_scope(course_id, scope_hash), 1, ex=lifetime_seconds)
                for tag in tags:
                    pipeline.sadd(_tag(tag), answer)
                    pipeline.expire(_tag(tag), longest_lifetime_seconds)
                await pipeline.execute()
            return True

        return await self._guard.ask(ask, False)

    def count(self, counts: Mapping[str, int]) -> None:
        """Adds to the counters; sent with `send_counts`, lost with the process before."""
        self._uncounted.update(counts)

    async def send_counts(self) -> None:
        """Adds what this process counted to what all of them have."""
        counts, self._uncounted = self._uncounted, Counter()

        async def ask() -> bool:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for name, amount in counts.items():
                    pipeline.hincrby(STATISTICS_KEY, name, amount)
                await pipeline.execute()
            return True

        if counts and not await self._guard.ask(ask, False):
            self._uncounted.update(counts)

    async def statistics(self) -> dict[str, int]:
        """The counters of all processes."""

        async def ask() -> dict[bytes, bytes]:
            counters = self._redis.hgetall(STATISTICS_KEY)
            return await cast("Awaitable[dict[bytes, bytes]]", counters)

        await self.send_counts()
        nothing: dict[bytes, bytes] = {}
        found = await self._guard.ask(ask, nothing)
        return {name.decode(): int(value) for name, value in found.items()}

    async def purge(self, course_id: UUID | None = None) -> int:
        """Forgets the answers of a course, or all; how many there were.

        Raises:
            StorageUnavailableError: when Redis does not answer: a purge must not seem done.
        """
        pattern = _answer(course_id or "*", "*")
        return await self._delete(self._redis.scan_iter(match=pattern, count=SCAN_COUNT))

    async def purge_tag(self, tag: str) -> int:
        """Forgets the answers with a tag; how many there were.

        Raises:
            StorageUnavailableError: when Redis does not answer.
        """
        return await self._delete(self._redis.sscan_iter(_tag(tag), count=SCAN_COUNT))

    async def _delete(self, keys: AsyncIterator[Any]) -> int:
        removed = 0
        try:
            async for key in keys:
                removed += await self._redis.unlink(key)
        except (RedisError, OSError) as error:
            raise StorageUnavailableError("Redis") from error
        return removed


def _answer(course_id: UUID | str, key: str) -> str:
    return f"{PREFIX}:answer:{course_id}:{key}"


def _scope(course_id: UUID, scope_hash: str) -> str:
    return f"{PREFIX}:scope:{course_id}:{scope_hash}"


def _flight(key: str) -> str:
    return f"{PREFIX}:flight:{key}"


def _tag(tag: str) -> str:
    return f"{PREFIX}:tag:{tag}"
