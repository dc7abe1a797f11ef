"""Leaves a deployment alone after it failed too often, and tries it again with one call."""

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


@dataclass(frozen=True, slots=True)
class Opening:
    """Until when a breaker is open, as it is shared among processes.

    Attributes:
        seconds: How long from now.
        failures: How often it opened in a row; the pause grows with it.
    """

    seconds: float
    failures: int


class BreakerSharing(Protocol):
    """Tells other processes about breakers, in the background; may lose news, never waits."""

    def opened(self, deployment: str, opening: Opening) -> None:
        """A breaker opened here."""
        ...

    def closed(self, deployment: str) -> None:
        """A breaker closed here."""
        ...


class Breaker:
    """The state of one deployment in this process, with what others have told.

    Closed, calls pass. After `FAILURES_TO_OPEN` failures in a row it opens: calls are refused for
    a pause. Then one call at a time passes as a probe (half open): its success closes the breaker,
    its failure opens it for twice as long. A Retry-After that is longer than the pause is obeyed.
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

    def enter(self) -> None:
        """Lets a call pass; in the half-open state it takes the one place there is.

        Raises:
            BreakerOpenError: The call is refused.
        """
        if self.refuses:
            message = f"failed too often; asked again in {max(self.open_seconds, 1):.0f} s"
            raise BreakerOpenError(self._name, message)
        if self.state == "half_open":
            self._probe_until = self._clock() + PROBE_SECONDS

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
        self._probe_until = 0.0

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
        self._breaker.enter()
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
