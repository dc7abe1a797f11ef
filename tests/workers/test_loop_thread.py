"""A worker's loop: whichever thread asks, one thread runs it."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from workers.loop_thread import LoopThread


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    loop = LoopThread("under test")
    yield loop
    loop.close()


async def thread() -> threading.Thread:
    return threading.current_thread()


def test_all_callers_share_one_thread(loop: LoopThread) -> None:
    ran_in: list[threading.Thread] = [loop.run(thread())]
    other = threading.Thread(target=lambda: ran_in.append(loop.run(thread())))
    other.start()
    other.join()

    assert len({each.ident for each in ran_in}) == 1
    assert ran_in[0] not in (threading.current_thread(), other)


def test_what_a_coroutine_raises_is_raised_to_who_ran_it(loop: LoopThread) -> None:
    async def fail() -> None:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        loop.run(fail())


def test_a_task_in_the_background_goes_on_between_two_calls(loop: LoopThread) -> None:
    went_on = threading.Event()

    async def later() -> None:
        await asyncio.sleep(0.01)
        went_on.set()

    async def begin() -> asyncio.Task[None]:
        return asyncio.create_task(later())

    _task = loop.run(begin())

    assert went_on.wait(10)
