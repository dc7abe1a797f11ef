"""Two replicas that share nothing but PostgreSQL and Redis, and an answer that is told by one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from itertools import count
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from ai.chat.chat_model import ChatModel
from ai.chat.scripted import ScriptedChatModel
from api.app import create_app
from bootstrap.adapters import Adapters
from storage.answer_streams import AnswerStreams
from storage.database import MAINTENANCE
from storage.errors import StorageUnavailableError
from tests.api.chat.conftest import Answered, TaughtCourse, Tutor, Tutoring, spoken
from tests.support.chat_models import router_over
from tests.support.running_app import running_app
from tests.support.service import Person
from tests.support.severable import SeverableWay, severable_way

pytestmark = pytest.mark.server

LONG = "Work is the product of force and displacement [1]. " * 3
REST = "Power is the rate at which work is done [2]."


def numbers(answer: Answered) -> list[int]:
    return [int(event.id.rpartition("-")[2]) for event in answer.events]


async def test_another_replica_tells_an_answer_from_any_event_on_while_it_is_made(
    tutoring: Tutoring,
) -> None:
    async with (
        tutoring(ScriptedChatModel([spoken(LONG, pause_seconds=0.1)])) as one,
        tutoring(ScriptedChatModel([["never asked"]])) as other,
        one.streaming("What is work?") as events,
    ):
        seen = [await anext(events) for _ in range(5)]
        message_id = seen[0].data["message_id"]
        whole, rest = await asyncio.gather(
            other.listen(message_id), other.listen(message_id, seen[-1].id)
        )
        seen += [event async for event in events]
        stored = await other.stored(message_id)

    assert whole.events == seen
    assert rest.events == seen[5:]
    assert whole.text == stored["content"]


async def test_another_replica_hears_of_an_answer_before_it_is_over(tutoring: Tutoring) -> None:
    hanging = ScriptedChatModel([["Work is ", 30.0, "never said"]])
    async with (
        tutoring(hanging) as one,
        tutoring(ScriptedChatModel([["never asked"]])) as other,
        one.streaming("What is work?") as events,
    ):
        start = await anext(events)
        path = f"/messages/{start.data['message_id']}/events"
        async with asyncio.timeout(10), other.http.stream("GET", path) as response:
            async for line in response.aiter_lines():
                if line == "event: delta":
                    break
        await one.http.post(f"/messages/{start.data['message_id']}/stop")


async def test_an_answer_is_stopped_from_another_replica(tutoring: Tutoring) -> None:
    hanging = ScriptedChatModel([["Work is ", 60.0, "never said"]])
    async with (
        tutoring(hanging) as one,
        tutoring(ScriptedChatModel([["never asked"]])) as other,
        one.streaming("What is work?") as events,
    ):
        seen = [await anext(events) for _ in range(3)]
        response = await other.http.post(f"/messages/{seen[0].data['message_id']}/stop")
        seen += [event async for event in events]

    answer = Answered(seen)
    assert response.json()["status"] == "stopped"
    assert response.json()["content"] == answer.text == "Work is "
    assert answer.data("done")["finish_reason"] == "stopped"


async def test_an_answer_running_at_shutdown_is_finished_by_another_process(
    tutoring: Tutoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.answering.engine.SHUTDOWN_GRACE_SECONDS", 0.1)
    hanging = ScriptedChatModel([["Work is the product of force and", 60.0, "never said"]])
    async with (
        tutoring(hanging) as tutor,
        tutor.streaming("What is work?") as events,
    ):
        seen = [await anext(events) for _ in range(3)]
    successor = ScriptedChatModel([[" displacement [1]. ", REST]])
    async with tutoring(successor) as tutor:
        rest = await tutor.listen(seen[0].data["message_id"], seen[-1].id)
        stored = await tutor.stored(seen[0].data["message_id"])
        again = await tutor.listen(seen[0].data["message_id"])

    whole = Answered(seen + rest.events)
    assert numbers(whole) == [1, 2, 3, *range(2_000_001, 2_000_001 + len(rest.events))]
    assert rest.names[-1] == "done"
    assert rest.data("notice")["code"] == "takeover"
    assert (
        whole.text
        == stored["content"]
        == f"Work is the product of force and displacement [1]. {REST}"
    )
    assert stored["status"] == "complete"
    assert again.events == whole.events
    assert [citation["n"] for citation in stored["citations"]] == [1, 2]
    continuation = successor.requests[0].continuation
    assert continuation is not None
    assert continuation.said == "Work is the product of force and"
    sources = whole.data("sources")["sources"]
    assert [p.text for p in successor.requests[0].passages] == [s["text"] for s in sources]
    assert all(p.sentence_vectors is not None for p in successor.requests[0].passages)


async def test_after_three_takeovers_the_grounded_model_finishes(
    tutoring: Tutoring, chat_adapters: Adapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.answering.engine.SHUTDOWN_GRACE_SECONDS", 0.1)
    hanging = ScriptedChatModel([["Work is the product of force and", 60.0, "never said"]])
    async with (
        tutoring(hanging) as tutor,
        tutor.streaming("What is work?") as events,
    ):
        seen = [await anext(events) for _ in range(3)]
    message_id = seen[0].data["message_id"]
    async with chat_adapters.database.transaction(MAINTENANCE) as session:
        statement = text("UPDATE messages SET epoch = 4 WHERE id = :id")
        await session.execute(statement, {"id": message_id})
    async with tutoring(ScriptedChatModel([["never asked"]])) as tutor:
        rest = await tutor.listen(message_id, seen[-1].id)

    assert rest.data("done")["model"] == "grounded"
    assert Answered(seen + rest.events).text.startswith("Work is the product of force and…")


async def test_a_log_that_is_out_of_reach_for_a_moment_is_gone_on_with(
    tutoring: Tutoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.answering.engine.SHUTDOWN_GRACE_SECONDS", 0.1)
    hanging = ScriptedChatModel([["Work is ", 60.0, "never said"]])
    async with (
        tutoring(hanging) as tutor,
        tutor.streaming("What is work?") as events,
    ):
        seen = [await anext(events) for _ in range(3)]
    take, refused = AnswerStreams.take, count()

    async def take_at_last(streams: AnswerStreams, message_id: UUID, epoch: int) -> object:
        if next(refused) < 3:
            raise StorageUnavailableError("Redis")
        return await take(streams, message_id, epoch)

    monkeypatch.setattr(AnswerStreams, "take", take_at_last)
    async with tutoring(ScriptedChatModel([[" force times way [1]."]])) as tutor:
        rest = await tutor.listen(seen[0].data["message_id"], seen[-1].id)

    assert rest.names[0] == "notice"
    assert Answered(seen + rest.events).text == "Work is force times way [1]."


async def test_an_answer_whose_log_is_lost_is_told_anew_with_new_numbers(
    tutoring: Tutoring, chat_adapters: Adapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.answering.engine.SHUTDOWN_GRACE_SECONDS", 0.1)
    hanging = ScriptedChatModel([["Work is ", 60.0, "never said"]])
    async with (
        tutoring(hanging) as tutor,
        tutor.streaming("What is work?") as events,
    ):
        seen = [await anext(events) for _ in range(3)]
    message_id = seen[0].data["message_id"]
    await chat_adapters.redis.flushdb()
    async with tutoring(ScriptedChatModel([[REST]])) as tutor:
        rest = await tutor.listen(message_id, seen[-1].id)
        stored = await tutor.stored(message_id)
    async with tutoring(ScriptedChatModel([["never asked"]])) as tutor:
        again = await tutor.listen(message_id)

    assert rest.names == ["start", "notice", "sources", *["delta"] * (len(rest.names) - 4), "done"]
    assert numbers(rest) == list(range(2_000_001, 2_000_001 + len(rest.events)))
    assert rest.text == stored["content"] == REST
    assert again.events == rest.events


class Replica(Protocol):
    def __call__(
        self, chat_model: ChatModel, redis: Redis
    ) -> AbstractAsyncContextManager[Tutor]: ...


@pytest.fixture
def replica(chat_adapters: Adapters, course: TaughtCourse, learner: Person) -> Replica:
    """Runs the service with a Redis of the test's choice."""

    @asynccontextmanager
    async def run(chat_model: ChatModel, redis: Redis) -> AsyncIterator[Tutor]:
        adapters = replace(chat_adapters, router=router_over(chat_model), redis=redis)
        app = create_app(lambda _: nullcontext(adapters), adapters.settings)
        async with (
            running_app(app) as address,
            httpx2.AsyncClient(
                base_url=f"{address}/api/v1", headers=learner.headers, timeout=30, verify=False
            ) as http,
        ):
            yield Tutor(http, course, app)

    return run


@pytest.fixture
async def way(redis_url: str) -> AsyncIterator[SeverableWay]:
    parts = urlsplit(redis_url)
    async with severable_way(parts.hostname or "127.0.0.1", parts.port or 6379) as opened:
        yield opened


async def test_an_answer_goes_on_without_redis_and_is_logged_when_it_is_back(
    replica: Replica, way: SeverableWay, redis_url: str, tutoring: Tutoring
) -> None:
    script = [*spoken(LONG, pause_seconds=0.05), 3.0, "The end."]
    async with (
        Redis.from_url(way.leading_to(redis_url)) as redis,
        replica(ScriptedChatModel([script]), redis) as one,
        tutoring(ScriptedChatModel([["never asked"]])) as other,
        one.streaming("What is work?") as events,
    ):
        seen = [await anext(events) for _ in range(4)]
        way.cut()
        seen += [await anext(events) for _ in range(10)]
        way.mend()
        elsewhere = await other.listen(seen[0].data["message_id"])
        seen += [event async for event in events]
        stored = await one.stored(seen[0].data["message_id"])

    assert Answered(seen).text == stored["content"]
    assert elsewhere.events == seen


async def test_without_redis_another_replica_tells_the_answer_once_it_is_saved(
    replica: Replica,
) -> None:
    async with (
        Redis.from_url("redis://127.0.0.1:1/0") as gone,
        replica(ScriptedChatModel([spoken(LONG)]), gone) as one,
        replica(ScriptedChatModel([["never asked"]]), gone) as other,
        one.streaming("What is work?") as events,
    ):
        seen = [await anext(events) for _ in range(3)]
        elsewhere = await other.listen(seen[0].data["message_id"])
        seen += [event async for event in events]

    assert elsewhere.events == seen


async def test_text_that_was_shown_but_never_logged_is_not_mixed_into_the_successors_answer(
    replica: Replica,
    way: SeverableWay,
    redis_url: str,
    tutoring: Tutoring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.answering.engine.SHUTDOWN_GRACE_SECONDS", 0.1)
    async with (
        Redis.from_url(way.leading_to(redis_url)) as redis,
        replica(ScriptedChatModel([spoken(LONG * 9, pause_seconds=0.05)]), redis) as one,
        one.streaming("What is work?") as events,
    ):
        logged = [await anext(events) for _ in range(5)]
        way.cut()
        unlogged = [await anext(events) for _ in range(12)]
    message_id = logged[0].data["message_id"]
    async with tutoring(ScriptedChatModel([[REST]])) as successor:
        ahead, behind = await asyncio.gather(
            successor.listen(message_id, unlogged[-1].id),
            successor.listen(message_id, logged[-1].id),
        )
        stored = await successor.stored(message_id)
        anew = await successor.listen(message_id)
        late = await successor.listen(message_id, unlogged[-1].id)

    assert ahead.names[0] == "start"
    assert ahead.text == stored["content"] == Answered(logged + behind.events).text
    assert anew.events == ahead.events == late.events == logged + behind.events
    told = {event.id: event for event in logged + unlogged}
    for event in ahead.events:
        assert told.setdefault(event.id, event) == event
