"""The audit trail: rows are only ever added. PostgreSQL lets the application do nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import AuditEvent, User
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page

ORDERS = Keyset(columns={"created_at": AuditEvent.created_at}, id_column=AuditEvent.id)
NEWEST_FIRST = Order("created_at", descending=True)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What a list of events is narrowed to; None leaves a filter out.

    Attributes:
        action: Such as `session.refuse`; `session` stands for all of that noun.
        actor_id: Who acted.
        subject: What it was done to, an id.
        text: Stands in the address, or in the e-mail address of actor or details.
        since: From this moment on; `until` before that one.
    """

    action: str | None = None
    actor_id: UUID | None = None
    subject: str | None = None
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """The WHERE conditions of these filters."""
        conditions: list[ColumnElement[bool]] = []
        if self.action is not None:
            begins = AuditEvent.action.startswith(f"{self.action}.", autoescape=True)
            conditions.append(or_(AuditEvent.action == self.action, begins))
        if self.actor_id is not None:
            conditions.append(AuditEvent.actor_id == self.actor_id)
        if self.subject is not None:
            conditions.append(AuditEvent.subject == self.subject)
        if self.text is not None:
            conditions.append(_mentions(self.text))
        if self.since is not None:
            conditions.append(AuditEvent.created_at >= self.since)
        if self.until is not None:
            conditions.append(AuditEvent.created_at < self.until)
        return conditions


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event with the e-mail address of who acted, where the account still exists."""

    event: AuditEvent
    actor_email: str | None


class AuditRepository:
    """Writes audit events within the transaction of the act they record."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def record(
        self,
        action: str,
        *,
        actor_id: UUID | None,
        subject: str | None = None,
        course_id: UUID | None = None,
        address: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        """Adds one event; `action` is `noun.verb`, `subject` what it was done to."""
        await self._session.execute(
            insert(AuditEvent).values(
                action=action,
                actor_id=actor_id,
                subject=subject,
                course_id=course_id,
                address=address,
                details=details or {},
            )
        )

    async def page(self, request: PageRequest, wanted: AuditFilter) -> Page[RecordedEvent]:
        """Events that pass the filters, the newest first."""
        statement = (
            select(AuditEvent, User.email)
            .outerjoin(User, User.id == AuditEvent.actor_id)
            .where(*wanted.conditions)
        )
        page = await fetch_page(self._session, statement, ORDERS, request, NEWEST_FIRST)
        return page.map(lambda row: RecordedEvent(row[0], row[1]))


def _mentions(text: str) -> ColumnElement[bool]:
    columns = (User.email, AuditEvent.address, AuditEvent.details["email"].astext)
    return or_(*(column.icontains(text, autoescape=True) for column in columns))
