"""A signal wakes who waits for it, or lets the time run out."""

import asyncio
import math

from ai.chat.signal import Signal


def in_seconds(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_who_waits_is_woken_when_it_is_sent() -> None:
    signal = Signal()
    waiting = asyncio.create_task(signal.wait(in_seconds(5)))
    await asyncio.sleep(0)

    signal.send()
    signal.send()

    assert await waiting is True
    signal.close()


async def test_what_was_sent_before_does_not_count_and_the_time_runs_out() -> None:
    signal = Signal()
    signal.send()

    assert await signal.wait(in_seconds(0.01)) is False


async def test_a_limit_that_moved_on_holds_and_not_the_first_one() -> None:
    signal, loop = Signal(), asyncio.get_running_loop()
    first = in_seconds(0.05)
    loop.call_later(0.01, signal.send)
    assert await signal.wait(first) is True

    later = in_seconds(0.12)
    assert await signal.wait(later) is False

    # A clock in milliseconds may call a moment early.
    assert loop.time() >= later - 0.002


async def test_a_limit_nearer_than_the_first_one_is_kept() -> None:
    signal, loop = Signal(), asyncio.get_running_loop()
    loop.call_later(0.01, signal.send)
    assert await signal.wait(in_seconds(60)) is True

    assert await signal.wait(in_seconds(0.01)) is False
    signal.close()


async def test_without_a_limit_an_earlier_one_wakes_nobody() -> None:
    signal, loop = Signal(), asyncio.get_running_loop()
    loop.call_later(0.01, signal.send)
    assert await signal.wait(in_seconds(0.03)) is True
    waiting = asyncio.create_task(signal.wait(math.inf))

    await asyncio.sleep(0.06)

    assert not waiting.done()
    signal.send()
    assert await waiting is True


async def test_who_gave_up_is_not_woken_and_it_can_be_waited_for_again() -> None:
    signal = Signal()
    waiting = asyncio.create_task(signal.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    signal.send()
    await asyncio.wait((waiting,))

    again = asyncio.create_task(signal.wait())
    await asyncio.sleep(0)
    signal.send()

    assert waiting.cancelled()
    assert await again is True
