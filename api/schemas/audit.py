"""Schemas of the audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.schemas.common import Output


class AuditEventRead(Output):
    """One security-relevant act."""

    id: UUID
    created_at: datetime
    action: str = Field(examples=["session.refuse"])
    actor_id: UUID | None = Field(description="Null where nobody is known.")
    actor_email: str | None = Field(description="Null where the account is gone.")
    subject: str | None
    course_id: UUID | None
    address: str | None = Field(description="Null for what the service did by itself.")
    details: dict[str, Any]
