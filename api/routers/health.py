"""Health: for load balancers, supervisors and people."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from api.dependencies import ServicesDependency
from api.permissions import ANYONE, permits
from api.schemas.health import HealthRead, LiveRead
from services.health import Check, Health

router = APIRouter(prefix="/health", tags=["health"])

ENDING = Check(
    "process", "unhealthy", "It was asked to end, and takes no more than comes just now."
)


@router.get("/live", summary="Whether the process runs")
@permits(ANYONE)
async def live() -> LiveRead:
    """Always healthy: that it answers is the answer."""
    return LiveRead(status="healthy")


@router.get(
    "/ready",
    summary="Whether requests should be sent here",
    responses={
        503: {
            "model": HealthRead,
            "description": "The database is away or not migrated, or the process is about to end.",
        }
    },
)
@permits(ANYONE)
async def ready(services: ServicesDependency, request: Request, response: Response) -> HealthRead:
    """503 while the database is away or not migrated, or once the process is asked to end.

    Redis away is only degraded.
    """
    health = await services.health.readiness()
    if request.app.state.draining.has_begun:
        health = Health((*health.checks, ENDING))
    if not health.is_ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return HealthRead.model_validate(health)


@router.get("", summary="How every part is")
@permits(ANYONE)
async def report(services: ServicesDependency) -> HealthRead:
    """The state of every part; always 200."""
    return HealthRead.model_validate(await services.health.report())
