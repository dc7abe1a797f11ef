"""The durable log of answers: appended once, in order, by the highest epoch only."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest
from redis.asyncio import Redis
from uuid_utils.compat import uuid7

from storage.answer_streams import AnswerStreams, StreamBatch
from storage.errors import StorageUnavailableError

pytestmark = pytest.mark.server

ANSWER = uuid7()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as opened:
        await opened.flushdb()
        yield opened


@pytest.fixture
def streams(redis: Redis) -> AnswerStreams:
    return AnswerStreams(redis)


def batch(
    first: int,
    events: Sequence[bytes],
    *,
    epoch: int = 1,
    base: int = 0,
    previous: int | None = None,
    answer: UUID = ANSWER,
) -> StreamBatch:
    previous = first - 1 if previous is None else previous
    return StreamBatch(answer, epoch, base, previous, first, events, is_ended=False)


async def test_events_are_read_with_the_numbers_they_were_appended_with(
    streams: AnswerStreams,
) -> None:
    reached = await streams.append([batch(1, [b"a", b"b"])])
    reached += await streams.append([batch(3, [b"c"])])
    found = await streams.read({ANSWER: 1}, wait_seconds=0.1)

    assert reached == [2, 3]
    assert found == {ANSWER: [(2, b"b"), (3, b"c")]}


async def test_sending_a_batch_again_appends_only_what_is_missing(streams: AnswerStreams) -> None:
    await streams.append([batch(1, [b"a", b"b"])])
    reached = await streams.append([batch(1, [b"a", b"b", b"c"])])

    assert reached == [3]
    assert await streams.take(ANSWER, 2) == [(1, b"a"), (2, b"b"), (3, b"c")]


async def test_many_answers_are_appended_in_one_call(streams: AnswerStreams) -> None:
    other = uuid7()
    reached = await streams.append([batch(1, [b"a"]), batch(1, [b"x", b"y"], answer=other)])
    found = await streams.read({ANSWER: 0, other: 0}, wait_seconds=0.1)

    assert reached == [1, 2]
    assert found == {ANSWER: [(1, b"a")], other: [(1, b"x"), (2, b"y")]}


async def test_a_lower_epoch_is_refused_once_the_answer_was_taken(streams: AnswerStreams) -> None:
    await streams.append([batch(1, [b"a"])])
    taken = await streams.take(ANSWER, 2)
    reached = await streams.append([batch(2, [b"of the dead"])])
    reached += await streams.append([batch(2, [b"b"], epoch=2)])

    assert taken == [(1, b"a")]
    assert reached == [None, 2]
    assert await streams.take(ANSWER, 2) == [(1, b"a"), (2, b"b")]


async def test_after_a_flush_the_writer_is_told_to_begin_again(
    streams: AnswerStreams, redis: Redis
) -> None:
    await streams.append([batch(1, [b"a"])])
    await redis.flushdb()
    reached = await streams.append([batch(2, [b"b"])])
    reached += await streams.append([batch(1, [b"a", b"b"])])

    assert reached == [0, 2]
    assert await streams.take(ANSWER, 1) == [(1, b"a"), (2, b"b")]


async def test_an_answer_told_anew_replaces_what_an_earlier_owner_wrote_after_the_flush(
    streams: AnswerStreams, redis: Redis
) -> None:
    await redis.flushdb()
    assert await streams.take(ANSWER, 2) == []
    await streams.append([batch(1, [b"of the dead"])])
    reached = await streams.append([batch(2_000_001, [b"new"], epoch=2, base=2_000_000)])

    assert reached == [2_000_001]
    assert await streams.read({ANSWER: 0}, wait_seconds=0.1) == {ANSWER: [(2_000_001, b"new")]}


async def test_a_successor_goes_on_with_numbers_of_its_own(streams: AnswerStreams) -> None:
    await streams.append([batch(1, [b"a", b"b"])])
    await streams.take(ANSWER, 2)
    ours = batch(2_000_001, [b"c"], epoch=2, previous=2)
    reached = await streams.append([ours])
    reached += await streams.append([ours])

    assert reached == [2_000_001, 2_000_001]
    assert await streams.take(ANSWER, 2) == [(1, b"a"), (2, b"b"), (2_000_001, b"c")]


async def test_a_telling_that_cannot_read_what_it_took_replaces_it(streams: AnswerStreams) -> None:
    await streams.append([batch(1, [b"a", b"b"])])
    await streams.take(ANSWER, 2)  # whose reply was lost
    reached = await streams.append([batch(2_000_001, [b"new"], epoch=2, base=2_000_000)])

    assert reached == [2_000_001]
    assert await streams.take(ANSWER, 2) == [(2_000_001, b"new")]


async def test_every_key_expires(streams: AnswerStreams, redis: Redis) -> None:
    await streams.append([batch(1, [b"a"])])

    keys = await redis.keys("*")

    assert len(keys) == 2
    assert all([await redis.ttl(key) > 0 for key in keys])


async def test_a_redis_that_is_gone_is_said_to_be() -> None:
    async with Redis.from_url("redis://127.0.0.1:1/0") as gone:
        with pytest.raises(StorageUnavailableError):
            await AnswerStreams(gone).append([batch(1, [b"a"])])
