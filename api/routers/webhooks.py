"""Other systems that are told of what happens: of a course, or of all courses."""

from uuid import UUID

from fastapi import APIRouter

from api.dependencies import CourseReference, CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, MANAGES_COURSE, permits
from api.schemas.common import PageOf
from api.schemas.notifications import (
    MadeWebhookRead,
    WebhookCreate,
    WebhookDeliveryRead,
    WebhookRead,
    WebhooksRead,
)
from services.notifications.webhooks import MadeWebhook

router = APIRouter(tags=["notifications"], responses=problems(401, 403, 404, 422, 503))


@router.post(
    "/courses/{course}/webhooks", status_code=201, summary="Have another system told of a course"
)
@permits(MANAGES_COURSE)
async def add_course_webhook(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference, body: WebhookCreate
) -> MadeWebhookRead:
    """Messages are signed as Standard Webhooks are; the secret is told this once."""
    return _made(await services.notifications.webhooks.add(actor, course, body.url, body.kinds))


@router.get("/courses/{course}/webhooks", summary="List the webhooks of a course")
@permits(MANAGES_COURSE)
async def list_course_webhooks(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference
) -> WebhooksRead:
    """The oldest first."""
    found = await services.notifications.webhooks.list(actor, course)
    return WebhooksRead(items=[WebhookRead.model_validate(one) for one in found])


@router.post(
    "/admin/webhooks", status_code=201, summary="Have another system told of all courses (admin)"
)
@permits(ADMIN)
async def add_webhook(
    services: ServicesDependency, actor: CurrentActor, body: WebhookCreate
) -> MadeWebhookRead:
    """Messages are signed as Standard Webhooks are; the secret is told this once."""
    return _made(await services.notifications.webhooks.add(actor, None, body.url, body.kinds))


@router.get("/admin/webhooks", summary="List the webhooks of all courses (admin)")
@permits(ADMIN)
async def list_webhooks(services: ServicesDependency, actor: CurrentActor) -> WebhooksRead:
    """Those of single courses are listed with them."""
    found = await services.notifications.webhooks.list(actor, None)
    return WebhooksRead(items=[WebhookRead.model_validate(one) for one in found])


@router.delete("/webhooks/{webhook_id}", status_code=204, summary="Remove a webhook")
@permits(MANAGES_COURSE)
async def remove_webhook(
    services: ServicesDependency, actor: CurrentActor, webhook_id: UUID
) -> None:
    """With its log; messages that wait are not sent."""
    await services.notifications.webhooks.remove(actor, webhook_id)


@router.post("/webhooks/{webhook_id}/enable", status_code=204, summary="Put a webhook in use again")
@permits(MANAGES_COURSE)
async def enable_webhook(
    services: ServicesDependency, actor: CurrentActor, webhook_id: UUID
) -> None:
    """One that answered that it is gone, or whose address may not be called, is out of use."""
    await services.notifications.webhooks.enable(actor, webhook_id)


@router.post("/webhooks/{webhook_id}/test", status_code=202, summary="Send a test message")
@permits(MANAGES_COURSE)
async def test_webhook(services: ServicesDependency, actor: CurrentActor, webhook_id: UUID) -> None:
    """Of the type `webhook.test`; its log says within seconds what became of it."""
    await services.notifications.webhooks.test(actor, webhook_id)


@router.get("/webhooks/{webhook_id}/deliveries", summary="Read the log of a webhook")
@permits(MANAGES_COURSE)
async def list_deliveries(
    services: ServicesDependency, actor: CurrentActor, webhook_id: UUID, page: PageDependency
) -> PageOf[WebhookDeliveryRead]:
    """Messages of the last 30 days, the newest first."""
    found = await services.notifications.webhooks.deliveries(actor, webhook_id, page)
    return PageOf[WebhookDeliveryRead].model_validate(found)


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/resend",
    status_code=202,
    summary="Send a message again",
)
@permits(MANAGES_COURSE)
async def resend_delivery(
    services: ServicesDependency, actor: CurrentActor, webhook_id: UUID, delivery_id: UUID
) -> WebhookDeliveryRead:
    """The same message under the same id, signed anew."""
    again = await services.notifications.webhooks.send_again(actor, webhook_id, delivery_id)
    return WebhookDeliveryRead.model_validate(again)


def _made(made: MadeWebhook) -> MadeWebhookRead:
    webhook = WebhookRead.model_validate(made.webhook).model_dump()
    return MadeWebhookRead(**webhook, secret=made.secret)
