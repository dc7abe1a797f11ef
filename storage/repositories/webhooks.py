"""Webhooks, and the log of what was sent to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import any_, delete, func, insert, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import Webhook, WebhookDelivery
from storage.errors import NotFoundError
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page

KEYSET = Keyset({"created_at": WebhookDelivery.created_at}, WebhookDelivery.id)
NEWEST_FIRST = Order("created_at", descending=True)
CLAIM = text("""
UPDATE webhook_deliveries SET
    attempts = attempts + 1,
    due_at = now() + make_interval(
        secs => (CAST(:pauses AS int[]))[least(attempts + 1, cardinality(CAST(:pauses AS int[])))])
FROM webhooks
WHERE webhooks.id = webhook_deliveries.webhook_id AND webhook_deliveries.id IN (
    SELECT id FROM webhook_deliveries WHERE status = 'waiting' AND due_at <= now()
    ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
RETURNING webhook_deliveries.id, webhook_deliveries.webhook_id, webhooks.url,
          webhooks.sealed_secret, webhooks.is_active, webhook_deliveries.body,
          webhook_deliveries.attempts
""")
"""Who dies over a message leaves it due again after the pause that follows a failure."""


@dataclass(frozen=True, slots=True)
class StoredWebhook:
    """A webhook without its secret."""

    id: UUID
    course_id: UUID | None
    url: str
    kinds: list[str]
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """A message and what became of it."""

    id: UUID
    kind: str
    body: str
    status: str
    attempts: int
    due_at: datetime
    response_status: int | None
    error: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A message that is this process's to send; `attempts` counts this one."""

    id: UUID
    webhook_id: UUID
    url: str
    sealed_secret: bytes
    is_active: bool
    body: str
    attempts: int


class WebhookRepository:
    """The rows of `webhooks` and `webhook_deliveries`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        course_id: UUID | None,
        url: str,
        sealed_secret: bytes,
        kinds: list[str],
        created_by: UUID,
    ) -> StoredWebhook:
        """A new webhook."""
        statement = insert(Webhook).values(
            id=uuid7(),
            course_id=course_id,
            url=url,
            sealed_secret=sealed_secret,
            kinds=kinds,
            created_by=created_by,
        )
        row = (await self._session.execute(statement.returning(Webhook))).scalar_one()
        return _webhook(row)

    async def get(self, webhook_id: UUID) -> StoredWebhook:
        """One webhook.

        Raises:
            NotFoundError: when there is none in the scope.
        """
        row = await self._session.scalar(select(Webhook).where(Webhook.id == webhook_id))
        if row is None:
            raise NotFoundError("webhook", webhook_id)
        return _webhook(row)

    async def of_course(self, course_id: UUID | None) -> list[StoredWebhook]:
        """The webhooks of a course, or those of all courses where that is None."""
        is_of = Webhook.course_id.is_(None) if course_id is None else Webhook.course_id == course_id
        rows = await self._session.scalars(select(Webhook).where(is_of).order_by(Webhook.id))
        return [_webhook(row) for row in rows]

    async def told_of(self, course_id: UUID | None, kind: str) -> list[StoredWebhook]:
        """Webhooks in use that are told of a kind of event of a course."""
        statement = select(Webhook).where(
            Webhook.is_active,
            or_(Webhook.course_id.is_(None), Webhook.course_id == course_id),
            or_(func.cardinality(Webhook.kinds) == 0, literal(kind) == any_(Webhook.kinds)),
        )
        return [_webhook(row) for row in await self._session.scalars(statement)]

    async def set_active(self, webhook_id: UUID, *, is_active: bool) -> None:
        """Puts a webhook in or out of use."""
        statement = update(Webhook).where(Webhook.id == webhook_id).values(is_active=is_active)
        await self._session.execute(statement)

    async def remove(self, webhook_id: UUID) -> None:
        """Removes a webhook with its log."""
        await self._session.execute(delete(Webhook).where(Webhook.id == webhook_id))

    async def queue(
        self, webhook: StoredWebhook, announcement_id: UUID, kind: str, body: str
    ) -> None:
        """Keeps a message to be sent; one that is kept already is left as it is."""
        statement = upsert(WebhookDelivery).values(
            id=uuid7(),
            webhook_id=webhook.id,
            course_id=webhook.course_id,
            announcement_id=announcement_id,
            kind=kind,
            body=body,
        )
        await self._session.execute(statement.on_conflict_do_nothing())

    async def claim(self, limit: int, pauses_seconds: list[int]) -> list[ClaimedDelivery]:
        """Takes messages that are due, and puts off their next attempt."""
        values = {"limit": limit, "pauses": pauses_seconds}
        rows = await self._session.execute(CLAIM, values)
        return [ClaimedDelivery(*row) for row in rows]

    async def end(
        self, delivery_id: UUID, status: str, response_status: int | None, error: str | None
    ) -> None:
        """Notes what became of a message in the end."""
        values = {
            "status": status,
            "response_status": response_status,
            "error": error,
            "ended_at": func.now(),
        }
        statement = update(WebhookDelivery).where(WebhookDelivery.id == delivery_id)
        await self._session.execute(statement.values(values))

    async def note_failure(
        self, delivery_id: UUID, response_status: int | None, error: str
    ) -> None:
        """Notes why an attempt failed; the next one is due already."""
        statement = update(WebhookDelivery).where(WebhookDelivery.id == delivery_id)
        await self._session.execute(statement.values(response_status=response_status, error=error))

    async def page(self, webhook_id: UUID, request: PageRequest) -> Page[StoredDelivery]:
        """The log of a webhook, the newest first.

        Raises:
            InvalidCursorError: when the cursor is damaged.
        """
        statement = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
        page = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return page.map(lambda row: _delivery(row[0]))

    async def send_again(self, webhook_id: UUID, delivery_id: UUID) -> StoredDelivery:
        """Has a message sent once more, from the first attempt on.

        Raises:
            NotFoundError: when the webhook has no such message.
        """
        statement = (
            update(WebhookDelivery)
            .where(WebhookDelivery.id == delivery_id, WebhookDelivery.webhook_id == webhook_id)
            .values(status="waiting", attempts=0, due_at=func.now(), ended_at=None)
            .returning(WebhookDelivery)
        )
        row = await self._session.scalar(statement)
        if row is None:
            raise NotFoundError("delivery", delivery_id)
        return _delivery(row)

    async def forget_ended(self, days: int) -> None:
        """Removes messages that ended so long ago."""
        statement = delete(WebhookDelivery).where(
            WebhookDelivery.status != "waiting",
            WebhookDelivery.created_at < func.now() - timedelta(days=days),
        )
        await self._session.execute(statement)


def _webhook(row: Webhook) -> StoredWebhook:
    return StoredWebhook(row.id, row.course_id, row.url, row.kinds, row.is_active, row.created_at)


def _delivery(row: WebhookDelivery) -> StoredDelivery:
    return StoredDelivery(
        id=row.id,
        kind=row.kind,
        body=row.body,
        status=row.status,
        attempts=row.attempts,
        due_at=row.due_at,
        response_status=row.response_status,
        error=row.error,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
