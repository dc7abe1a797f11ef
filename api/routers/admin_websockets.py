"""WebSockets that are open in the process that answers."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import MAXIMUM_PAGE_SIZE, CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, permits
from api.schemas.websockets import WebSocketStatisticsRead

router = APIRouter(
    prefix="/admin/websockets", tags=["admin"], responses=problems(401, 403, 422, 503)
)


@router.get("", summary="Open WebSockets (admin)")
@permits(ADMIN)
async def read_websockets(
    services: ServicesDependency,
    actor: CurrentActor,
    size: Annotated[
        int, Query(ge=0, le=MAXIMUM_PAGE_SIZE, description="How many to list one by one.")
    ] = 20,
) -> WebSocketStatisticsRead:
    """How many are open in the process that answers, and what passes through the oldest."""
    return WebSocketStatisticsRead.model_validate(services.sockets.statistics(actor, size))
