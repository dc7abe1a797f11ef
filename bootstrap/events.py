"""Wires what reads the log of learning; it needs nothing of a worker's jobs."""

from collections.abc import Callable

from bootstrap.settings import Settings
from connectors.xapi.statements import StatementWriter
from services.keyring import KeyRing
from services.learning.projecting import EventProjector
from services.learning.statement_delivery import StatementDelivery
from services.secret_box import SecretBox
from storage.database import Database


async def project_events(
    settings: Settings, database: Database, is_stopping: Callable[[], bool]
) -> None:
    """Brings the read models up to date, on a database of the caller's."""
    await build_projector(settings, database).project(is_stopping)


async def send_statements(
    settings: Settings, database: Database, is_stopping: Callable[[], bool]
) -> None:
    """Tells learning record stores what they were not told, on a database of the caller's."""
    await build_delivery(settings, database).deliver(is_stopping)


def build_projector(settings: Settings, database: Database) -> EventProjector:
    """What keeps the read models in step with the log."""
    return EventProjector(database, settings.time_zone)


def build_delivery(settings: Settings, database: Database) -> StatementDelivery:
    """What tells learning record stores."""
    writer = StatementWriter(settings.public_url)
    return StatementDelivery(database, record_store_secrets(settings), writer)


def record_store_secrets(settings: Settings) -> SecretBox:
    """What encrypts the secrets of learning record stores."""
    keys = KeyRing.of_setting(settings.secret_key.get_secret_value())
    return SecretBox(keys, "learning record stores")
