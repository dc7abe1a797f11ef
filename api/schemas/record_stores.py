"""Learning record stores, as they come in and go out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, HttpUrl, SecretStr, StringConstraints

from api.schemas.common import STORABLE, Input, Output, Title
from storage.repositories.record_stores import Outcome

Key = Annotated[str, StringConstraints(min_length=1, max_length=500), STORABLE]
Endpoint = Annotated[HttpUrl, AfterValidator(str), Field(max_length=1000)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=500)]
NAMES = "Whether it is told names and addresses of learners instead of pseudonyms."


class RecordStoreCreate(Input):
    """A store to be told of learning."""

    name: Title = Field(examples=["Analytics"])
    endpoint: Endpoint = Field(
        description="What its `statements` come after.", examples=["https://lrs.school.edu/xapi"]
    )
    key: Key = Field(description="User name of its Basic authentication.", examples=["school"])
    secret: Secret = Field(description="Its password; never shown again.", examples=["keep this"])
    names_learners: bool = Field(default=False, description=NAMES)
    from_the_start: bool = Field(
        default=False, description="Whether it is told what happened before, too."
    )


class RecordStorePatch(Input):
    """What is to change."""

    name: Title | None = Field(default=None, examples=["Analytics"])
    endpoint: Endpoint | None = Field(default=None, examples=["https://lrs.school.edu/xapi"])
    key: Key | None = Field(default=None, examples=["school"])
    secret: Secret | None = Field(default=None, examples=["keep this"])
    names_learners: bool | None = Field(default=None, description=NAMES)
    is_active: bool | None = Field(default=None, description="False stops telling it.")


class RecordStoreRead(Output):
    """A store, without its secret."""

    id: UUID
    name: str
    endpoint: str
    key: str
    names_learners: bool
    is_active: bool
    statement_count: int = Field(description="Statements that it has taken.")
    failures: int = Field(description="Attempts in a row that came to nothing.")
    next_attempt_at: datetime
    last_error: str | None
    refused_count: int = Field(description="Statements that it does not take.")
    created_at: datetime
    updated_at: datetime


class RecordStoreList(Output):
    """Every store."""

    items: list[RecordStoreRead]


class DeliveryRead(Output):
    """An attempt to give statements to a store."""

    attempted_at: datetime
    outcome: Outcome
    statements: int
    status: int | None = Field(description="What it answered; null where it did not.")
    detail: str


class RefusedStatementRead(Output):
    """A statement that a store does not take."""

    sequence: int = Field(description="Of the event in the log of learning.")
    refused_at: datetime
    status: int | None
    detail: str


class RecordStoreLogRead(Output):
    """What came of telling a store: at most 200 of each, deliveries of the last 30 days."""

    store: RecordStoreRead
    deliveries: list[DeliveryRead]
    refused: list[RefusedStatementRead]
