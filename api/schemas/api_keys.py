"""Schemas of API keys."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from api.schemas.common import STORABLE, Input, Output
from services.api_keys import NAME_CHARACTERS, USUAL_SCOPES, KeyScope

KeyName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_CHARACTERS),
    STORABLE,
]


class ApiKeyCreate(Input):
    """A key to be made."""

    name: KeyName = Field(description="What it is for.", examples=["Notebook"])
    expires_at: AwareDatetime | None = Field(
        default=None, description="When it ends; absent: never.", examples=["2030-01-01T00:00:00Z"]
    )
    scopes: list[KeyScope] = Field(
        default=list(USUAL_SCOPES),
        min_length=1,
        max_length=len(KeyScope),
        description="What it is good for; `admin` must be named.",
        examples=[["read", "ask"]],
    )


class ApiKeyRead(Output):
    """A key of yours, without the key itself."""

    id: UUID
    name: str
    prefix: str = Field(description="How the key begins.", examples=["nsk_x7Rk2Q"])
    scopes: tuple[KeyScope, ...] = Field(description="What it is good for.")
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="Within a minute.")


class ApiKeyCreated(ApiKeyRead):
    """A key that was just made."""

    key: str = Field(description="The key. It is not shown again: only its hash is kept.")
