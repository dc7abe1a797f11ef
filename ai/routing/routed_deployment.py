"""A deployment at work: its chat model in all its wrappers, and what is known of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from ai.chat.chat_model import ChatModel
from ai.routing.breaker import Breaker, BreakerSharing, BreakingChatModel
from ai.routing.bulkhead import Bulkhead, BulkheadedChatModel
from ai.routing.deployment import Deployment, Tier
from ai.routing.gauge import DeploymentGauge
from ai.routing.metering import AttemptListener, MeteredChatModel, UsageSink
from ai.routing.retrying import RetryingChatModel

JOBS_SHARE = 4
"""Jobs have one place for as many of chat's, in addition to them."""


class OpenedChatModel(Protocol):
    """A chat model with what it keeps open."""

    @property
    def chat_model(self) -> ChatModel:
        """The model, with no wrapper around it."""
        ...

    async def close(self) -> None:
        """Closes what is open; streams that still run are cut off."""
        ...


@dataclass(frozen=True, slots=True)
class RoutingTools:
    """What all deployments of a router share.

    Attributes:
        open_chat_model: Opens the model of a deployment; sends nothing.
        sharing: Tells other processes of breakers.
        monotonic: A clock in seconds that never goes back.
        now: The date.
        sleep: How retries wait.
        listen: Gives what hears of each attempt at a deployment, if anything does.
    """

    open_chat_model: Callable[[str, Deployment], OpenedChatModel]
    sharing: BreakerSharing
    monotonic: Callable[[], float]
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    listen: Callable[[Deployment], AttemptListener] | None = None


class RoutedDeployment:
    """One deployment of the router; a `Candidate` of its strategies.

    Attributes:
        chat_model: In its wrappers, for answers.
        probed_model: Metered only: asked even while the breaker is open.
    """

    def __init__(
        self, name: str, definition: Deployment, tools: RoutingTools, sink: UsageSink
    ) -> None:
        self.name = name
        self.definition = definition
        self.gauge = DeploymentGauge(tools.monotonic, tools.now)
        self.breaker = Breaker(name, tools.monotonic, tools.sharing)
        self._opened = tools.open_chat_model(name, definition)
        limits = definition.limits
        sinks = (self.gauge, sink)
        self.probed_model: ChatModel = MeteredChatModel(
            self._opened.chat_model,
            definition.wire_model,
            definition.price,
            sinks,
            None if tools.listen is None else tools.listen(definition),
        )
        retrying = RetryingChatModel(self.probed_model, limits.attempts, tools.sleep)
        self._bulkheads = {
            "chat": _bulkhead(definition, limits.concurrent),
            "jobs": _bulkhead(definition, -(-limits.concurrent // JOBS_SHARE)),
        }
        self.chat_model: ChatModel = BulkheadedChatModel(
            BreakingChatModel(retrying, self.breaker),
            {"chat": self._bulkheads["chat"], "jobs": self._bulkheads["jobs"]},
        )

    @property
    def weight(self) -> float:
        """As defined."""
        return self.definition.weight

    @property
    def tier(self) -> Tier:
        """As defined."""
        return self.definition.tier

    @property
    def input_usd(self) -> Decimal:
        """As defined."""
        return self.definition.price.input

    @property
    def output_usd(self) -> Decimal:
        """As defined."""
        return self.definition.price.output

    @property
    def in_flight(self) -> int:
        """Calls under way or waiting for a place."""
        return sum(bulkhead.taken + bulkhead.waiting for bulkhead in self._bulkheads.values())

    @property
    def expected_latency_seconds(self) -> float:
        """As the gauge knows it."""
        return self.gauge.expected_latency_seconds

    async def close(self) -> None:
        """Closes its connections."""
        await self._opened.close()


def _bulkhead(definition: Deployment, places: int) -> Bulkhead:
    limits = definition.limits
    return Bulkhead(places, waiting=limits.waiting, waiting_seconds=limits.waiting_seconds)
