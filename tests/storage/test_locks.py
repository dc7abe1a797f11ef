"""The lock for work on a whole course, between tasks and between processes."""

import asyncio
import subprocess
import sys
from uuid import UUID, uuid4

import pytest

from bootstrap.home import CHECKOUT
from storage import locks
from storage.database import MAINTENANCE, Database
from storage.errors import LockLostError, LockTakenError
from storage.locks import HeldLock, course_lock
from tests.support.servers import run_sql

HOLDER = """
import asyncio, sys
from uuid import UUID
from storage.database import Database
from storage.locks import course_lock

async def main(url, course):
    async with course_lock(Database(url), UUID(course)) as lock:
        print(lock.token, flush=True)
        await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


async def confirm(database: Database, lock: HeldLock) -> None:
    async with database.transaction(MAINTENANCE) as session:
        await lock.confirm(session)


@pytest.fixture
def course_id() -> UUID:
    return uuid4()


async def test_only_one_holds_a_courses_lock_and_tokens_rise(database: Database, course_id: UUID):
    async with course_lock(database, course_id) as first:
        with pytest.raises(LockTakenError):
            async with course_lock(database, course_id, wait_seconds=0.1):
                pass
        async with course_lock(database, uuid4(), wait_seconds=0.1):
            pass
    async with course_lock(database, course_id, wait_seconds=0.1) as second:
        await confirm(database, second)

    assert second.token > first.token


async def test_the_lock_of_a_process_that_is_killed_is_free_at_once(
    database: Database, database_url: str, course_id: UUID
):
    command = [sys.executable, "-c", HOLDER, database_url, str(course_id)]
    with subprocess.Popen(  # noqa: ASYNC220 - starts at once
        command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as other:
        try:
            assert other.stdout is not None
            token = int(await asyncio.to_thread(other.stdout.readline))
            with pytest.raises(LockTakenError):
                async with course_lock(database, course_id, wait_seconds=0.1):
                    pass
        finally:
            other.kill()

    async with course_lock(database, course_id, wait_seconds=5) as lock:
        assert lock.token > token


async def test_who_has_lost_the_lock_is_stopped_and_can_write_nothing(
    database: Database, database_url: str, course_id: UUID, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(locks, "RENEW_EVERY_SECONDS", 0.1)
    held: list[HeldLock] = []

    async def work() -> None:
        async with course_lock(database, course_id) as lock:
            held.append(lock)
            terminate = f"SELECT pg_terminate_backend({lock.backend})"
            await asyncio.to_thread(run_sql, database_url, terminate)
            await asyncio.sleep(120)

    with pytest.raises(LockLostError):
        await asyncio.wait_for(work(), 60)
    with pytest.raises(LockLostError):
        await confirm(database, held[0])


async def test_an_error_of_the_work_passes_through_and_frees_the_lock(
    database: Database, course_id: UUID
):
    with pytest.raises(KeyError):
        async with course_lock(database, course_id):
            raise KeyError
    async with course_lock(database, course_id, wait_seconds=0.1):
        pass
