"""What you were told, and how you want to be told."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import CHANGES_OWN, READS, permits
from api.schemas.common import PageOf
from api.schemas.notifications import (
    NotificationRead,
    NotificationSettingsPut,
    NotificationSettingsRead,
    NotificationsMark,
    UnreadRead,
)

router = APIRouter(
    prefix="/users/me/notifications",
    tags=["notifications"],
    responses=problems(401, 403, 422, 503),
)


@router.get("", summary="List your notices")
@permits(READS)
async def list_notifications(
    services: ServicesDependency,
    actor: CurrentActor,
    page: PageDependency,
    is_unread: Annotated[bool, Query(alias="unread", description="Only unread ones.")] = False,
) -> PageOf[NotificationRead]:
    """What you were told on the page, the newest first."""
    found = await services.notifications.inbox.page(actor, page, is_unread=is_unread)
    return PageOf[NotificationRead].model_validate(found.map(NotificationRead.of))


@router.get("/unread", summary="Count your unread notices")
@permits(READS)
async def count_unread(services: ServicesDependency, actor: CurrentActor) -> UnreadRead:
    """Cheap enough to ask now and then."""
    return UnreadRead(unread=await services.notifications.inbox.unread_count(actor))


@router.post("/read", status_code=204, summary="Mark notices as read")
@permits(CHANGES_OWN)
async def mark_read(
    services: ServicesDependency, actor: CurrentActor, body: NotificationsMark
) -> None:
    """These, or all of yours. Others' are left alone."""
    await services.notifications.inbox.mark_read(actor, body.ids)


@router.get("/settings", summary="Read how you are told")
@permits(READS)
async def read_settings(
    services: ServicesDependency, actor: CurrentActor
) -> NotificationSettingsRead:
    """Every kind with its channels, digest, quiet hours and time zone."""
    return NotificationSettingsRead.of(await services.notifications.inbox.settings(actor))


@router.put("/settings", summary="Set how you are told")
@permits(CHANGES_OWN)
async def put_settings(
    services: ServicesDependency, actor: CurrentActor, body: NotificationSettingsPut
) -> NotificationSettingsRead:
    """Holds for what happens from now on; what waits already keeps its time."""
    chosen = await services.notifications.inbox.choose(actor, body.preferences())
    return NotificationSettingsRead.of(chosen)
