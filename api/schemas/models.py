"""Schemas of the registry of chat models."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from ai.routing.deployment import Deployment, Name
from api.schemas.common import Output

State = Literal["closed", "open", "half_open", "unusable", "disabled"]


class DeploymentCreate(Deployment):
    """A deployment to be added."""

    name: Name


class LastErrorRead(Output):
    """The latest failure."""

    code: str = Field(examples=["chat_model_timed_out"])
    detail: str = Field(examples=["Chat model 'gpt-small': gave no text for 20 seconds"])
    at: datetime


class HealthRead(Output):
    """How a deployment does, as the process that answers sees it."""

    state: State = Field(description="Of its breaker: `closed` lets calls pass, `open` does not.")
    last_error: LastErrorRead | None
    reason: str | None = Field(description="Why it is unusable, where it is.")
    attempts: int = Field(description="How many attempts the figures rest on.")
    success_share: float | None = Field(description="0 to 1; null where there was no attempt.")
    latencies_ms: list[float] = Field(description="To the first token, oldest first.")
    in_flight: int


class DeploymentRead(Output):
    """A deployment; keys are named by reference only."""

    name: str
    source: Literal["file", "database"] = Field(description="Where its definition stands.")
    definition: Deployment
    health: HealthRead


class AliasRead(Output):
    """An alias, and the enabled deployments it comes down to."""

    name: str
    strategy: str
    deployments: list[str]
    behind: list[str]


class RegistryRead(Output):
    """All deployments and aliases."""

    deployments: list[DeploymentRead]
    aliases: list[AliasRead]


class ProbeRead(Output):
    """What came of a probe."""

    is_answering: bool
    latency_ms: Annotated[float, Field(ge=0)]
    error: str | None
