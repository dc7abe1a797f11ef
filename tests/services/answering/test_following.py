"""Mirrors of answers that other processes tell."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import orjson
import pytest
from redis.asyncio import Redis
from uuid_utils.compat import uuid7

from services.answering.following import AnswerFollower
from storage.answer_streams import AnswerStreams, StreamBatch
from storage.database import Database

pytestmark = pytest.mark.server


def words(
    message_id: UUID, epoch: int, first: int, texts: Sequence[str], *, follows: int | None = None
) -> StreamBatch:
    previous = first - 1 if follows is None else follows
    marks: list[tuple[int, ...]] = [() if follows is None else (follows,), *[()] * len(texts)]
    events = [
        orjson.dumps(("delta", {"text": text}, *mark))
        for text, mark in zip(texts, marks, strict=False)
    ]
    return StreamBatch(message_id, epoch, 0, previous, first, events, is_ended=False)


async def test_a_mirror_that_knows_more_than_a_successor_is_given_up(
    database_url: str, redis_url: str
) -> None:
    message_id, database = uuid7(), Database(database_url)
    async with Redis.from_url(redis_url) as redis:
        streams = AnswerStreams(redis)
        follower = AnswerFollower(database, streams)
        await streams.append([words(message_id, 1, 1, "abcde")])
        async with asyncio.timeout(60), follower.following(message_id) as log:
            seen = await anext(log.read())
            await redis.delete(*await redis.keys(f"*{message_id}*"))
            await streams.append([words(message_id, 1, 1, "abc")])  # Redis is back with less
            await streams.take(message_id, 2)
            await streams.append([words(message_id, 2, 2_000_001, "xy", follows=3)])
            known = await log.closed()
        async with asyncio.timeout(60), follower.following(message_id) as anew:
            told = await anext(anew.read(after=5))
        await follower.close()
    await database.close()

    assert [event.sequence for event in seen] == [1, 2, 3, 4, 5]
    assert known == seen
    assert [event.sequence for event in told] == [1, 2, 3, 2_000_001, 2_000_002]
