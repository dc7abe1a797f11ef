"""Health: for load balancers, supervisors and people."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from api.dependencies import ServicesDependency
from api.schemas.health import HealthRead, LiveRead

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", summary="Whether the process runs")
async def live() -> LiveRead:
    """Always ok: that it answers is the answer."""
    return LiveRead(status="ok")


@router.get(
    "/ready",
    summary="Whether requests should be sent here",
    responses={503: {"model": HealthRead, "description": "The database is away or not migrated."}},
)
async def ready(services: ServicesDependency, response: Response) -> HealthRead:
    """503 while the database is away or not migrated; Redis away is only degraded."""
    health = await services.health.check()
    if not health.is_ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return HealthRead.model_validate(health)


@router.get("", summary="How every part is")
async def report(services: ServicesDependency) -> HealthRead:
    """The state of every part; always 200."""
    return HealthRead.model_validate(await services.health.check())
