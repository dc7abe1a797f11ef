"""The audit trail, for admins: searched by page, and exported whole."""

import csv
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.actors import Actor
from services.devices import Device
from services.spreadsheets import without_formula
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.audit import AuditFilter, AuditRepository, RecordedEvent

ExportFormat = Literal["csv", "json"]
EXPORTED_AT_ONCE = 500
COLUMNS = (
    "created_at", "action", "actor_id", "actor_email", "subject", "course_id", "address", "details",
    "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditView:
    """One security-relevant act."""

    id: UUID
    created_at: datetime
    action: str
    actor_id: UUID | None
    actor_email: str | None
    subject: str | None
    course_id: UUID | None
    address: str | None
    details: dict[str, Any]


class AuditService:
    """Reads the audit trail; nothing changes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, actor: Actor, request: PageRequest, wanted: AuditFilter
    ) -> Page[AuditView]:
        """Events that pass the filters, the newest first.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
            InvalidCursorError: when the cursor is not one of this list.
        """
        actor.require("admin", action="read the audit log")
        async with self._database.transaction(actor.scope) as session:
            page = await AuditRepository(session).page(request, wanted)
        return page.map(_view)

    async def export(
        self, actor: Actor, wanted: AuditFilter, form: ExportFormat, device: Device
    ) -> AsyncIterator[str]:
        """All events that pass the filters, the newest first, piece by piece; itself audited.

        Raises:
            PermissionDeniedError: when the actor is not an admin.
        """
        actor.require("admin", action="export the audit log")
        async with self._database.transaction(actor.scope) as session:
            await AuditRepository(session).record(
                "audit.export",
                actor_id=actor.user_id,
                address=device.address,
                details={"format": form},
            )
        return self._pieces(actor, wanted, form)

    async def _pieces(
        self, actor: Actor, wanted: AuditFilter, form: ExportFormat
    ) -> AsyncIterator[str]:
        """A transaction for each piece, so that a slow reader holds none."""
        yield ",".join(COLUMNS) + "\r\n" if form == "csv" else "["
        request = PageRequest(size=EXPORTED_AT_ONCE)
        separator = ""
        while True:
            page = await self.page(actor, request, wanted)
            if form == "csv":
                yield "".join(map(csv_line, page.items))
            elif page.items:
                yield separator + ",\n".join(map(_json, page.items))
                separator = ",\n"
            if page.next_cursor is None:
                break
            request = PageRequest(size=EXPORTED_AT_ONCE, cursor=page.next_cursor)
        if form == "json":
            yield "]\n"


def csv_line(event: AuditView) -> str:
    """A line of a table that no program takes for formulas."""
    line = io.StringIO()
    csv.writer(line).writerow([_cell(getattr(event, column)) for column in COLUMNS])
    return line.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    plain = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return without_formula(plain)


def _json(event: AuditView) -> str:
    values = {column: getattr(event, column) for column in COLUMNS}
    return json.dumps(values, ensure_ascii=False, default=str)


def _view(recorded: RecordedEvent) -> AuditView:
    event = recorded.event
    return AuditView(
        id=event.id,
        created_at=event.created_at,
        action=event.action,
        actor_id=event.actor_id,
        actor_email=recorded.actor_email,
        subject=event.subject,
        course_id=event.course_id,
        address=event.address,
        details=event.details,
    )
