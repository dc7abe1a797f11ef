"""Invitations to register, for admins."""

from uuid import UUID

from fastapi import APIRouter

from api.dependencies import CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, permits
from api.schemas.common import PageOf
from api.schemas.recovery import InvitationCreate, InvitationCreated, InvitationRead

router = APIRouter(prefix="/invitations", tags=["users"], responses=problems(401, 403, 422, 503))


@router.get("", summary="List invitations (admin)")
@permits(ADMIN)
async def list_invitations(
    services: ServicesDependency, actor: CurrentActor, page: PageDependency
) -> PageOf[InvitationRead]:
    """Those that nobody has used, the newest first."""
    found = await services.invitations.page(actor, page)
    return PageOf[InvitationRead].model_validate(found)


@router.post("", status_code=201, summary="Invite someone (admin)")
@permits(ADMIN)
async def create_invitation(
    services: ServicesDependency, actor: CurrentActor, body: InvitationCreate
) -> InvitationCreated:
    """Lets an address register with that role, within two weeks."""
    made = await services.invitations.create(actor, body.email, body.role)
    return InvitationCreated.model_validate(made)


@router.delete(
    "/{invitation_id}",
    status_code=204,
    summary="Take an invitation back (admin)",
    responses=problems(404),
)
@permits(ADMIN)
async def revoke_invitation(
    services: ServicesDependency, actor: CurrentActor, invitation_id: UUID
) -> None:
    """Its link opens nothing any more."""
    await services.invitations.revoke(actor, invitation_id)
