"""Which schema a database has and which this code needs, without Alembic.

Serving processes ask this at each health check; the migrations themselves, with all they import,
are for the processes that run them (`storage.migrations`).
"""

import re
from pathlib import Path

from sqlalchemy import pool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

import migrations
from storage.database import Database, normalise_database_url, translated_errors

_VERSIONS = Path(migrations.__file__).parent / "versions"
_REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_DOWN_REVISION = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)
# Asked before the table is read, as a statement that names a missing table is an error.
_HAS_VERSION_TABLE = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_VERSION = text("SELECT version_num FROM alembic_version")


def head_revision() -> str:
    """The newest revision this code knows: the one that no other migration stands on.

    Raises:
        LookupError: when the installation has no migration, or two that are newest.
    """
    sources = [path.read_text(encoding="utf-8") for path in _VERSIONS.glob("*.py")]
    known: set[str] = {name for source in sources for name in _REVISION.findall(source)}
    stood_on: set[str] = {name for source in sources for name in _DOWN_REVISION.findall(source)}
    heads = known - stood_on
    if len(heads) != 1:
        message = f"migrations/versions has {len(heads)} newest migrations instead of one"
        raise LookupError(f"{message}: {', '.join(sorted(heads)) or 'it is empty'}")
    return heads.pop()


async def current_revision(database_url: str) -> str | None:
    """The revision the database is at, or None where it has never been migrated."""
    engine = create_async_engine(normalise_database_url(database_url), poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            return await _revision(connection)
    finally:
        await engine.dispose()


async def applied_revision(database: Database) -> str | None:
    """The revision a running service's database is at, or None where it was never migrated.

    Raises:
        StorageUnavailableError: when the database does not answer.
    """
    async with translated_errors(), database.engine.connect() as connection:
        return await _revision(connection)


async def _revision(connection: AsyncConnection) -> str | None:
    if not await connection.scalar(_HAS_VERSION_TABLE):
        return None
    revision: str | None = await connection.scalar(_VERSION)
    return revision
