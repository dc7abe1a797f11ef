"""Rate limits: a sliding minute, one count for all processes, and what happens without Redis."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Connection, ConnectionPool, Redis
from uuid_utils.compat import uuid4

from bootstrap.adapters import open_redis
from services.errors import RateLimitedError
from services.rate_limits import RateLimits, WithoutCounts, network_of, seconds_to_next
from storage.errors import StorageUnavailableError
from storage.request_counts import Counted, LocalRequestCounts, RedisRequestCounts, RequestCounts

BEGINNING = datetime(2030, 1, 1, tzinfo=UTC)
"""At the beginning of a window."""


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def redis(redis_cache_url: str) -> AsyncIterator[Redis]:
    opened = open_redis(redis_cache_url)
    yield opened
    await opened.aclose()


@pytest.fixture
async def away() -> AsyncIterator[Redis]:
    opened = open_redis("redis://127.0.0.1:1")
    yield opened
    await opened.aclose()


async def admitted(limits: RateLimits, caller: str, times: int) -> int:
    """How many of so many requests are admitted."""
    count = 0
    for _ in range(times):
        try:
            await limits.admit("user", caller)
        except RateLimitedError:
            continue
        count += 1
    return count


async def test_what_is_not_limited_is_not_counted(clock: Clock, away: Redis) -> None:
    limits = RateLimits(RedisRequestCounts(away), {"user": 0}, clock, "closed")

    assert await limits.admit("user", "asha") is None
    assert await limits.admit("address", "asha") is None


@pytest.mark.server
async def test_a_limit_is_one_for_all_processes(clock: Clock, redis: Redis) -> None:
    caller = uuid4().hex
    replicas = [RateLimits(RedisRequestCounts(redis), {"user": 10}, clock) for _ in range(3)]

    counts = await asyncio.gather(*(admitted(each, caller, 8) for each in replicas))

    assert sum(counts) == 10


@pytest.mark.server
async def test_a_request_costs_one_command_after_the_first(
    clock: Clock, redis_cache_url: str
) -> None:
    sent: list[object] = []

    class NotingConnection(Connection):
        async def send_command(self, *command: Any, **options: Any) -> None:
            sent.append(command[0])
            await super().send_command(*command, **options)

    pool = ConnectionPool.from_url(redis_cache_url, connection_class=NotingConnection)
    async with Redis(connection_pool=pool) as noted:
        limits = RateLimits(RedisRequestCounts(noted), {"user": 100}, clock)
        await limits.admit("user", caller := uuid4().hex)
        sent.clear()

        count = await admitted(limits, caller, 20)
    await pool.aclose()

    assert count == 20
    assert sent == ["EVALSHA"] * 20


@pytest.mark.server
@pytest.mark.parametrize("is_shared", [True, False])
async def test_the_window_slides(clock: Clock, redis: Redis, is_shared: bool) -> None:
    counts: RequestCounts = RedisRequestCounts(redis) if is_shared else LocalRequestCounts()
    limits = RateLimits(counts, {"user": 60}, clock)
    caller = uuid4().hex

    clock.seconds = 59
    at_the_end = await admitted(limits, caller, 100)
    clock.seconds = 62
    three_seconds_later = await admitted(limits, caller, 100)
    clock.seconds = 90.5
    half_a_minute_later = await admitted(limits, caller, 100)

    assert (at_the_end, three_seconds_later) == (60, 1)
    assert half_a_minute_later == 28


async def test_a_refused_caller_is_told_when_the_next_request_fits(clock: Clock) -> None:
    limits = RateLimits(LocalRequestCounts(), {"user": 5}, clock)
    await admitted(limits, "asha", 5)

    with pytest.raises(RateLimitedError) as refused:
        await limits.admit("user", "asha")
    clock.seconds = refused.value.retry_after_seconds - 2
    too_early = await admitted(limits, "asha", 1)
    clock.seconds = refused.value.retry_after_seconds
    in_time = await admitted(limits, "asha", 1)

    assert (too_early, in_time) == (0, 1)


@pytest.mark.parametrize(
    ("counted", "elapsed", "seconds"),
    [
        # 20 * (1 - e / 60) + 2 + 1 = 10 at e = 39.
        (Counted(current=2, previous=20), 12.0, 27.0),
        # 45 s to the next window, and there 10 * (1 - e / 60) + 1 = 10 at e = 6.
        (Counted(current=10, previous=0), 15.0, 51.0),
        (Counted(current=12, previous=4), 30.0, 45.0),
    ],
)
def test_the_wait_is_what_the_window_says(counted: Counted, elapsed: float, seconds: float) -> None:
    assert seconds_to_next(counted, 10, elapsed) == pytest.approx(seconds)


async def test_callers_are_counted_each_for_themselves(clock: Clock) -> None:
    limits = RateLimits(LocalRequestCounts(), {"user": 2, "key": 1}, clock)
    await admitted(limits, "asha", 3)

    standing = await limits.admit("user", "ravi")

    assert standing is not None
    assert (standing.limit, standing.remaining, standing.reset_seconds) == (2, 1, 60)
    assert await limits.admit("key", "asha") is not None


@pytest.mark.parametrize(
    ("without", "expected"), [("local", 2), ("open", 5), ("closed", StorageUnavailableError)]
)
async def test_without_redis_it_goes_on_as_set(
    clock: Clock, away: Redis, without: WithoutCounts, expected: int | type[Exception]
) -> None:
    limits = RateLimits(RedisRequestCounts(away), {"user": 2}, clock, without)

    if isinstance(expected, int):
        assert await admitted(limits, "asha", 5) == expected
        return
    for _ in range(2):
        with pytest.raises(expected):
            await limits.admit("user", "asha")


@pytest.mark.server
async def test_counting_in_redis_goes_on_when_it_is_back(
    clock: Clock, redis: Redis, away: Redis
) -> None:
    class Returning:
        """Redis, away at first."""

        def __init__(self) -> None:
            self.counts: RequestCounts = RedisRequestCounts(away)

        async def add(self, caller: str, window: int, window_seconds: int) -> Counted:
            return await self.counts.add(caller, window, window_seconds)

    counts = Returning()
    limits = RateLimits(counts, {"user": 2}, clock, "open")
    caller = uuid4().hex
    while_away = await admitted(limits, caller, 5)
    counts.counts = RedisRequestCounts(redis)

    clock.seconds = 2

    assert while_away == 5
    assert await admitted(limits, caller, 5) == 2


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("", "a name", True),
    ],
)
def test_addresses_of_one_subscriber_count_as_one(one: str, other: str, is_same: bool) -> None:
    assert (network_of(one) == network_of(other)) is is_same


async def test_many_refused_callers_take_bounded_memory(
    clock: Clock,
) -> None:
    limits = RateLimits(LocalRequestCounts(), {"user": 1}, clock)

    for number in range(10_050):
        await admitted(limits, str(number), 2)

    assert len(limits._refused) <= 10_000
