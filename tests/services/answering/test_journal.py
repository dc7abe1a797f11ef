"""Events are durable before they are shown, and written for all answers together."""

import asyncio
from collections.abc import Sequence

import pytest
from uuid_utils.compat import uuid7

from services.answering.answer_log import AnswerEvent
from services.answering.journal import AnswerJournal, decoded
from storage.answer_streams import StreamBatch
from storage.errors import StorageUnavailableError


class HeldLog:
    """A durable log that acknowledges when a test says so."""

    def __init__(self) -> None:
        self.batches: list[list[StreamBatch]] = []
        self.may_answer = asyncio.Event()
        self.is_gone = False
        self.is_broken = False
        self.refuses = False
        self.reached: list[int] = []

    async def append(self, batches: Sequence[StreamBatch]) -> list[int | None]:
        self.batches.append(list(batches))
        await self.may_answer.wait()
        if self.is_gone:
            raise StorageUnavailableError("Redis")
        if self.is_broken:
            return []
        if self.refuses:
            return [None for _ in batches]
        if self.reached:
            return [self.reached.pop() for _ in batches]
        return [batch.first + len(batch.events) - 1 for batch in batches]


async def test_an_event_is_shown_only_once_its_write_is_acknowledged() -> None:
    held = HeldLog()
    log = AnswerJournal(held, lambda _: None).open(uuid7(), 1)
    shown = aiter(log.read(pause_seconds=0.05))

    log.append("start", {})
    before = await anext(shown)
    held.may_answer.set()
    after = await anext(shown)

    assert before == []
    assert [event.name for event in after] == ["start"]


async def test_what_is_said_during_a_write_goes_out_in_one_for_all_answers() -> None:
    held = HeldLog()
    journal = AnswerJournal(held, lambda _: None)
    one, other = journal.open(uuid7(), 1), journal.open(uuid7(), 1)

    one.append("start", {})
    await asyncio.sleep(0)
    for _ in range(3):
        one.append("delta", {"text": "a"})
        other.append("delta", {"text": "b"})
    held.may_answer.set()
    await journal.flush()

    assert [len(batches) for batches in held.batches] == [1, 2]
    assert [len(batch.events) for batch in held.batches[1]] == [3, 3]
    assert [batch.first for batch in held.batches[1]] == [2, 1]


async def test_without_the_durable_log_events_are_shown_and_written_once_it_is_back() -> None:
    held = HeldLog()
    held.is_gone = True
    held.may_answer.set()
    journal = AnswerJournal(held, lambda _: None)
    log = journal.open(uuid7(), 1)

    log.append("start", {})
    batches = aiter(log.read())
    first = await anext(batches)
    log.append("delta", {"text": "a"})
    second = await anext(batches)
    held.is_gone = False
    await journal.flush()

    assert [event.name for event in first + second] == ["start", "delta"]
    assert [len(batch.events) for batch in held.batches[-1]] == [2]


async def test_a_fault_of_the_durable_log_holds_up_no_reader(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = HeldLog()
    held.is_broken = True
    held.may_answer.set()
    log = AnswerJournal(held, lambda _: None).open(uuid7(), 1)

    log.append("start", {})
    log.append("done", {})
    events = [event.name async for batch in log.read() for event in batch]

    assert events == ["start", "done"]
    assert "told from memory" in caplog.text


async def test_the_owner_is_told_when_a_later_one_has_the_answer() -> None:
    held = HeldLog()
    held.refuses = True
    held.may_answer.set()
    lost = []
    journal = AnswerJournal(held, lost.append)
    message_id = uuid7()

    log = journal.open(message_id, 1)
    log.append("start", {})
    await journal.flush()

    assert lost == [message_id]
    assert log.since(0)[0].name == "start"
    log.abandon()
    assert await log.closed() == []


async def test_after_a_flush_what_predecessors_said_is_written_again_before_what_follows() -> None:
    held = HeldLog()
    held.may_answer.set()
    held.reached = [0]
    journal = AnswerJournal(held, lambda _: None)
    events = [AnswerEvent(1, "start", {}), AnswerEvent(2, "delta", {"text": "a"})]

    log = journal.open(uuid7(), 2, events, next_sequence=2_000_001)
    log.append("notice", {})
    log.append("delta", {"text": "b"})
    for _ in range(3):
        await journal.flush()

    sent = [(one.previous, one.first, len(one.events)) for (one,) in held.batches]
    assert sent == [(2, 2_000_001, 2), (0, 1, 2), (2, 2_000_001, 2)]
    assert decoded([(2_000_001, held.batches[0][0].events[0])])[0].follows == 2
