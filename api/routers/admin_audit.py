"""The audit log, for admins."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from api.dependencies import CurrentActor, DeviceDependency, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, permits
from api.schemas.audit import AuditEventRead
from api.schemas.common import PageOf, PlainText
from services.audit import ExportFormat
from storage.repositories.audit import AuditFilter

router = APIRouter(prefix="/admin/audit", tags=["admin"], responses=problems(401, 403, 422, 503))

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


async def audit_filter(
    action: Annotated[
        str | None,
        Query(
            pattern=r"^[a-z_]+(\.[a-z_]+)?$",
            max_length=60,
            description="Such as `session.refuse`, or `session` for all of that noun.",
        ),
    ] = None,
    actor_id: Annotated[UUID | None, Query(description="Who acted.")] = None,
    subject: Annotated[
        PlainText | None, Query(max_length=100, description="What it was done to: an id.")
    ] = None,
    text: Annotated[
        PlainText | None,
        Query(
            min_length=1,
            max_length=254,
            description="Stands in an e-mail address or network address of the event.",
        ),
    ] = None,
    since: Annotated[AwareDatetime | None, Query(description="From this moment on.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before this moment.")] = None,
) -> AuditFilter:
    """The filter that the query parameters ask for."""
    return AuditFilter(action, actor_id, subject, text, since, until)


FilterDependency = Annotated[AuditFilter, Depends(audit_filter)]


@router.get("", summary="Search the audit log (admin)")
@permits(ADMIN)
async def list_events(
    services: ServicesDependency,
    actor: CurrentActor,
    page: PageDependency,
    wanted: FilterDependency,
) -> PageOf[AuditEventRead]:
    """Security-relevant acts, the newest first."""
    found = await services.audit.page(actor, page, wanted)
    return PageOf[AuditEventRead].model_validate(found)


@router.get(
    "/export",
    summary="Export the audit log (admin)",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The events, the newest first.",
            "content": {"text/csv": {}, "application/json": {}},
        }
    },
)
@permits(ADMIN)
async def export_events(
    services: ServicesDependency,
    actor: CurrentActor,
    device: DeviceDependency,
    wanted: FilterDependency,
    form: Annotated[ExportFormat, Query(alias="format")] = "csv",
) -> StreamingResponse:
    """All events that pass the filters. In CSV nothing can be taken for a formula."""
    pieces = await services.audit.export(actor, wanted, form, device)
    disposition = f'attachment; filename="audit.{form}"'
    return StreamingResponse(
        pieces,
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": disposition},
    )
