"""Webhooks: other systems told of what happens in a course, signed, retried, logged."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from connectors.webhook_messages import (
    WebhookFailedError,
    WebhookMessage,
    WebhookRefusedError,
    new_secret,
)
from services.access import Permission, authorise
from services.actors import Actor
from services.notifications.events import Event, EventKind
from services.secret_box import SecretBox, UnreadableSecretError
from storage.database import MAINTENANCE, Database
from storage.errors import NotFoundError
from storage.paging import Page, PageRequest
from storage.repositories.audit import AuditRepository
from storage.repositories.webhooks import (
    ClaimedDelivery,
    StoredDelivery,
    StoredWebhook,
    WebhookRepository,
)

logger = logging.getLogger(__name__)

PAUSES_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
"""After each failed attempt. Source: Standard Webhooks 1.0, "Deliverability and reliability"."""
SENT_AT_ONCE = 10
KEPT_DAYS = 30
OUTSIDE_KINDS: frozenset[EventKind] = frozenset(EventKind) - {EventKind.PASSWORD_CHANGED}
"""What other systems may be told of."""
TEST_KIND = "webhook.test"


class Caller(Protocol):
    """Sends a signed message."""

    async def send(self, url: str, secret: str, message: WebhookMessage) -> int:
        """The status of the answer.

        Raises:
            WebhookFailedError: when it should be tried again.
            WebhookRefusedError: when it should not.
        """
        ...


@dataclass(frozen=True, slots=True)
class MadeWebhook:
    """A webhook with its secret, which is told this once."""

    webhook: StoredWebhook
    secret: str


class WebhookWriter:
    """Keeps a message for each webhook that is told of an event; an observer of the bus."""

    async def __call__(self, session: AsyncSession, event: Event) -> None:
        """Writes what is to be sent."""
        webhooks = WebhookRepository(session)
        body = _body(event.kind.value, event.occurred_at, event.course_id, dict(event.payload))
        for webhook in await webhooks.told_of(event.course_id, event.kind.value):
            await webhooks.queue(webhook, event.id, event.kind.value, body)


class WebhookSender:
    """Sends what is due; a message that is never taken is given up after about three days."""

    def __init__(
        self,
        database: Database,
        caller: Caller,
        secrets: SecretBox,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._caller = caller
        self._secrets = secrets
        self._clock = clock

    async def send_due(self) -> int:
        """Sends some of what is due; how many were taken in hand.

        A message may be sent twice where the process dies at its end, with the same id; never not
        at all. What another process sends at this moment is left to it.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            claimed = await WebhookRepository(session).claim(SENT_AT_ONCE, PAUSES_SECONDS)
        for delivery in claimed:
            await self._send(delivery)
        return len(claimed)

    async def forget_old(self) -> None:
        """Removes what ended long ago from the log."""
        async with self._database.transaction(MAINTENANCE) as session:
            await WebhookRepository(session).forget_ended(KEPT_DAYS)

    async def _send(self, delivery: ClaimedDelivery) -> None:
        if not delivery.is_active:
            await self._end(delivery, "failed", None, "the webhook is not in use")
            return
        now = int(self._clock().timestamp())
        message = WebhookMessage(f"msg_{delivery.id.hex}", now, delivery.body.encode())
        try:
            secret = self._secrets.open(delivery.sealed_secret).decode()
            status = await self._caller.send(delivery.url, secret, message)
        except UnreadableSecretError as error:
            await self._end(delivery, "failed", None, str(error))
        except WebhookRefusedError as error:
            await self._end(delivery, "failed", error.status, str(error))
            await self._disable(delivery.webhook_id)
        except WebhookFailedError as error:
            await self._fail(delivery, error)
        else:
            await self._end(delivery, "delivered", status, None)

    async def _fail(self, delivery: ClaimedDelivery, error: WebhookFailedError) -> None:
        logger.warning("webhook message %s has to wait: %s", delivery.id, error)
        if delivery.attempts > len(PAUSES_SECONDS):
            await self._end(delivery, "failed", error.status, str(error))
            return
        async with self._database.transaction(MAINTENANCE) as session:
            webhooks = WebhookRepository(session)
            await webhooks.note_failure(delivery.id, error.status, str(error))

    async def _end(
        self, delivery: ClaimedDelivery, status: str, response: int | None, error: str | None
    ) -> None:
        async with self._database.transaction(MAINTENANCE) as session:
            await WebhookRepository(session).end(delivery.id, status, response, error)

    async def _disable(self, webhook_id: UUID) -> None:
        async with self._database.transaction(MAINTENANCE) as session:
            await WebhookRepository(session).set_active(webhook_id, is_active=False)


class WebhookService:
    """Those who manage a course set its webhooks, admins those of all courses."""

    def __init__(
        self, database: Database, secrets: SecretBox, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._clock = clock

    async def add(
        self, actor: Actor, course: UUID | str | None, url: str, kinds: Sequence[EventKind]
    ) -> MadeWebhook:
        """A new webhook; `course` None for all courses. Its secret is told this once.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they do not manage it.
        """
        secret = new_secret()
        async with self._database.transaction(actor.scope) as session:
            course_id = await _enter(session, actor, course)
            names = sorted({kind.value for kind in kinds})
            sealed = self._secrets.seal(secret.encode())
            made = await WebhookRepository(session).add(
                course_id, url, sealed, names, actor.user_id
            )
            await _record(session, "webhook.create", actor, made)
        return MadeWebhook(made, secret)

    async def list(self, actor: Actor, course: UUID | str | None) -> list[StoredWebhook]:
        """The webhooks of a course, or of all courses.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they do not manage it.
        """
        async with self._database.transaction(actor.scope) as session:
            course_id = await _enter(session, actor, course)
            return await WebhookRepository(session).of_course(course_id)

    async def remove(self, actor: Actor, webhook_id: UUID) -> None:
        """Removes a webhook with its log.

        Raises:
            NotFoundError: no such webhook for this actor.
            PermissionDeniedError: they do not manage its course.
        """
        async with self._database.transaction(actor.scope) as session:
            webhook = await _webhook(session, actor, webhook_id)
            await WebhookRepository(session).remove(webhook.id)
            await _record(session, "webhook.delete", actor, webhook)

    async def enable(self, actor: Actor, webhook_id: UUID) -> None:
        """Puts a webhook in use again that said it was gone.

        Raises:
            NotFoundError: no such webhook for this actor.
            PermissionDeniedError: they do not manage its course.
        """
        async with self._database.transaction(actor.scope) as session:
            webhook = await _webhook(session, actor, webhook_id)
            await WebhookRepository(session).set_active(webhook.id, is_active=True)

    async def deliveries(
        self, actor: Actor, webhook_id: UUID, request: PageRequest
    ) -> Page[StoredDelivery]:
        """The log of a webhook, the newest first.

        Raises:
            NotFoundError: no such webhook for this actor.
            PermissionDeniedError: they do not manage its course.
            InvalidCursorError: the cursor is damaged.
        """
        async with self._database.transaction(actor.scope) as session:
            webhook = await _webhook(session, actor, webhook_id)
            return await WebhookRepository(session).page(webhook.id, request)

    async def send_again(self, actor: Actor, webhook_id: UUID, delivery_id: UUID) -> StoredDelivery:
        """Has a message sent once more.

        Raises:
            NotFoundError: no such webhook for this actor, or it has no such message.
            PermissionDeniedError: they do not manage its course.
        """
        async with self._database.transaction(actor.scope) as session:
            webhook = await _webhook(session, actor, webhook_id)
            return await WebhookRepository(session).send_again(webhook.id, delivery_id)

    async def test(self, actor: Actor, webhook_id: UUID) -> None:
        """Has a message sent that says nothing but that it is one.

        Raises:
            NotFoundError: no such webhook for this actor.
            PermissionDeniedError: they do not manage its course.
        """
        async with self._database.transaction(actor.scope) as session:
            webhook = await _webhook(session, actor, webhook_id)
            body = _body(TEST_KIND, self._clock(), webhook.course_id, {})
            await WebhookRepository(session).queue(webhook, uuid7(), TEST_KIND, body)


async def _enter(session: AsyncSession, actor: Actor, course: UUID | str | None) -> UUID | None:
    if course is None:
        actor.require("admin", action="manage webhooks of all courses")
        return None
    return (await authorise(session, actor, course, Permission.MANAGE)).course_id


async def _webhook(session: AsyncSession, actor: Actor, webhook_id: UUID) -> StoredWebhook:
    webhook = await WebhookRepository(session).get(webhook_id)
    if webhook.course_id is not None:
        subject = ("webhook", webhook_id)
        await authorise(session, actor, webhook.course_id, Permission.MANAGE, subject=subject)
    elif not actor.is_admin:
        raise NotFoundError("webhook", webhook_id)
    return webhook


async def _record(session: AsyncSession, act: str, actor: Actor, webhook: StoredWebhook) -> None:
    await AuditRepository(session).record(
        act,
        actor_id=actor.user_id,
        subject=str(webhook.id),
        course_id=webhook.course_id,
        details={"url": webhook.url},
    )


def _body(kind: str, at: datetime, course_id: UUID | None, data: dict[str, object]) -> str:
    """Source: Standard Webhooks 1.0, "Payload structure"."""
    course = {} if course_id is None else {"course_id": str(course_id)}
    told = {"type": kind, "timestamp": at.isoformat(), "data": {**course, **data}}
    return json.dumps(told, ensure_ascii=False)
