"""Runs migrations against the database that `storage.migrations` names.

Each in a transaction of its own, so that what one locks is free again before the next begins.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from models import PARTITION_COUNT, Base

LOCK_TIMEOUT = "3s"
"""A migration that cannot get its lock gives up rather than queue every reader behind it."""
LOOK_FOR_A_DEADLOCK_SOON = text(
    "SELECT set_config('deadlock_timeout', '100ms', false)"
    " WHERE has_parameter_privilege('deadlock_timeout', 'SET')"
)
"""PostgreSQL ends whichever of two looks first: a migration, not the request in its way."""
ONE_AT_A_TIME = text("SELECT pg_advisory_lock(hashtext('neuroshiksha migrations'))")
"""Held to the connection's end: whoever comes second finds nothing left to do."""

PARTITIONED = ("chunks", "chunk_vectors", "lexical_postings")
PARTITIONS = {f"{table}_p{n:02}" for table in PARTITIONED for n in range(PARTITION_COUNT)}


def is_modelled(_object: object, name: str | None, type_: str, *_: object) -> bool:
    """Leaves the partitions out of autogenerate: the parent table speaks for them."""
    return not (type_ == "table" and name in PARTITIONS)


def migrate(connection: Connection) -> None:
    """Runs the migrations on the given connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=is_modelled,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_database(url: str) -> None:
    """Opens one connection to `url` and migrates through it."""
    engine = create_async_engine(url, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(ONE_AT_A_TIME)
            await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            await connection.execute(LOOK_FOR_A_DEADLOCK_SOON)
            await connection.commit()
            await connection.run_sync(migrate)
            await connection.commit()
    finally:
        await engine.dispose()


asyncio.run(migrate_database(context.config.attributes["database_url"]))
