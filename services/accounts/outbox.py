"""Mails to be sent: kept with their cause in one transaction, sent by a worker, tried again."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from connectors.mail import Mail, MailRefusedError, MailUnavailableError
from models import OutgoingMail
from services.actors import Actor
from storage.database import MAINTENANCE, Database
from storage.paging import Page, PageRequest
from storage.repositories.outgoing_mails import DueMail, OutgoingMailRepository

logger = logging.getLogger(__name__)

MailKind = Literal[
    "verify_email", "reset_password", "address_taken", "password_changed", "invitation"
]
NOTIFICATIONS = "notifications"
SENT_AT_ONCE = 10
GIVEN_UP_AFTER = timedelta(days=2)


class Mailer(Protocol):
    """Sends mails."""

    async def send(self, mail: Mail) -> None:
        """Sends one.

        Raises:
            MailUnavailableError: when it should be tried again later.
            MailRefusedError: when it should not.
        """
        ...


class MailWriter(Protocol):
    """Writes what a mail says, when it is sent: the links in it are good from then on."""

    async def write(self, due: DueMail) -> Mail | None:
        """The mail; None where nobody is to get it."""
        ...


@dataclass(frozen=True, slots=True)
class OutgoingMailView:
    """A mail that waits, failed, or is kept to be read here."""

    id: UUID
    kind: str
    recipient: str
    created_at: datetime
    attempts: int
    due_at: datetime
    ended_at: datetime | None
    error: str | None
    subject: str | None
    body: str | None


class MailService:
    """Sends what is in the outbox; without a mail server it may keep the mails to be read."""

    def __init__(
        self,
        database: Database,
        writer: MailWriter,
        mailer: Mailer | None,
        *,
        keeps_unsent: bool,
    ) -> None:
        """Takes what it sends with.

        Args:
            database: Where the outbox is.
            writer: Writes the mails.
            mailer: None where there is no mail server.
            keeps_unsent: Whether mails are logged and kept for admins to read then; their links
                are as good as passwords.
        """
        self._database = database
        self._writer = writer
        self._mailer = mailer
        self._keeps_unsent = keeps_unsent

    @property
    def sends(self) -> bool:
        """Whether there is a mail server."""
        return self._mailer is not None

    async def send_due(self) -> int:
        """Sends mails that are due, a few at a time; how many were taken in hand.

        One that another process sends at this moment is left to it. A mail may be sent twice
        where the process dies at its end, and never not at all.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            claimed = await OutgoingMailRepository(session).claim(SENT_AT_ONCE)
        for due in claimed:
            await self._send(due)
        return len(claimed)

    async def page(self, actor: Actor, request: PageRequest) -> Page[OutgoingMailView]:
        """Mails that wait, failed or are kept, the newest first, for an admin.

        Raises:
            PermissionDeniedError: for anyone else.
            InvalidCursorError: when the cursor is not one of this list.
        """
        actor.require("admin", action="see outgoing mails")
        async with self._database.transaction(actor.scope) as session:
            page = await OutgoingMailRepository(session).page(request)
        return page.map(_view)

    async def _send(self, due: DueMail) -> None:
        if self._mailer is None and not self._keeps_unsent:
            await self._end(due, "there is no mail server: SMTP_URL is not set")
            return
        mail = await self._writer.write(due)
        if mail is None:
            await self._end(due, None)
        elif self._mailer is None:
            await self._keep(due, mail)
        else:
            await self._hand_over(self._mailer, due, mail)

    async def _hand_over(self, mailer: Mailer, due: DueMail, mail: Mail) -> None:
        try:
            await mailer.send(mail)
        except MailRefusedError as error:
            logger.warning("mail %s (%s) is refused: %s", due.id, due.kind, error)
            await self._end(due, str(error))
        except MailUnavailableError as error:
            logger.warning("mail %s (%s) has to wait: %s", due.id, due.kind, error)
            await self._postpone(due, str(error))
        else:
            await self._end(due, None)

    async def _keep(self, due: DueMail, mail: Mail) -> None:
        logger.warning("mail to %s: %s\n%s", mail.recipient, mail.subject, mail.body)
        async with self._database.transaction(MAINTENANCE) as session:
            await OutgoingMailRepository(session).keep(due.id, mail.subject, mail.body)

    async def _postpone(self, due: DueMail, error: str) -> None:
        async with self._database.transaction(MAINTENANCE) as session:
            mails = OutgoingMailRepository(session)
            await mails.note_error(due.id, error, given_up_after=GIVEN_UP_AFTER)

    async def _end(self, due: DueMail, error: str | None) -> None:
        async with self._database.transaction(MAINTENANCE) as session:
            mails = OutgoingMailRepository(session)
            if error is None:
                await mails.delete(due.id)
            else:
                await mails.note_error(due.id, error, given_up_after=timedelta(0))


async def queue_mail(
    session: AsyncSession, kind: MailKind, recipient: str, details: dict[str, Any] | None = None
) -> None:
    """Keeps a mail to be sent, in the transaction of its cause."""
    await OutgoingMailRepository(session).add(
        {"id": uuid7(), "kind": kind, "recipient": recipient, "details": details or {}}
    )


async def queue_notifications(
    session: AsyncSession, recipient: str, notification_ids: Sequence[UUID]
) -> None:
    """Keeps a mail that tells of notifications, beside others that wait for the same person."""
    details = {"notification_ids": [str(one) for one in notification_ids]}
    await OutgoingMailRepository(session).add_beside(
        {"id": uuid7(), "kind": NOTIFICATIONS, "recipient": recipient, "details": details}
    )


def _view(row: OutgoingMail) -> OutgoingMailView:
    return OutgoingMailView(
        id=row.id,
        kind=row.kind,
        recipient=row.recipient,
        created_at=row.created_at,
        attempts=row.attempts,
        due_at=row.due_at,
        ended_at=row.ended_at,
        error=row.error,
        subject=row.subject,
        body=row.body,
    )
