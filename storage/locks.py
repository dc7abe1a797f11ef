"""One holder at a time for work on a whole, whichever process or machine it runs in."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from storage.database import Database, translated_errors
from storage.errors import LockLostError, LockTakenError

ASK_AGAIN_SECONDS = 0.25
RENEW_EVERY_SECONDS = 5.0
"""How soon a holder learns that its connection, and with it the lock, is gone."""

TRY_LOCK = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
HOLDER = text("SELECT pg_backend_pid(), pg_current_xact_id()::text::bigint")
STILL_HERE = text("SELECT 1")
UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")
IS_HELD = text("""
SELECT EXISTS (
    SELECT 1 FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid = :backend
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (classid::bigint << 32) | objid::bigint = hashtextextended(:name, 0)
)
""")
"""Source: PostgreSQL manual, `pg_locks`: a bigint key is split over classid and objid."""


@dataclass(frozen=True, slots=True)
class HeldLock:
    """A lock that this process holds.

    Attributes:
        token: rises with every holder of any lock of the database; who stores it can refuse the
            writes of an earlier holder (fencing).
    """

    name: str
    token: int
    backend: int

    async def confirm(self, session: AsyncSession) -> None:
        """Passes silently while the lock is held; call it in the transaction that writes.

        Raises:
            LockLostError: when it is not, so that the transaction rolls back.
        """
        values = {"name": self.name, "backend": self.backend}
        if not await session.scalar(IS_HELD, values):
            raise LockLostError(self.name)


def course_lock(
    database: Database, course_id: UUID, *, wait_seconds: float = 10.0
) -> AbstractAsyncContextManager[HeldLock]:
    """The lock for work on all of a course, such as taking out what is missing; a `named_lock`."""
    return named_lock(database, f"course:{course_id}", wait_seconds=wait_seconds)


@asynccontextmanager
async def named_lock(
    database: Database, name: str, *, wait_seconds: float
) -> AsyncIterator[HeldLock]:
    """Holds the lock of that name for the work inside.

    It is PostgreSQL's own, bound to a connection that is kept for it: it ends with the process
    that holds it, has no time to run out, and does not depend on Redis. The connection is used
    every few seconds, and the work is cancelled once it is lost.

    Raises:
        LockTakenError: when another holds it for all of `wait_seconds`.
        LockLostError: when the connection is lost during the work.
        StorageUnavailableError: when PostgreSQL does not answer.
    """
    async with translated_errors(), database.engine.connect() as pooled:
        connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
        held = await _acquire(connection, name, wait_seconds)
        async with _renewed(connection, name):
            yield held


async def _acquire(connection: AsyncConnection, name: str, wait_seconds: float) -> HeldLock:
    deadline = time.monotonic() + wait_seconds
    while not await connection.scalar(TRY_LOCK, {"name": name}):
        if time.monotonic() >= deadline:
            raise LockTakenError(name, wait_seconds)
        await asyncio.sleep(ASK_AGAIN_SECONDS)
    backend, token = (await connection.execute(HOLDER)).one()
    return HeldLock(name, token, backend)


@asynccontextmanager
async def _renewed(connection: AsyncConnection, name: str) -> AsyncIterator[None]:
    """Keeps the connection in use; cancels the task that holds the lock once it is lost."""
    holder = asyncio.current_task()
    assert holder is not None  # noqa: S101 - a context manager is entered in a task
    is_released = asyncio.Event()
    renewal = asyncio.create_task(_renew(connection, is_released, holder))
    try:
        yield
    except asyncio.CancelledError:
        if not renewal.done() or await renewal or holder.uncancel() > 0:
            raise
        raise LockLostError(name) from None
    finally:
        is_released.set()
        if await renewal:
            await connection.execute(UNLOCK, {"name": name})
        else:
            await connection.invalidate()


async def _renew(
    connection: AsyncConnection, is_released: asyncio.Event, holder: "asyncio.Task[object]"
) -> bool:
    """Whether the lock was held until its release."""
    while not is_released.is_set():
        try:
            async with asyncio.timeout(RENEW_EVERY_SECONDS):
                await is_released.wait()
        except TimeoutError:
            try:
                await connection.execute(STILL_HERE)
            except (DBAPIError, OSError):
                holder.cancel()
                return False
    return True
