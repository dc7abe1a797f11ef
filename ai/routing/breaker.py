"""Leaves a deployment alone after it failed too often, and tries it again with one call."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal, Protocol

from ai.chat.chat_model import ChatChunk, ChatModel, ChatRequest, Finished
from ai.chat.errors import (
    BreakerOpenError,
    BulkheadFullError,
    ChatModelError,
    ChatModelMisconfiguredError,
    ChatModelUnavailableError,
    RateLimitedError,
)

BreakerState = Literal["closed", "open", "half_open"]

FAILURES_TO_OPEN = 3
"""In a row; calls that fail at the same time count each."""
FIRST_PAUSE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 120.0
PROBE_SECONDS = 30.0
"""A probe that has not ended by then no longer keeps others from probing."""
ELSEWHERE_SECONDS = 1.0
"""How long nobody here asks again for a probe that another process is making."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Until when a breaker is open, as it is shared among processes.

    Attributes:
        seconds: How long from now.
        failures: How often it opened in a row; the pause grows with it.
    """

    seconds: float
    failures: int


@dataclass(frozen=True, slots=True)
class ProbeClaim:
    """Whether this process may make the next probe of a deployment.

    Attributes:
        is_granted: It may; nobody else may until the probe ends or `PROBE_SECONDS` are over.
        is_closed: Another process found the deployment well: no probe is needed.
        opening: Another process's probe has failed; until when its breaker is open.
    """

    is_granted: bool
    is_closed: bool = False
    opening: Opening | None = None


class BreakerSharing(Protocol):
    """Tells other processes about breakers; news goes out in the background and may be lost."""

    def opened(self, deployment: str, opening: Opening) -> None:
        """A breaker opened here; a probe of this process has ended with it."""
        ...

    def closed(self, deployment: str) -> None:
        """A breaker closed here; a probe of this process has ended with it."""
        ...

    def abandoned(self, deployment: str) -> None:
        """A probe of this process ended without showing anything."""
        ...

    async def claim_probe(self, deployment: str, seconds: float) -> ProbeClaim:
        """Asks for the one probe that all processes have together, for at most `seconds`.

        Granted where the others cannot be asked. Does not raise, and waits a fraction of a second.
        """
        ...


class Breaker:
    """The state of one deployment in this process, with what others have told.

    Closed, calls pass. After `FAILURES_TO_OPEN` failures in a row it opens: calls are refused for
    a pause. Then one call at a time, of all processes together, passes as a probe (half open): its
    success closes the breaker, its failure opens it for twice as long. A Retry-After that is
    longer than the pause is obeyed.
    """

    def __init__(self, name: str, clock: Callable[[], float], sharing: BreakerSharing) -> None:
        """Takes the deployment's name and a monotonic clock in seconds."""
        self._name = name
        self._clock = clock
        self._sharing = sharing
        self._failures = 0
        self._openings = 0
        self._open_until = 0.0
        self._probe_until = 0.0

    @property
    def state(self) -> BreakerState:
        """What happens to the next call: it passes, is refused, or is a probe."""
        if not self._openings:
            return "closed"
        return "open" if self._clock() < self._open_until else "half_open"

    @property
    def refuses(self) -> bool:
        """Whether a call made now would be refused."""
        state = self.state
        return state == "open" or (state == "half_open" and self._clock() < self._probe_until)

    @property
    def open_seconds(self) -> float:
        """How long calls are still refused."""
        return max(0.0, self._open_until - self._clock()) if self._openings else 0.0

    async def enter(self) -> None:
        """Lets a call pass; in the half-open state it takes the one place there is.

        Raises:
            BreakerOpenError: The call is refused.
        """
        self._require_passing()
        if self.state == "half_open":
            await self._claim_probe()

    def succeed(self) -> None:
        """A call came to a good end."""
        self._failures = 0
        if self._openings:
            self.close()

    def fail(self, error: ChatModelError) -> None:
        """A call failed, for a reason that may or may not be the deployment's fault."""
        if isinstance(error, BulkheadFullError | BreakerOpenError):
            return
        if not isinstance(error, ChatModelUnavailableError | ChatModelMisconfiguredError):
            self.succeed()  # it answered: what it rejects is the request
            return
        self._failures += 1
        retry_after = error.retry_after_seconds if isinstance(error, RateLimitedError) else None
        is_enough = self._openings or self._failures >= FAILURES_TO_OPEN
        if is_enough and self.state != "open":
            self._open(retry_after or 0.0)

    def abandon(self) -> None:
        """A call ended without showing anything: its reader left."""
        if self._probe_until:
            self._probe_until = 0.0
            self._sharing.abandoned(self._name)

    def close(self) -> None:
        """Lets calls pass again, here and elsewhere."""
        self.hear_closed()
        self._sharing.closed(self._name)

    def hear_opened(self, opening: Opening) -> None:
        """Another process opened its breaker."""
        self._openings = max(self._openings, opening.failures)
        self._open_until = max(self._open_until, self._clock() + opening.seconds)

    def hear_closed(self) -> None:
        """Another process closed its breaker."""
        self._failures = self._openings = 0
        self._open_until = self._probe_until = 0.0

    def _require_passing(self) -> None:
        if self.refuses:
            message = f"failed too often; asked again in {max(self.open_seconds, 1):.0f} s"
            raise BreakerOpenError(self._name, message)

    async def _claim_probe(self) -> None:
        """Takes the probe for this process, or learns what another's has shown."""
        self._probe_until = self._clock() + PROBE_SECONDS  # the next call here finds it taken
        try:
            claim = await self._sharing.claim_probe(self._name, PROBE_SECONDS)
        except asyncio.CancelledError:
            self.abandon()
            raise
        if claim.is_closed:
            self.hear_closed()
        elif not claim.is_granted:
            self._probe_until = self._clock() + ELSEWHERE_SECONDS
            if claim.opening is not None:
                self.hear_opened(claim.opening)
            self._require_passing()

    def _open(self, at_least_seconds: float) -> None:
        pause = min(FIRST_PAUSE_SECONDS * 2**self._openings, LONGEST_PAUSE_SECONDS)
        pause = max(pause, min(at_least_seconds, LONGEST_PAUSE_SECONDS))
        self._openings += 1
        self._open_until = self._clock() + pause
        self._probe_until = 0.0
        self._sharing.opened(self._name, Opening(pause, self._openings))


class BreakingChatModel:
    """Asks the inner model only while its breaker lets calls pass."""

    def __init__(self, inner: ChatModel, breaker: Breaker) -> None:
        self._inner = inner
        self._breaker = breaker

    @property
    def name(self) -> str:
        """The name of the deployment."""
        return self._inner.name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Streams what the inner model says.

        Raises:
            BreakerOpenError: The inner model was not asked.
            ChatModelError: As the inner model does.
        """
        await self._breaker.enter()
        has_ended = False
        try:
            async with aclosing(self._inner.stream(request)) as chunks:
                async for chunk in chunks:
                    if isinstance(chunk, Finished):
                        has_ended = True
                        self._breaker.succeed()
                    yield chunk
        except ChatModelError as error:
            has_ended = True
            self._breaker.fail(error)
            raise
        finally:
            if not has_ended:
                self._breaker.abandon()
