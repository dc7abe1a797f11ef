"""Routers over chat models that a test gives."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ai.chat.chat_model import ChatModel
from ai.chat.grounded import GroundedChatModel
from ai.routing.breaker import Opening, ProbeClaim
from ai.routing.deployment import Alias, Deployment, Limits, Strategy
from ai.routing.registry import TUTOR, Registry
from ai.routing.routed_deployment import RoutingTools
from ai.routing.router import ModelRouter

INSTRUCTION = "Go on where it stops."


@dataclass
class Given:
    """A chat model that is open already."""

    chat_model: ChatModel
    is_closed: bool = False

    async def close(self) -> None:
        self.is_closed = True


class NoSharing:
    """Tells nobody of breakers."""

    def opened(self, deployment: str, opening: Opening) -> None:
        pass

    def closed(self, deployment: str) -> None:
        pass

    def abandoned(self, deployment: str) -> None:
        pass

    async def claim_probe(self, deployment: str, seconds: float) -> ProbeClaim:  # noqa: ARG002
        return ProbeClaim(is_granted=True)


async def no_wait(seconds: float) -> None:
    await asyncio.sleep(0)


def definition(name: str = "m", **values: Any) -> Deployment:
    """A deployment that is asked once and never again."""
    limits = values.pop("limits", Limits(attempts=1))
    return Deployment(
        provider="openai_compatible",
        base_url="http://127.0.0.1:1/v1",
        wire_model=name,
        limits=limits,
        **values,
    )


def tools(
    models: Mapping[str, ChatModel],
    *,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = no_wait,
) -> RoutingTools:
    """What routes to the models given, by their names."""
    return RoutingTools(
        open_chat_model=lambda name, _: Given(models[name]),
        sharing=NoSharing(),
        monotonic=monotonic,
        now=lambda: datetime.now(UTC),
        sleep=sleep,
    )


def router_over(
    *models: ChatModel,
    grounded: ChatModel | None = None,
    strategy: Strategy = "in_order",
    monotonic: Callable[[], float] = time.monotonic,
    limits: Limits | None = None,
) -> ModelRouter:
    """A router whose tutor is these models, in this order; the grounded one needs not be given."""
    remote = {m.name: m for m in models if not isinstance(m, GroundedChatModel)}
    deployments = {name: definition(name, limits=limits or Limits(attempts=1)) for name in remote}
    aliases = {TUTOR: Alias(deployments=tuple(remote), strategy=strategy)} if remote else {}
    return ModelRouter(
        tools(remote, monotonic=monotonic),
        Registry(deployments, aliases),
        instruction=INSTRUCTION,
        grounded=grounded,
    )
