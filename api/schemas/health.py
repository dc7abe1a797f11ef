"""Schemas of the health routes."""

from pydantic import Field

from api.schemas.common import Output
from services.health import Status


class CheckRead(Output):
    """One part of the service."""

    name: str = Field(examples=["database"])
    status: Status
    detail: str = Field(examples=["schema 0001"])
    seconds: float = Field(description="How long it took to find out.", examples=[0.002])


class HealthRead(Output):
    """How the service is."""

    status: Status = Field(description="degraded: works, with less; unhealthy: cannot serve.")
    checks: list[CheckRead]


class LiveRead(Output):
    """The process runs its event loop."""

    status: Status
