"""Brings a database to the newest schema, or says how far behind it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

import migrations
from storage.database import Database, normalise_database_url, translated_errors


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


def head_revision() -> str:
    """The newest revision this code knows."""
    head = ScriptDirectory.from_config(_config("")).get_current_head()
    if head is None:
        raise LookupError("migrations/versions holds no migration; the installation is incomplete")
    return head


async def current_revision(database_url: str) -> str | None:
    """The revision the database is at, or None where it has never been migrated."""

    def read(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    engine = create_async_engine(normalise_database_url(database_url), poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(read)
    finally:
        await engine.dispose()


async def applied_revision(database: Database) -> str | None:
    """The revision a running service's database is at, or None where it was never migrated.

    Raises:
        StorageUnavailableError: when the database does not answer.
    """
    async with translated_errors(), database.engine.connect() as connection:
        return await connection.run_sync(
            lambda plain: MigrationContext.configure(plain).get_current_revision()
        )


def _config(database_url: str) -> Config:
    config = Config()
    config.set_main_option(
        "script_location", str(Path(migrations.__file__).parent).replace("%", "%%")
    )
    config.attributes["database_url"] = normalise_database_url(database_url)
    return config


__all__ = [
    "applied_revision",
    "current_revision",
    "downgrade_to",
    "head_revision",
    "upgrade_to_head",
]
