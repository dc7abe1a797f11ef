"""Breakers of several processes over a real Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from uuid_utils.compat import uuid4

from ai.routing.breaker import Opening, ProbeClaim
from storage.breakers import PROBE_PREFIX, RedisBreakers

pytestmark = pytest.mark.server

MINUTE = 60.0


@pytest.fixture
async def redis(redis_cache_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_cache_url)
    yield client
    await client.aclose()


@pytest.fixture
def deployment() -> str:
    return f"model-{uuid4().hex}"


def process(redis: Redis) -> RedisBreakers:
    """What a process has of breakers; a slow machine makes it no less patient."""
    return RedisBreakers(redis, claim_timeout_seconds=MINUTE)


async def test_many_processes_together_make_one_probe(redis: Redis, deployment: str) -> None:
    processes = [process(redis) for _ in range(20)]

    claims = await asyncio.gather(*(each.claim_probe(deployment, MINUTE) for each in processes))

    assert [claim.is_granted for claim in claims].count(True) == 1


async def test_who_claims_after_a_failed_probe_learns_how_long_it_is_open(
    redis: Redis, deployment: str
) -> None:
    here, there = process(redis), process(redis)
    await here.claim_probe(deployment, MINUTE)
    here.opened(deployment, Opening(MINUTE, 2))
    before_the_news = await there.claim_probe(deployment, MINUTE)
    await here.exchange([deployment])

    claim = await there.claim_probe(deployment, MINUTE)

    assert before_the_news == ProbeClaim(is_granted=False)
    assert not claim.is_granted
    assert claim.opening is not None
    assert claim.opening.failures == 2
    assert 0 < claim.opening.seconds <= MINUTE


async def test_who_claims_after_a_good_probe_learns_that_none_is_needed(
    redis: Redis, deployment: str
) -> None:
    here, there = process(redis), process(redis)
    await here.claim_probe(deployment, MINUTE)
    here.closed(deployment)
    await here.exchange([deployment])

    claim = await there.claim_probe(deployment, MINUTE)

    assert claim.is_closed


async def test_an_abandoned_probe_is_free_for_others_after_the_next_exchange(
    redis: Redis, deployment: str
) -> None:
    here, there = process(redis), process(redis)
    await here.claim_probe(deployment, MINUTE)
    here.abandoned(deployment)
    its_own_again = await here.claim_probe(deployment, MINUTE)
    here.abandoned(deployment)
    await here.exchange([])

    claim = await there.claim_probe(deployment, MINUTE)

    assert its_own_again.is_granted
    assert claim.is_granted


async def test_the_claim_of_a_process_that_died_runs_out(redis: Redis, deployment: str) -> None:
    await process(redis).claim_probe(deployment, MINUTE)

    seconds_left = await redis.pttl(PROBE_PREFIX + deployment) / 1000

    assert 0 < seconds_left <= MINUTE


async def test_a_process_frees_only_its_own_claim(redis: Redis, deployment: str) -> None:
    here, there = process(redis), process(redis)
    await here.claim_probe(deployment, MINUTE)
    await redis.delete(PROBE_PREFIX + deployment)
    await there.claim_probe(deployment, MINUTE)
    here.abandoned(deployment)

    await here.exchange([])

    assert await redis.exists(PROBE_PREFIX + deployment)


async def test_where_redis_is_away_every_process_probes_for_itself(deployment: str) -> None:
    nobody = Redis.from_url("redis://127.0.0.1:1/0")

    claim = await process(nobody).claim_probe(deployment, MINUTE)

    assert claim == ProbeClaim(is_granted=True)
    await nobody.aclose()
