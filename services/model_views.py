"""What admins see of the registry of chat models."""

from dataclasses import dataclass
from typing import Literal

from ai.routing.breaker import BreakerState
from ai.routing.deployment import Deployment
from ai.routing.gauge import LastError
from ai.routing.registry import Registry
from ai.routing.router import ModelRouter

Source = Literal["file", "database"]


@dataclass(frozen=True, slots=True)
class DeploymentHealth:
    """How a deployment does, as this process sees it.

    Attributes:
        state: Of its breaker; `unusable` where it could not be opened at all.
        success_share: Of the latest attempts, 0 to 1; None where there was none.
        latencies_ms: Times to the first token of the latest attempts, oldest first.
    """

    state: BreakerState | Literal["unusable", "disabled"]
    last_error: LastError | None
    reason: str | None
    attempts: int
    success_share: float | None
    latencies_ms: tuple[float, ...]
    in_flight: int


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """A deployment as admins see it."""

    name: str
    source: Source
    definition: Deployment
    health: DeploymentHealth


@dataclass(frozen=True, slots=True)
class AliasView:
    """An alias, and the deployments it comes down to."""

    name: str
    strategy: str
    deployments: tuple[str, ...]
    behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegistryView:
    """Everything an admin can see of the registry."""

    deployments: tuple[DeploymentView, ...]
    aliases: tuple[AliasView, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of asking a deployment for one word."""

    is_answering: bool
    latency_ms: float
    error: str | None


def view_deployment(router: ModelRouter, name: str, source: Source) -> DeploymentView:
    """A deployment of the registry in use, with its health in this process."""
    definition = router.registry.deployments[name]
    return DeploymentView(name, source, definition, _health(router, name, definition))


def view_alias(registry: Registry, name: str) -> AliasView:
    """An alias; a built-in one that is not defined stands for what `tutor` does."""
    alias = registry.aliases.get(name)
    return AliasView(
        name,
        alias.strategy if alias else "in_order",
        alias.deployments if alias else (),
        registry.behind(name) or (),
    )


def _health(router: ModelRouter, name: str, definition: Deployment) -> DeploymentHealth:
    deployment = router.deployments.get(name)
    if deployment is None:
        return DeploymentHealth("unusable", None, router.unusable[name].reason, 0, None, (), 0)
    gauge = deployment.gauge
    return DeploymentHealth(
        state=deployment.breaker.state if definition.is_enabled else "disabled",
        last_error=gauge.last_error,
        reason=None,
        attempts=gauge.attempts,
        success_share=gauge.success_share,
        latencies_ms=tuple(round(s * 1000, 1) for s in gauge.recent_latencies_seconds),
        in_flight=deployment.in_flight,
    )
