"""Metrics, as Prometheus reads them."""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.dependencies import ServicesDependency
from api.errors import problem
from api.permissions import ANYONE, permits
from connectors.telemetry.exposition import CONTENT_TYPE

router = APIRouter(tags=["health"])
CLOSED = (
    "Metrics are closed here. Set NEUROSHIKSHA_METRICS_TOKEN, and send it as"
    " `Authorization: Bearer <token>`."
)
bearer = HTTPBearer(auto_error=False)


@router.get("/metrics", include_in_schema=False)
@permits(ANYONE)
async def metrics(
    request: Request,
    services: ServicesDependency,
    sent: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Response:
    """In the text format; for who has the token, where one is set or the mode is not embedded."""
    if not is_open(request, None if sent is None else sent.credentials):
        headers = {"WWW-Authenticate": "Bearer"}
        status = HTTPStatus.UNAUTHORIZED
        return problem(request.scope, status, "metrics_closed", CLOSED, headers=headers)
    return Response(await services.metrics.exposition(), media_type=CONTENT_TYPE)


def is_open(request: Request, sent: str | None) -> bool:
    """Whether metrics are for who sent that token."""
    token: str = request.app.state.metrics_token
    if not token:
        return not request.app.state.has_secure_cookies
    return sent is not None and secrets.compare_digest(sent.encode(), token.encode())
