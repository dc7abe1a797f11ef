"""Schemas of notices, how one is told, and webhooks."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from api.schemas.common import STORABLE, Input, Output, PlainText
from services.notifications.channels import Told
from services.notifications.events import EventKind
from services.notifications.inbox import SettingsView
from services.notifications.preferences import Digest, Preferences, QuietHours
from services.notifications.wording import path_of
from storage.repositories.notifications import StoredNotification

Minute = Annotated[int, Field(ge=0, le=1439)]
ChannelName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]
MAXIMUM_ADDRESS_CHARACTERS = 1_000


def require_address(url: str) -> str:
    """The address unchanged.

    Raises:
        ValueError: when it is none that can be called.
    """
    parsed = urlsplit(url)
    if parsed.scheme not in {"http", "https"} or not parsed.hostname or not url.isascii():
        raise ValueError("must be an address such as https://school.edu/hooks")
    if "@" in parsed.netloc:
        raise ValueError("must hold no name and password")
    _ = parsed.port  # refuses one that is none
    return url


WebhookAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAXIMUM_ADDRESS_CHARACTERS),
    STORABLE,
    AfterValidator(require_address),
]


class NotificationRead(Output):
    """Something you were told."""

    id: UUID
    kind: EventKind
    course_id: UUID | None
    course_title: str | None
    course_slug: str | None
    payload: dict[str, Any] = Field(description="Ids and titles of what it is about.")
    path: str = Field(description="Where on the page one reads more.", examples=["/account"])
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, stored: StoredNotification) -> "NotificationRead":
        """The public shape of a notice."""
        names = (name for name in cls.model_fields if name != "path")
        told = Told(
            stored.id,
            stored.kind,
            stored.course_title,
            stored.course_slug,
            stored.payload,
            stored.created_at,
        )
        return cls(**{name: getattr(stored, name) for name in names}, path=path_of(told))


class UnreadRead(Output):
    """How many notices you have not read."""

    unread: int = Field(description="At most 100 are counted.")


class NotificationsMark(Input):
    """Which notices are read."""

    ids: list[UUID] | None = Field(
        default=None, max_length=100, description="These; absent: all of yours."
    )


class QuietHoursRead(Input):
    """When nothing is sent; over midnight where it ends before it begins."""

    from_minute: Minute = Field(description="Minutes since midnight.", examples=[1320])
    until_minute: Minute = Field(examples=[420])


class NotificationSettingsPut(Input):
    """How you want to be told."""

    choices: dict[PlainText, list[ChannelName]] = Field(
        default={},
        max_length=50,
        description="Channels by kind of notice; kinds left out have the defaults.",
        examples=[{"grade.changed": ["page"]}],
    )
    digest: Digest = Field(
        default="off",
        description="One mail at 7 o'clock, each day or on Mondays.",
        examples=["off"],
    )
    quiet_hours: QuietHoursRead | None = Field(default=None, description="Null: none.")
    time_zone: PlainText = Field(
        default="UTC", max_length=60, description="Of the hours.", examples=["Asia/Kolkata"]
    )

    def preferences(self) -> Preferences:
        """The same for the service."""
        quiet = self.quiet_hours
        hours = None if quiet is None else QuietHours(quiet.from_minute, quiet.until_minute)
        return Preferences(self.choices, self.digest, hours, self.time_zone)


class NotificationSettingsRead(Output):
    """How you are told."""

    channels: list[str] = Field(
        description="What there is to choose.", examples=[["page", "email"]]
    )
    choices: dict[str, list[str]] = Field(description="Channels by every kind of notice.")
    digest: Digest
    quiet_hours: QuietHoursRead | None
    time_zone: str

    @classmethod
    def of(cls, view: SettingsView) -> "NotificationSettingsRead":
        """The public shape of what somebody chose."""
        quiet = view.quiet_hours
        hours = None
        if quiet is not None:
            hours = QuietHoursRead(from_minute=quiet.from_minute, until_minute=quiet.until_minute)
        return cls(
            channels=list(view.channels),
            choices={kind: list(names) for kind, names in view.choices.items()},
            digest=view.digest,
            quiet_hours=hours,
            time_zone=view.time_zone,
        )


class WebhookCreate(Input):
    """Where another system is to be told, and of what."""

    url: WebhookAddress = Field(
        description="An https address of the public internet, or of a host in"
        " NEUROSHIKSHA_WEBHOOK_PRIVATE_HOSTS.",
        examples=["https://hooks.school.edu/neuroshiksha"],
    )
    kinds: list[EventKind] = Field(
        default=[], max_length=20, description="None named: all.", examples=[["job.failed"]]
    )


class WebhookRead(Output):
    """A webhook."""

    id: UUID
    course_id: UUID | None = Field(description="Null: of all courses.")
    url: str
    kinds: list[str]
    is_active: bool = Field(description="False once it answered that it is gone (410).")
    created_at: datetime


class MadeWebhookRead(WebhookRead):
    """A webhook that was made just now."""

    secret: str = Field(description="Told this once; what signatures are checked with.")


class WebhooksRead(Output):
    """Webhooks, the oldest first."""

    items: list[WebhookRead]


class WebhookDeliveryRead(Output):
    """A message to a webhook, and what became of it."""

    id: UUID
    kind: str = Field(examples=["job.succeeded"])
    body: str
    status: Literal["waiting", "delivered", "failed"]
    attempts: int
    due_at: datetime = Field(description="When it is tried next, while it waits.")
    response_status: int | None
    error: str | None
    created_at: datetime
    ended_at: datetime | None
