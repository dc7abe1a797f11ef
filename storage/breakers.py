"""News of circuit breakers among processes, through Redis; late or lost news does no harm."""

import asyncio
import secrets
import time
from collections.abc import Iterable, Mapping

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from ai.routing.breaker import Opening, ProbeClaim
from storage.errors import StorageUnavailableError

KEY_PREFIX = "neuroshiksha:breaker:"
PROBE_PREFIX = "neuroshiksha:breaker-probe:"
KEPT_SECONDS = 300
CLAIM_TIMEOUT_SECONDS = 0.25
"""A probe is not kept waiting longer for Redis: two probes do less harm than none."""
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end"
"""Source: Redis manual, "Distributed locks", releasing a lock only by its owner."""


class RedisBreakers:
    """Keeps the latest news of each deployment's breaker; one of its kind per process.

    `opened`, `closed` and `abandoned` only note what `exchange` will send, so that no answer waits
    for Redis. The claim of a probe is given back in the transaction that tells what the probe has
    shown: whoever gets the next claim reads that too.
    """

    def __init__(
        self, redis: Redis, *, claim_timeout_seconds: float = CLAIM_TIMEOUT_SECONDS
    ) -> None:
        self._redis = redis
        self._claim_timeout_seconds = claim_timeout_seconds
        self._process = secrets.token_hex(8)
        self._outgoing: dict[str, Opening | None] = {}
        self._seen: dict[str, bytes | str] = {}
        self._claimed: set[str] = set()
        self._abandoned: set[str] = set()

    def opened(self, deployment: str, opening: Opening) -> None:
        """Notes that a breaker opened here."""
        self._outgoing[deployment] = opening

    def closed(self, deployment: str) -> None:
        """Notes that a breaker closed here."""
        self._outgoing[deployment] = None

    def abandoned(self, deployment: str) -> None:
        """Notes that a probe of this process has shown nothing."""
        self._abandoned.add(deployment)

    async def claim_probe(self, deployment: str, seconds: float) -> ProbeClaim:
        """Takes the probe of a deployment, unless another process has it or has ended it."""
        try:
            async with asyncio.timeout(self._claim_timeout_seconds):
                return await self._claim(deployment, seconds)
        except (RedisError, OSError, TimeoutError):
            return ProbeClaim(is_granted=True)

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

    async def _claim(self, name: str, seconds: float) -> ProbeClaim:
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.set(PROBE_PREFIX + name, self._process, nx=True, px=int(seconds * 1000))
            pipeline.get(PROBE_PREFIX + name)
            pipeline.get(KEY_PREFIX + name)
            _, owner, value = await pipeline.execute()
        is_ours = owner == self._process.encode()
        news = None if value is None or name in self._outgoing else orjson.loads(value)
        if is_ours:
            self._claimed.add(name)
            self._abandoned.discard(name)
        if news is None or news["process"] == self._process:
            return ProbeClaim(is_granted=is_ours)
        opening = _opening(news)
        is_open = opening is not None and opening.seconds > 0
        if is_ours and (is_open or opening is None):
            self._abandoned.add(name)
        return ProbeClaim(
            is_granted=is_ours and not is_open,
            is_closed=opening is None,
            opening=opening if is_open else None,
        )

    async def _send(self) -> None:
        for name in [*self._outgoing, *(self._abandoned - self._outgoing.keys())]:
            has_news, opening = name in self._outgoing, self._outgoing.get(name)
            async with self._redis.pipeline(transaction=True) as pipeline:
                if has_news:
                    pipeline.set(KEY_PREFIX + name, self._message(opening), ex=KEPT_SECONDS)
                if name in self._claimed:
                    pipeline.eval(RELEASE, 1, PROBE_PREFIX + name, self._process)
                # Forgotten first: a claim made while this is on its way is another one.
                self._claimed.discard(name)
                self._abandoned.discard(name)
                await pipeline.execute()
            if has_news and self._outgoing.get(name) is opening:
                del self._outgoing[name]

    def _message(self, opening: Opening | None) -> bytes:
        return orjson.dumps(
            {
                "process": self._process,
                "until": None if opening is None else time.time() + opening.seconds,
                "failures": 0 if opening is None else opening.failures,
            }
        )


def _opening(message: Mapping[str, float | None]) -> Opening | None:
    until = message["until"]
    if until is None:
        return None
    return Opening(max(0.0, until - time.time()), int(message["failures"] or 1))
