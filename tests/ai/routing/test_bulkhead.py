import asyncio
from contextlib import aclosing

import pytest

from ai.chat.attribution import Attribution
from ai.chat.errors import BulkheadFullError
from ai.chat.scripted import ScriptedChatModel
from ai.routing.bulkhead import Bulkhead, BulkheadedChatModel, PlacesTakenError
from tests.ai.chat.examples import answer, request

ASKED = request("What is work?")


async def test_who_asks_while_all_places_and_the_queue_are_full_is_refused_at_once() -> None:
    bulkhead = Bulkhead(1, waiting=1, waiting_seconds=60)
    await bulkhead.enter()
    waiting = asyncio.create_task(bulkhead.enter())
    await asyncio.sleep(0)

    with pytest.raises(PlacesTakenError):
        bulkhead.enter().send(None)  # refused in its first step, without a wait

    waiting.cancel()


async def test_places_are_given_in_the_order_of_asking() -> None:
    bulkhead = Bulkhead(1, waiting=3, waiting_seconds=5)
    served: list[int] = []

    async def serve(number: int) -> None:
        async with bulkhead.place():
            await asyncio.sleep(0)
            served.append(number)

    await asyncio.gather(*(serve(number) for number in range(4)))

    assert served == [0, 1, 2, 3]
    assert (bulkhead.taken, bulkhead.waiting) == (0, 0)


async def test_who_waits_too_long_is_refused_and_leaves_the_queue() -> None:
    bulkhead = Bulkhead(1, waiting=1, waiting_seconds=0.01)
    await bulkhead.enter()

    with pytest.raises(PlacesTakenError):
        await bulkhead.enter()

    assert (bulkhead.taken, bulkhead.waiting) == (1, 0)


async def test_a_cancelled_waiter_loses_no_place() -> None:
    bulkhead = Bulkhead(1, waiting=2, waiting_seconds=5)
    await bulkhead.enter()
    first, second = (asyncio.create_task(bulkhead.enter()) for _ in range(2))
    await asyncio.sleep(0)

    bulkhead.leave()
    first.cancel()
    await asyncio.wait({first, second})

    assert second.exception() is None
    assert bulkhead.taken == 1


async def test_jobs_that_fill_their_places_leave_chats_free() -> None:
    model = BulkheadedChatModel(
        ScriptedChatModel([["Yes ", 0.2, "indeed."]]),
        {"chat": Bulkhead(1), "jobs": Bulkhead(1)},
    )
    job = ASKED.__class__(
        ASKED.prompt, ASKED.question, None, (), attribution=Attribution(purpose="jobs")
    )

    async with aclosing(model.stream(job)) as running:
        await anext(running)
        with pytest.raises(BulkheadFullError):
            await answer(model, job)
        assert await answer(model, ASKED) == "Yes indeed."

    assert await answer(model, job) == "Yes indeed."


async def test_room_is_kept_for_who_is_on_the_way() -> None:
    bulkhead = Bulkhead(2, waiting=1)
    await bulkhead.enter()
    coming, after = bulkhead.expect(), bulkhead.expect()

    with pytest.raises(PlacesTakenError):
        bulkhead.expect()
    assert bulkhead.free == 0
    after.give_back()
    after.give_back()
    bulkhead.expect()
    coming.give_back()
    await bulkhead.enter()

    assert bulkhead.taken == 2
