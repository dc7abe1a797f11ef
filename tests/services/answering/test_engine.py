"""What the engine keeps of answers that are over."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis
from uuid_utils.compat import uuid7

from services.answering.draft import AnswerDraft
from services.answering.engine import AnswerEngine
from storage.answer_streams import AnswerStreams
from storage.database import Database, Scope
from storage.repositories.messages import FinishedAnswer

pytestmark = pytest.mark.server

USER = uuid7()


def tell(engine: AnswerEngine, outcome: Exception | None = None) -> Any:
    message_id = uuid7()
    draft = AnswerDraft(message_id, engine.open_log(message_id, 1), model="m", prompt="p@1")

    async def telling() -> FinishedAnswer:
        if outcome is not None:
            raise outcome
        draft.say("Work.")
        return await draft.completed("stop")

    return engine.run(draft, uuid7(), Scope(user_id=USER), telling)


@pytest.fixture
async def streams(redis_url: str) -> AsyncIterator[AnswerStreams]:
    async with Redis.from_url(redis_url) as redis:
        yield AnswerStreams(redis)


async def test_an_answer_that_is_over_is_not_kept_in_memory(
    database_url: str, streams: AnswerStreams
) -> None:
    database = Database(database_url)
    engine = AnswerEngine(database, streams, "a process")

    answer = tell(engine)
    while_told = engine.find(answer.message_id, USER)
    events = await answer.log.closed()

    await engine.close()
    await database.close()
    assert while_told is answer
    assert events[-1].name == "done"
    assert engine.find(answer.message_id, USER) is None


async def test_an_answer_that_breaks_unexpectedly_still_has_a_last_event(
    database_url: str, streams: AnswerStreams, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(database_url)
    engine = AnswerEngine(database, streams, "a process")

    events = await tell(engine, ZeroDivisionError("surprise")).log.closed()

    await engine.close()
    await database.close()
    assert [event.name for event in events] == ["error"]
    assert events[0].payload["code"] == "internal_error"
    assert "surprise" not in str(events[0].payload)
    assert "surprise" in caplog.text
