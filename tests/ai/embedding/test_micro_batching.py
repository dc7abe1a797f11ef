"""How waiting calls are joined."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from ai.embedding.micro_batching import MicroBatcher


class Doubling:
    """Doubles numbers; its first batch waits until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.entered = threading.Event()
        self.released = threading.Event()

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        self.entered.set()
        assert self.released.wait(timeout=60)
        if 13 in items:
            raise ValueError("13 cannot be doubled")
        return [2 * item for item in items]


@pytest.fixture
def doubling() -> Doubling:
    return Doubling()


@pytest.fixture
def batcher(doubling):
    batcher = MicroBatcher(doubling, max_batch=3, thread_name="doubling")
    yield batcher
    batcher.close()


async def started(batcher: MicroBatcher[int, int], doubling: Doubling, *items: int) -> list:
    """The first item is in the thread; the others wait."""
    tasks = [batcher.submit(items[0])]
    await asyncio.to_thread(doubling.entered.wait, 60)
    tasks += [batcher.submit(item) for item in items[1:]]
    await asyncio.sleep(0)
    return tasks


async def test_items_that_wait_form_the_next_batches_in_order(batcher, doubling):
    tasks = await started(batcher, doubling, 1, 2, 3, 4, 5)

    doubling.released.set()

    assert await asyncio.gather(*tasks) == [2, 4, 6, 8, 10]
    assert doubling.batches == [[1], [2, 3, 4], [5]]


async def test_error_reaches_each_caller_of_its_batch_and_no_other(batcher, doubling):
    tasks = await started(batcher, doubling, 1, 13, 2, 3, 4)

    doubling.released.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(result) for result in results] == [int, ValueError, ValueError, ValueError, int]


async def test_cancelled_caller_is_left_out_of_the_next_batch(batcher, doubling):
    first, cancelled, last = await started(batcher, doubling, 1, 2, 3)

    cancelled.cancel()
    await asyncio.sleep(0)
    doubling.released.set()

    assert await asyncio.gather(first, last) == [2, 6]
    assert doubling.batches == [[1], [3]]


async def test_batcher_works_again_after_it_was_idle(batcher, doubling):
    doubling.released.set()

    assert await batcher.submit(1) == 2
    assert await batcher.submit(4) == 8
