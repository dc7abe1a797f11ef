"""Rate limits: how many requests a user, an API key or an address may make in a minute."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Literal

from services.errors import RateLimitedError
from storage.errors import StorageUnavailableError
from storage.request_counts import Counted, LocalRequestCounts, RequestCounts

CallerKind = Literal["address", "user", "key"]
WithoutCounts = Literal["local", "open", "closed"]
WINDOW_SECONDS = 60
AWAY_SECONDS = 1.0
"""How long counts that did not answer are not asked again."""
REFUSED_AT_MOST = 10_000
SUBSCRIBER_BITS = 64
"""Of an IPv6 address: the rest its holder chooses. Source: RFC 6177, section 2."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a caller stands after a request."""

    kind: CallerKind
    limit: int
    remaining: int
    reset_seconds: int
    """Until as much is free again as the limit allows."""


class RateLimits:
    """Admits requests by a sliding window: the last minute, taken as even within its windows.

    A caller over the limit is told when the next request fits; until then this process refuses
    without counting, so that they neither cost anything nor put off the end.

    Source: Cloudflare, "How we built rate limiting capable of scaling to millions of domains".
    """

    def __init__(
        self,
        counts: RequestCounts,
        limits: Mapping[CallerKind, int],
        clock: Callable[[], datetime],
        without_counts: WithoutCounts = "local",
    ) -> None:
        self._counts = counts
        self._limits = {kind: limit for kind, limit in limits.items() if limit}
        self._clock = clock
        self._without_counts = without_counts
        self._local = LocalRequestCounts()
        self._away_until = -math.inf
        self._refused: dict[str, float] = {}

    async def admit(self, kind: CallerKind, caller: str) -> Standing | None:
        """Counts a request; None where nothing is limited.

        Raises:
            RateLimitedError: there were too many in the last minute.
            StorageUnavailableError: it cannot be counted, and then none is admitted.
        """
        limit = self._limits.get(kind)
        if limit is None:
            return None
        name = f"{kind}:{caller}"
        now = self._clock().timestamp()
        self._require_not_refused(name, kind, limit, now)
        window, elapsed = divmod(now, WINDOW_SECONDS)
        counted = await self._counted(name, int(window), now)
        if counted is None:
            return None
        used = counted.previous * (1 - elapsed / WINDOW_SECONDS) + counted.current
        if used > limit:
            self._refuse(name, now + seconds_to_next(counted, limit, elapsed), now)
            self._require_not_refused(name, kind, limit, now)
        reset = math.ceil(WINDOW_SECONDS - elapsed)
        return Standing(kind, limit, max(0, int(limit - used)), reset)

    async def _counted(self, name: str, window: int, now: float) -> Counted | None:
        if now >= self._away_until:
            try:
                return await self._counts.add(name, window, WINDOW_SECONDS)
            except StorageUnavailableError:
                self._away_until = now + AWAY_SECONDS
                if self._without_counts == "closed":
                    raise
        match self._without_counts:
            case "closed":
                raise StorageUnavailableError("Redis")
            case "open":
                return None
            case _:
                return await self._local.add(name, window, WINDOW_SECONDS)

    def _refuse(self, name: str, until: float, now: float) -> None:
        if len(self._refused) >= REFUSED_AT_MOST:
            self._refused = {each: end for each, end in self._refused.items() if end > now}
        if len(self._refused) < REFUSED_AT_MOST:
            self._refused[name] = until

    def _require_not_refused(self, name: str, kind: CallerKind, limit: int, now: float) -> None:
        until = self._refused.get(name)
        if until is None:
            return
        if until <= now:
            del self._refused[name]
            return
        raise RateLimitedError(kind, limit, math.ceil(until - now))


def seconds_to_next(counted: Counted, limit: int, elapsed: float) -> float:
    """How long until one more request fits, if none is made meanwhile."""
    current, previous = counted.current, counted.previous
    left = limit - current - 1
    if left > 0:
        return max(WINDOW_SECONDS * (1 - left / previous) - elapsed, 0.0)
    # Only in the next window, where what is current now is the window before.
    return WINDOW_SECONDS - elapsed + WINDOW_SECONDS * (1 - (limit - 1) / current)


def network_of(address: str) -> str:
    """What an address is counted under: itself, or the network of an IPv6 subscriber."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, IPv6Address):
        return f"{int(parsed) >> SUBSCRIBER_BITS:x}/64"
    return str(parsed)
