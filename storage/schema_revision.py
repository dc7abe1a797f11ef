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
    sources = _sources()
    stood_on: set[str] = {name for source in sources for name in _DOWN_REVISION.findall(source)}
    heads = _named_in(sources) - stood_on
    if len(heads) != 1:
        message = f"migrations/versions has {len(heads)} newest migrations instead of one"
        raise LookupError(f"{message}: {', '.join(sorted(heads)) or 'it is empty'}")
    return heads.pop()


def serves(revision: str | None) -> bool:
    """Whether this code can work with a schema at that revision: its newest, or a later one.

    A revision that it does not know is of a later release, whose schema keeps what this one reads
    and writes (decision 45): while a release is rolled out, both are at work on it.
    """
    if revision is None:
        return False
    return revision == head_revision() or revision not in _named_in(_sources())


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


def _sources() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in _VERSIONS.glob("*.py")]


def _named_in(sources: list[str]) -> set[str]:
    return {name for source in sources for name in _REVISION.findall(source)}


async def _revision(connection: AsyncConnection) -> str | None:
    if not await connection.scalar(_HAS_VERSION_TABLE):
        return None
    revision: str | None = await connection.scalar(_VERSION)
    return revision
