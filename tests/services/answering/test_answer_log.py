import asyncio

from services.answering.answer_log import AnswerEvent, AnswerLog, EventName


async def read_all(log: AnswerLog, after: int = 0) -> list[int]:
    return [event.sequence async for batch in log.read(after) for event in batch]


async def test_two_readers_get_every_event_in_order() -> None:
    log = AnswerLog()
    readers = [asyncio.create_task(read_all(log)) for _ in range(2)]

    for name in ("start", "sources", "delta", "done"):
        log.append(name, {})
        await asyncio.sleep(0)

    assert [await reader for reader in readers] == [[1, 2, 3, 4], [1, 2, 3, 4]]


async def test_events_that_wait_come_in_one_batch() -> None:
    log = AnswerLog()
    for name in ("start", "delta", "delta", "done"):
        log.append(name, {})

    batches = [len(batch) async for batch in log.read()]

    assert batches == [4]


async def test_a_reader_who_comes_back_gets_what_follows() -> None:
    log = AnswerLog()
    for name in ("start", "delta", "delta", "done"):
        log.append(name, {})

    assert await read_all(log, after=2) == [3, 4]
    assert await read_all(log, after=4) == []
    assert await read_all(log, after=99) == []


async def test_silence_gives_an_empty_batch() -> None:
    log = AnswerLog()
    log.append("start", {})
    reading = log.read(1, pause_seconds=0.01)

    assert await anext(reading) == []

    log.append("done", {})
    assert [event.name for event in await anext(reading)] == ["done"]


async def test_closed_waits_for_the_last_event() -> None:
    log = AnswerLog()
    log.append("start", {})
    waiting = asyncio.create_task(log.closed())
    await asyncio.sleep(0)
    assert not waiting.done()

    log.append("error", {"code": "interrupted"})

    assert [event.name for event in await waiting] == ["start", "error"]


def numbered(*events: tuple[int, EventName, int | None]) -> list[AnswerEvent]:
    return [AnswerEvent(sequence, name, {}, follows) for sequence, name, follows in events]


async def test_a_successors_events_say_which_one_they_follow() -> None:
    log = AnswerLog(numbered((1, "start", None), (2, "sources", None)), next_sequence=2_000_001)

    appended = [log.append(name, {}) for name in ("notice", "delta", "done")]

    assert [event.sequence for event in appended] == [2_000_001, 2_000_002, 2_000_003]
    assert [event.previous for event in appended] == [2, 2_000_001, 2_000_002]
    assert [log.count_to(n) for n in (0, 2, 30, 2_000_001, 2_000_003)] == [0, 2, 2, 3, 5]


async def test_who_saw_what_no_log_holds_is_told_everything_anew_once_it_goes_on() -> None:
    log = AnswerLog(numbered((1, "start", None), (2, "delta", None)), next_sequence=2_000_001)
    reading = log.read(after=7, pause_seconds=0.01)

    assert await anext(reading) == []

    log.append("notice", {})
    log.append("done", {})
    assert [event.sequence for event in await anext(reading)] == [1, 2, 2_000_001, 2_000_002]
    assert await read_all(log, after=2) == [2_000_001, 2_000_002]
    assert await read_all(log, after=2_000_001) == [2_000_002]
