"""Wires what tells people and other systems; a further channel is a line in `channels_of`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bootstrap.adapters import Adapters, utc_now
from bootstrap.settings import Settings
from services.keyring import KeyRing
from services.notifications.bus import EventBus, EventTeller
from services.notifications.channels import Channel, MailChannel
from services.notifications.delivering import NotificationDelivery
from services.notifications.inbox import NotificationService
from services.notifications.upkeep import NoticeUpkeep
from services.notifications.webhooks import (
    OUTSIDE_KINDS,
    WebhookSender,
    WebhookService,
    WebhookWriter,
)
from services.notifications.writing import NotificationWriter
from services.secret_box import SecretBox
from storage.database import Database


@dataclass(frozen=True, slots=True)
class NotificationServices:
    """Use cases of being told."""

    inbox: NotificationService
    webhooks: WebhookService


@dataclass(frozen=True, slots=True)
class Telling:
    """What a worker runs: events told to observers, notices and messages brought to their ends."""

    events: EventTeller
    notices: NotificationDelivery
    webhooks: WebhookSender
    upkeep: NoticeUpkeep
    close: Callable[[], Awaitable[None]]
    """Closes the connections to other systems."""


def channels_of(_settings: Settings) -> Sequence[Channel]:
    """The ways to reach people, beside the page."""
    return (MailChannel(),)


def build_notifications(adapters: Adapters) -> NotificationServices:
    """What people ask of their notices, and managers of their webhooks."""
    names = [channel.name for channel in channels_of(adapters.settings)]
    return NotificationServices(
        inbox=NotificationService(adapters.database, names),
        webhooks=WebhookService(adapters.database, _secrets(adapters.settings), adapters.clock),
    )


def build_telling(
    database: Database, settings: Settings, channels: Sequence[Channel] | None = None
) -> Telling:
    """What tells what happened, on a database of the caller's."""
    # Imported on use: an API process calls no other system.
    from connectors.webhooks import WebhookCaller

    used = channels_of(settings) if channels is None else channels
    bus = EventBus()
    bus.observe(NotificationWriter([channel.name for channel in used], utc_now))
    bus.observe(WebhookWriter(), *OUTSIDE_KINDS)
    caller = WebhookCaller(settings.webhook_private_hosts)
    return Telling(
        events=EventTeller(database, bus),
        notices=NotificationDelivery(database, used),
        webhooks=WebhookSender(database, caller, _secrets(settings), utc_now),
        upkeep=NoticeUpkeep(database),
        close=caller.close,
    )


def _secrets(settings: Settings) -> SecretBox:
    keys = KeyRing.of_setting(settings.secret_key.get_secret_value())
    return SecretBox(keys, "webhooks")
