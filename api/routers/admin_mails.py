"""Outgoing mails, for admins."""

from fastapi import APIRouter

from api.dependencies import CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, permits
from api.schemas.common import PageOf
from api.schemas.recovery import OutgoingMailRead

router = APIRouter(prefix="/admin/mails", tags=["admin"], responses=problems(401, 403, 422, 503))


@router.get("", summary="Outgoing mails (admin)")
@permits(ADMIN)
async def list_mails(
    services: ServicesDependency, actor: CurrentActor, page: PageDependency
) -> PageOf[OutgoingMailRead]:
    """Those that wait or failed; in the embedded mode without a mail server, all, to be read."""
    return PageOf[OutgoingMailRead].model_validate(await services.mails.page(actor, page))
