"""Runs migrations against the database that `storage.migrations` names."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from models import PARTITION_COUNT, Base

LOCK_TIMEOUT = "5s"
"""A migration that cannot get its lock gives up rather than queue every reader behind it."""

PARTITIONED = ("chunks", "chunk_vectors", "lexical_postings")
PARTITIONS = {f"{table}_p{n:02}" for table in PARTITIONED for n in range(PARTITION_COUNT)}


def is_modelled(_object: object, name: str | None, type_: str, *_: object) -> bool:
    """Leaves the partitions out of autogenerate: the parent table speaks for them."""
    return not (type_ == "table" and name in PARTITIONS)


def migrate(connection: Connection) -> None:
    """Runs the migrations in one transaction on the given connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=is_modelled,
        compare_server_default=True,
    )
    with context.begin_transaction():
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        context.run_migrations()


async def migrate_database(url: str) -> None:
    """Opens one connection to `url` and migrates through it."""
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(migrate_database(context.config.attributes["database_url"]))
