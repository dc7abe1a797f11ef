"""The log of learning, read by tests beside which others write to the same server."""

import asyncio

from sqlalchemy import text

from storage.database import MAINTENANCE, Database

OPEN = text("""
SELECT EXISTS (
    SELECT FROM learning_events
    WHERE transaction_id >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
)
""")


async def settled(database: Database) -> None:
    """Waits until no transaction of the server is open that began before an event was written.

    Transactions of other databases hold a reader of the log back, too.
    """
    async with asyncio.timeout(30):
        while True:
            async with database.transaction(MAINTENANCE) as session:
                if not await session.scalar(OPEN):
                    return
            await asyncio.sleep(0.02)
