"""Brings a database to the newest schema, or back."""

from pathlib import Path

from alembic import command
from alembic.config import Config

import migrations
from storage.database import normalise_database_url


def upgrade_to_head(database_url: str, revision: str = "head") -> None:
    """Runs every migration the database has not had yet; a no-op at the head.

    Call it outside an event loop (or in a thread).

    Raises:
        sqlalchemy.exc.DBAPIError: when the server refuses a statement or a lock.
    """
    command.upgrade(_config(database_url), revision)


def downgrade_to(database_url: str, revision: str) -> None:
    """Takes the schema back to `revision` ("base": to nothing)."""
    command.downgrade(_config(database_url), revision)


def _config(database_url: str) -> Config:
    config = Config()
    config.set_main_option(
        "script_location", str(Path(migrations.__file__).parent).replace("%", "%%")
    )
    config.attributes["database_url"] = normalise_database_url(database_url)
    return config
