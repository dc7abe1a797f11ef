"""A background task ends, whatever became of its cancellation."""

import asyncio

import pytest

from services.ending_tasks import end_task


async def test_a_task_that_lost_a_cancellation_is_cancelled_again() -> None:
    lost = 0

    async def for_ever() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if lost == 2:
                    raise
                lost += 1

    task = asyncio.create_task(for_ever())
    await asyncio.sleep(0)

    await end_task(task)

    assert (task.cancelled(), lost) == (True, 2)


async def test_what_a_task_failed_with_is_told() -> None:
    async def fail() -> None:
        raise ValueError("broken")

    task = asyncio.create_task(fail())
    await asyncio.wait({task})

    with pytest.raises(ValueError, match="broken"):
        await end_task(task)
