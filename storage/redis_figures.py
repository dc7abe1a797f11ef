"""What a Redis tells of itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

FIGURES = (
    "used_memory",
    "maxmemory",
    "maxmemory_policy",
    "connected_clients",
    "blocked_clients",
    "evicted_keys",
    "expired_keys",
    "keyspace_hits",
    "keyspace_misses",
    "instantaneous_ops_per_sec",
    "uptime_in_seconds",
    "redis_version",
)


@dataclass(frozen=True, slots=True)
class RedisFigures:
    """Figures by Redis's own names; none where it does not answer."""

    name: str
    is_available: bool
    keys: int
    figures: Mapping[str, int | float | str]


async def redis_figures(name: str, redis: Redis) -> RedisFigures:
    """The figures of a server, and how many keys the database in use has."""
    try:
        told = await redis.info()
        keys = await redis.dbsize()
    except (RedisError, OSError):
        return RedisFigures(name, False, 0, {})
    return RedisFigures(name, True, keys, {figure: told.get(figure, "") for figure in FIGURES})
